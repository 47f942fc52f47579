import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { until } from '@app/testing';
import type { Browser, Page } from 'playwright-core';
import { differenceAt, moneyRoutes, payRunAt, routes, takeOverAt } from '../../apps/portal/src/routes.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { bankAnswers } from '../../apps/cli/src/demo/stories/month-bank.js';
import { focused, openBrowser, settled, signIn, tabTo } from './portal-browser.js';
import { PASSWORD } from './portal-house.js';
import { openMoneyHouse, type MoneyHouse } from './portal-money-house.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const FINANCE = demoActor('member-unit', 'finance').id;
const LEAD = demoActor('federation-lead').id;
const CLOSED = '账户已销户';

type MoneyRoute = keyof typeof moneyRoutes;

let house: MoneyHouse;
let browser: Browser;

const tour = new Tour<MoneyRoute>(() => ({ browser, url: house.url }));

beforeAll(async () => {
  house = await openMoneyHouse();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** At the keyboard, in a window of their own. */
const at = (userId: string, path: string, what: (page: Page) => Promise<void>) =>
  tour.inWindow(
    async (page) => {
      await signIn(page, userId, PASSWORD, path);
      await what(page);
    },
    { keyboard: true },
  );

const press = async (page: Page, name: string | RegExp) => {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
};

const says = (page: Page, text: string) => page.getByText(text).first().waitFor();
const hears = (page: Page, text: string) => page.getByTestId('announcer').getByText(text).waitFor();

/** Waits until the focus is where it goes by itself. */
const isAt = (page: Page, name: string) =>
  until(
    async () => `the focus at ${name}: ${await focused(page)}`,
    async () => (await focused(page)).startsWith(name),
  );

/** Begins a run of this month, and waits until it waits for a person. */
async function plan(page: Page, runNo: number): Promise<void> {
  await press(page, '开始编制');
  await page.waitForURL((url) => url.pathname === payRunAt(runNo));
  await page.getByText('待审批').first().waitFor();
  await settled(page);
}

/** Settles the first finding of the list, which goes away. */
async function settle(page: Page, outcome: string, left: number): Promise<void> {
  await press(page, /^处理：/);
  await page.getByRole('dialog').waitFor();
  await tabTo(page, '核实通过，照常发放');
  await page.keyboard.press(outcome === 'passed' ? 'Space' : 'ArrowDown');
  await tabTo(page, '核实情况');
  await page.keyboard.type('同一户，已当面核实');
  await press(page, '记录处理');
  await hears(page, left > 0 ? `已记录，还有 ${left} 条待处理` : '已记录，核查已全部处理');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

const approve = (runNo: number, after: (page: Page) => Promise<void> = () => Promise.resolve()) =>
  at(LEAD, payRunAt(runNo), async (page) => {
    await press(page, '审批');
    await page.getByRole('dialog').waitFor();
    await press(page, '审批');
    await page.getByText('已下达，待导出').first().waitFor();
    await settled(page);
    await after(page);
  });

/** What the bank gets, as it was put down by the browser. */
async function takeOut(page: Page): Promise<Uint8Array> {
  await press(page, '导出代发文件');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, '导出代发文件');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(download.suggestedFilename()).toMatch(/^338801-\d{4}-\d{2}-\d-\d+\.txt$/);
  await says(page, '已导出，待回盘');
  // Until it is gone it takes the focus along.
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await settled(page);
  return readFileSync(await download.path());
}

async function choose(page: Page, name: string, content: Buffer): Promise<void> {
  await tabTo(page, '回盘文件');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles({ name, mimeType: 'text/plain', buffer: content });
}

async function bring(page: Page, content: Buffer, paid: number, failed: number): Promise<void> {
  await choose(page, '回盘.txt', content);
  await press(page, '导入');
  await says(page, `回盘已导入：到账 ${paid} 笔，退票 ${failed} 笔`);
  await settled(page);
}

async function sign(page: Page): Promise<void> {
  await press(page, '签署');
  await page.getByRole('dialog').waitFor();
  await press(page, '签署');
  await hears(page, '已签署');
}

describe('a finance officer, by keyboard', () => {
  it('plans a month, settles what is to be looked at, and reads that another person approves', async () => {
    await at(FINANCE, routes.payRuns, async (page) => {
      await says(page, '还没有发放批次。');
      await tour.isGood(page, 'payRuns-empty');
      await plan(page, 1);
      await says(page, '还有 3 条发放前核查待处理');
      await tour.isGood(page, 'payRun-to-check');
      await press(page, '去处理核查');
      // The page before has tables too.
      await page.waitForURL(/tab=findings/);
      await settled(page);
      await page.getByRole('table', { name: /^发放前核查/ }).waitFor();
      await tour.isGood(page, 'payRun-findings');
      await press(page, /^处理：/);
      await page.getByRole('dialog').waitFor();
      await press(page, '记录处理');
      await says(page, '请选择处理结果');
      await tour.isGood(page, 'payRun-settle-wrong');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await isAt(page, '处理：');
      await page.reload();
      await settled(page);
      await settle(page, 'passed', 2);
      await isAt(page, '处理：');
      await page.keyboard.press('Shift+Tab');
      await settle(page, 'passed', 1);
      await page.keyboard.press('Shift+Tab');
      await settle(page, 'taken-out', 0);
      await page.goto(payRunAt(1));
      await settled(page);
      await says(page, '这一批由您本人编制，须由另一人审批');
      expect(await page.getByRole('button', { name: '审批', exact: true }).count()).toBe(0);
      await tour.isGood(page, 'payRun-four-eyes');
    });
  });

  it('sees it approved by somebody else, who signs first what differs from the old list', async () => {
    await approve(1, async (page) => {
      await says(page, '须先由两人签署差异（已签署 0 人）');
      await isAt(page, '现在要办');
      await tour.isGood(page, 'payRun-to-sign');
      await press(page, '查看首个批次与旧名单的差异');
      await page.waitForURL((url) => url.pathname === differenceAt(1));
      await settled(page);
      await tour.isGood(page, 'difference-unsigned');
      await sign(page);
      await says(page, '您已签署，须由另一人再签署一次');
      await tour.isGood(page, 'difference-signed-by-one');
    });
  });

  it('signs, takes the file out, brings the answer back, and sees what was returned', async () => {
    await at(FINANCE, differenceAt(1), async (page) => {
      await sign(page);
      await says(page, '两人已签署，可以导出代发文件');
      await page.goto(payRunAt(1));
      await settled(page);
      await tour.isGood(page, 'payRun-to-export');
      const file = await takeOut(page);
      const { lines, file: answer } = bankAnswers(file, new Map([[house.accountNumber, CLOSED]]));
      expect(lines).toHaveLength(3);

      await choose(page, '回盘.xlsx', Buffer.from('x'));
      await says(page, '文件类型不对');
      await tour.isGood(page, 'payRun-wrong-file');
      await page.reload();
      await settled(page);
      const wrong = answer.toString('utf8').replace('|25000|成功', '|24000|成功');
      await bring(page, Buffer.from(wrong), 1, 1);
      await says(page, '返回金额与发放金额不一致');
      await tour.isGood(page, 'payRun-return-problems');
      await page.reload();
      await settled(page);
      await bring(page, answer, 1, 0);
      await says(page, '这一批已办结');
      await tour.isGood(page, 'payRun-closed');
      await page.goto(`${payRunAt(1)}?tab=returned`);
      await settled(page);
      await says(page, CLOSED);
      await says(page, '尚未重发');
      await tour.isGood(page, 'payRun-returned');
    });
  });

  it('pays again what came back, in a further run of the month', async () => {
    await at(FINANCE, routes.payRuns, async (page) => {
      await plan(page, 2);
      await press(page, '去处理核查');
      await page.getByRole('table', { name: /^发放前核查/ }).waitFor();
      await settle(page, 'passed', 0);
    });
    await approve(2);
    await at(FINANCE, payRunAt(2), async (page) => {
      const { lines, file } = bankAnswers(await takeOut(page), new Map());
      expect(lines.map(({ account }) => account)).toContain(house.accountNumber);
      await bring(page, file, lines.length, 0);
      await page.goto(`${payRunAt(1)}?tab=returned`);
      await settled(page);
      await says(page, '第 2 批：已到账');
      await tour.isGood(page, 'payRun-paid-again');
    });
  });
});

describe('every page of money', () => {
  everyPageIsGood(tour, {
    userId: LEAD,
    password: PASSWORD,
    pages: (): readonly [MoneyRoute, string][] => [
      ['payRuns', routes.payRuns],
      ['payRun', payRunAt(1)],
      ['difference', differenceAt(1)],
      ['takeOvers', routes.takeOvers],
      ['takeOver', takeOverAt(house.takeOverId)],
    ],
    fetched: Object.keys(moneyRoutes) as MoneyRoute[],
    guarded: Object.keys(moneyRoutes) as MoneyRoute[],
    stranger: demoActor('operator').id,
  });

  it('is good on every tab of a run', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, LEAD, PASSWORD);
      for (const tab of ['findings', 'lines', 'returned', 'history']) {
        await tour.goTo(page, 'payRun', `${payRunAt(1)}?tab=${tab}`);
        await tour.isGood(page, `payRun-${tab}`);
      }
    });
  });

  it('filters what was found by what stands in the address, and a chip takes a filter away', async () => {
    await at(LEAD, `${takeOverAt(house.takeOverId)}?kind=person-not-on-file`, async (page) => {
      await says(page, '待遇名单第 7 行');
      await press(page, /^去掉筛选：种类/);
      await page.waitForURL((url) => !url.searchParams.has('kind'));
      await says(page, '待遇名单第 6 行');
    });
  });

  hasSeenAll(tour, moneyRoutes);
});
