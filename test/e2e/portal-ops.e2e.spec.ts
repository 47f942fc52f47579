import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { opsRoutes, parkedAt, replayAt, routes } from '../../apps/portal/src/routes.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { openBrowser, settled, signIn, tabTo } from './portal-browser.js';
import { openPortalHouse, PASSWORD, type Poisoned, type PortalHouse } from './portal-house.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

type OpsRoute = keyof typeof opsRoutes;

const MAKER = demoActor('operator').id;
const CHECKER = demoActor('operator', null, 2).id;

let house: PortalHouse;
let browser: Browser;
let poisoned: Poisoned;
let replayId: string;

const tour = new Tour<OpsRoute>(() => ({ browser, url: house.url }));

beforeAll(async () => {
  house = await openPortalHouse();
  browser = await openBrowser();
  poisoned = await house.poison();
  replayId = await poisoned.propose(poisoned.ids[1]!);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const pages = (): readonly [OpsRoute, string][] => [
  ['ops', routes.ops],
  ['opsParked', routes.opsParked],
  ['opsMessage', parkedAt('lifecycle', poisoned.ids[0]!)],
  ['opsReplays', routes.opsReplays],
  ['opsReplay', replayAt('lifecycle', replayId)],
  ['opsConsumers', routes.opsConsumers],
  ['opsQueues', routes.opsQueues],
  ['opsOutbox', routes.opsOutbox],
];

describe('every page of operations', () => {
  everyPageIsGood(tour, {
    userId: MAKER,
    password: PASSWORD,
    pages,
    fetched: Object.keys(opsRoutes) as OpsRoute[],
    guarded: Object.keys(opsRoutes) as OpsRoute[],
    stranger: demoActor('benefit-officer').id,
  });

  it('says 未知 of a service that does not answer, and never nought', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, MAKER, PASSWORD);
      await context.route('**/api/workbench/operations/overview', async (route) => {
        const answer = await route.fetch();
        const overview = (await answer.json()) as { services: { service: string }[] };
        const services = overview.services.map((each) =>
          each.service === 'community' ? { ...each, ...UNKNOWN } : each,
        );
        await route.fulfill({ response: answer, json: { ...overview, services } });
      });
      for (const route of ['ops', 'opsConsumers', 'opsQueues', 'opsOutbox'] as const) {
        await tour.goTo(page, route, opsRoutes[route]);
        await page.getByText('未知').first().waitFor();
        await tour.isGood(page, `${route}-silent`);
      }
      const row = page.getByRole('row').filter({ hasText: '托养与社区' }).first();
      expect(await row.textContent()).not.toContain('0');
    });
  });

  it('says that no message matches the filters, and a chip takes a filter away', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, MAKER, PASSWORD, `${routes.opsParked}?reason=unreadable`);
        await page.getByText('没有符合筛选条件的消息。').waitFor();
        await tour.isGood(page, 'opsParked-filtered-empty');
        await tabTo(page, /^去掉筛选：原因/);
        await page.keyboard.press('Enter');
        await page.getByRole('table').waitFor();
      },
      { keyboard: true },
    );
  });
});

const UNKNOWN = {
  ...{ answered: false, relayed: null, lag: null, topics: null, parked: null, unpublished: null },
  queues: [],
  reminding: 'unknown',
};

describe('a poisoned message (K19)', () => {
  it('is found from the sentence on the overview, tried dry, and proposed', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, MAKER, PASSWORD);
        await follow(page, '运维', routes.ops);
        await page.getByText('2 条消息没有处理成功，1 人受影响。').waitFor();
        await follow(page, /^2 条消息没有处理成功/, routes.opsParked);
        const row = page.getByRole('row').filter({ hasText: '处理失败' });
        await row.getByText('处理出错').waitFor();
        expect(await row.getByRole('link', { name: /^当事人/ }).getAttribute('href')).toBe(
          `/persons/${house.personId}`,
        );
        await row.locator('a[href^="/cases/"]').waitFor();

        await follow(page, '情况登记', parkedAt('lifecycle', poisoned.ids[0]!));
        await page.getByText('demo: a fault in this release').first().waitFor();
        await press(page, '提出重放');
        await page.getByRole('alert').getByText('请先试运行').waitFor();
        await tour.isGood(page, 'opsMessage-error-summary');
        await press(page, '试运行');
        await chips(page, '会失败').waitFor();
        await tour.isGood(page, 'opsMessage-would-fail');

        await poisoned.mend();
        await press(page, '重新试运行');
        await chips(page, '会成功').nth(1).waitFor();
        await page
          .getByText(/新增 \d+ 条记录|修改 \d+ 条/)
          .first()
          .waitFor();
        await tour.isGood(page, 'opsMessage-would-apply');
        await tabTo(page, '重放理由');
        await page.keyboard.type('故障已修复，按原样重放');
        await press(page, '提出重放');
        await page.waitForURL(/ops\/replays\/lifecycle/);
        await settled(page);
        await page.getByText('由您提出，须由另一位运维人员批准。').waitFor();
        expect(await page.getByRole('button', { name: '批准并重放' }).count()).toBe(0);
      },
      { keyboard: true },
    );
  });

  it('is replayed when a second person approves, and its effect is seen', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, CHECKER, PASSWORD, routes.ops);
        await follow(page, /项重放等待第二人批准/, routes.opsReplays);
        const link = page.getByRole('row').filter({ hasText: '故障已修复' }).getByRole('link');
        await link.focus();
        await page.keyboard.press('Enter');
        await page.waitForURL(/ops\/replays\/lifecycle/);
        await settled(page);
        await press(page, '批准并重放');
        const dialog = page.getByRole('dialog');
        await dialog.waitFor();
        await tour.isGood(page, 'opsReplay-approve');
        await dialog.getByRole('button', { name: '批准并重放' }).focus();
        await page.keyboard.press('Enter');
        await page.getByText('全部消息已处理，结果已经生效。').waitFor();
        expect(await chips(page, '已处理').count()).toBe(2);
        await page.locator('h2:focus', { hasText: '实际结果' }).waitFor();
        await tour.isGood(page, 'opsReplay-finished');
        await follow(page, '查看这条消息', parkedAt('lifecycle', poisoned.ids[0]!));
        await page.getByText('这条消息已经处理完毕，不能再重放。').waitFor();
        await tour.isGood(page, 'opsMessage-done');
        await tour.goTo(page, 'opsParked', routes.opsParked);
        await page.getByText('没有搁置的消息。').waitFor();
        await tour.isGood(page, 'opsParked-empty');
      },
      { keyboard: true },
    );
  });

  hasSeenAll(tour, opsRoutes);
});

/** States, each a word with a sign. */
const chips = (page: Page, text: string) => page.locator('.status').filter({ hasText: text });

/** Goes by keyboard to a link, and to the page behind it. */
async function follow(page: Page, name: string | RegExp, to: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === to);
  await settled(page);
}

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}
