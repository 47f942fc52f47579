import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { caseAt, caseRoutes, routes } from '../../apps/portal/src/routes.js';
import { photo } from '../../libs/files/test/contents.js';
import { openBrowser, settled, signIn, tabTo, tabToButtonOf } from './portal-browser.js';
import { openPortalHouse, PASSWORD, type Invited, type PortalHouse } from './portal-house.js';
import { hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const TOWNSHIP = demoActor('township-chair').id;
const OFFICER = demoActor('benefit-officer').id;
const COLLEAGUE = demoActor('benefit-officer', null, 2).id;
const DECIDER = demoActor('member-unit', 'civil-affairs').id;
const ITEM = '困难残疾人生活补贴';
/** The public pool, as far as it is about this item. */
const POOL = `${routes.queue}?item=${encodeURIComponent('subsidies/living-subsidy')}`;

let house: PortalHouse;
let browser: Browser;
/** An invitation to a benefit that is asked for with papers, looked into by one and decided by another. */
let asked: Invited;
/** Matters of the person's chain that had an outcome before this one. */
let before: number;

const tour = new Tour<keyof typeof caseRoutes>(() => ({ browser, url: house.url }));

beforeAll(async () => {
  house = await openPortalHouse();
  asked = house.invited.find(({ title }) => title === ITEM)!;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const atKeyboard = (userId: string, back: string, what: (page: Page) => Promise<void>) =>
  tour.inWindow(
    async (page) => {
      await page.addInitScript(() => {
        // What a printer would be given; there is none here.
        window.print = () => (window.name = document.querySelector<HTMLElement>('.sheet')?.innerText ?? '');
      });
      await signIn(page, userId, PASSWORD, back);
      await what(page);
    },
    { keyboard: true },
  );

async function press(page: Page, name: string | RegExp, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** What was done is said to who cannot see it. */
async function hears(page: Page, words: string): Promise<void> {
  await page.getByTestId('announcer').getByText(words).waitFor();
  await settled(page);
}

/** A list of few words: the first letters or the arrows choose in it. */
async function choose(page: Page, field: string, times: number): Promise<void> {
  await tabTo(page, field);
  for (let turn = 0; turn < times; turn += 1) await page.keyboard.press('ArrowDown');
}

async function tab(page: Page, from: string, steps: number): Promise<void> {
  await tabTo(page, from);
  for (let turn = 0; turn < steps; turn += 1) await page.keyboard.press('ArrowRight');
  await settled(page);
}

/** What a service has told another one may still be on its way: somebody at work loads the page again. */
async function shows(page: Page, there: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; !(await there()); turn += 1) {
    if (turn === 60) throw new Error(`the page never shows it: ${await page.locator('main').innerText()}`);
    await page.reload();
    await settled(page);
  }
}

/** The case stands in the list. */
const lists = (page: Page) =>
  shows(page, async () => (await page.locator(`a[href$="${asked.caseId}"]`).count()) > 0);

/** How many matters of the chain on this page have an outcome. */
async function outcomes(page: Page): Promise<number> {
  await settled(page);
  return Number(/已有结果 (\d+) 项/.exec(await page.locator('main').innerText())![1]);
}

it('is taken in with one of its papers missing', async () => {
  await atKeyboard(TOWNSHIP, POOL, async (page) => {
    await press(page, '取下一件');
    await hears(page, `已认领：${ITEM}`);
    await page.waitForURL(new RegExp(asked.caseId));
    await settled(page);
    await press(page, '同意办理', 'Space');
    await press(page, '登记答复');
    await hears(page, '已登记本人同意');
    await press(page, '自愿申请书', 'Space');
    await press(page, /^完成“/);
    await hears(page, '这一步已完成');
  });
});

it('is the next case of one officer, and a colleague who was later is told so', async () => {
  await atKeyboard(COLLEAGUE, POOL, async (colleague) => {
    await lists(colleague);
    await atKeyboard(OFFICER, POOL, async (page) => {
      await press(page, '取下一件');
      await hears(page, `已认领：${ITEM}`);
      expect(new URL(page.url()).pathname).toBe(caseAt(asked.owner, asked.caseId));
    });
    // The list of the colleague is from before.
    await tabToButtonOf(colleague, asked.caseId);
    await colleague.keyboard.press('Enter');
    await hears(colleague, `没有认领成功：${ITEM}`);
    await colleague.getByText('这一任务已由另一位同事认领').first().waitFor();
  });
});

it('waits for the missing paper, of which the person is told on paper', async () => {
  await atKeyboard(OFFICER, caseAt(asked.owner, asked.caseId), async (page) => {
    await press(page, '联办链');
    await page.waitForURL(/chains/);
    before = await outcomes(page);
    await page.goBack();
    await page.waitForURL(/cases/);
    await settled(page);

    await press(page, '一次性告知补正…');
    await press(page, '发出告知');
    await hears(page, '已一次性告知本人');
    await tab(page, '办理', 3);
    await press(page, '查看与送达：第 1 份，补正材料通知书');
    await settled(page);
    await press(page, '打印');
    await hears(page, '已交给打印机');
    expect(await page.evaluate(() => window.name)).toContain('请补正：');
    await choose(page, '送达方式', 3);
    await press(page, '登记送达');
    await hears(page, '已登记送达');
    await page.getByText('邮寄送达').first().waitFor();
  });
});

/** The file is chosen in a dialog of the browser, which a key opens. */
async function chooseFile(page: Page, field: string | RegExp, name: string, buffer: Buffer): Promise<void> {
  await tabTo(page, field);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await chooser.setFiles({ name, mimeType: 'image/jpeg', buffer });
}

it('has a paper that comes as a scan, is sent back, and comes again', async () => {
  const materials = `${caseAt(asked.owner, asked.caseId)}?tab=materials`;
  await atKeyboard(OFFICER, materials, async (page) => {
    // The last of the table is the one that nobody has brought.
    const [missing] = await page
      .getByRole('row')
      .filter({ hasText: /已告知|尚未提供/ })
      .getByRole('link')
      .all();
    const open = (await missing!.getAttribute('aria-label'))!;
    await press(page, open);
    await page.waitForURL(/papers/);
    await settled(page);
    tour.seen.add('paper');
    await tour.isGood(page, 'paper-missing');
    await press(page, '上传扫描件');
    await page.getByText('请选择要上传的扫描件').first().waitFor();
    await tour.isGood(page, 'paper-error-summary');
    await chooseFile(page, /^扫描件：/, '申请书.jpg', await photo());
    await press(page, '上传扫描件');
    await hears(page, '扫描件已上传');

    await press(page, '查看扫描件');
    await page.getByRole('img', { name: /的扫描件$/ }).waitFor();
    await tabTo(page, /^扫描件画面：/);
    await page.keyboard.press('+');
    await page.keyboard.press('r');
    await page.getByText('125%，已旋转 90 度').waitFor();
    await tour.isGood(page, 'paper-scan');

    await press(page, '不合格…');
    await tabTo(page, '哪里不合格');
    await page.keyboard.type('没有本人签字，请签字后再交');
    await press(page, '退回这份材料');
    await hears(page, '已退回材料');
    await page.getByText('没有本人签字，请签字后再交').waitFor();
    await chooseFile(page, /^扫描件：/, '申请书（已签字）.jpg', await photo());
    await press(page, '上传扫描件');
    await hears(page, '扫描件已上传');
    await press(page, '核对无误');
    await hears(page, '材料已核对');
    await page.getByText('这份材料已核对无误').waitFor();
    await press(page, '返回案件');
    await page.waitForURL(/tab=materials/);
  });
  // As the village sees it on a telephone, and who may see nothing of it.
  await tour.inWindow(
    async (page) => {
      await signIn(page, TOWNSHIP, PASSWORD, materials);
      await page
        .getByRole('link', { name: /^查看与办理：/ })
        .last()
        .click();
      await page.waitForURL(/papers/);
      await settled(page);
      await tour.isGood(page, 'paper-360');
    },
    { width: 360 },
  );
  const nothing = caseRoutes.paper
    .replace(':owner', asked.owner)
    .replace(':caseId', asked.caseId)
    .replace(':material', 'nothing');
  await atKeyboard(OFFICER, nothing, async (page) => {
    await page.getByText('这件案件没有要求这份材料').waitFor();
    await tour.isGood(page, 'paper-not-of-case');
  });
});

it('goes on when the paper has come, though it changed under the hands of who works on it', async () => {
  await atKeyboard(OFFICER, `${caseAt(asked.owner, asked.caseId)}?tab=materials`, async (page) => {
    await press(page, /^核对无误：/);
    await hears(page, '材料已核对');
    await tab(page, '材料', 4);
    await tabTo(page, '办理说明');
    await page.keyboard.type('本人情况属实');

    // The same officer, in a second window, where nobody is signed in anew.
    const second = await page.context().newPage();
    await second.goto(caseAt(asked.owner, asked.caseId));
    await settled(second);
    await press(second, '退回');
    await hears(second, '已退回');
    await press(second, '认领');
    await hears(second, '已认领');
    await second.close();

    await press(page, /^完成“/);
    await page.getByText('您看到的不是最新内容').waitFor();
    await settled(page);
    await tour.isGood(page, 'case-changed');
    expect(await page.getByLabel('办理说明').inputValue()).toBe('本人情况属实');
    await press(page, /^完成“/);
    await hears(page, '这一步已完成');
  });
});

it('is decided by another person', async () => {
  await atKeyboard(DECIDER, POOL, async (page) => {
    await lists(page);
    await press(page, '取下一件');
    await hears(page, `已认领：${ITEM}`);
    await settled(page);
    await press(page, '批准', 'Space');
    await press(page, '提交决定');
    await page.getByText('决定作出后不能撤销').waitFor();
    await press(page, '批准');
    await hears(page, '已批准');
  });
});

it('is printed and served, and the chain has moved', async () => {
  await atKeyboard(OFFICER, `${caseAt(asked.owner, asked.caseId)}?tab=documents`, async (page) => {
    await press(page, '查看与送达：第 2 份，决定书');
    await page.waitForURL(/documents/);
    await settled(page);
    tour.seen.add('document');
    await tour.isGood(page, 'document');
    const [, masked] = /^(.+)：$/m.exec(await page.locator('.sheet').innerText())!;
    expect(masked).toContain('*');

    await press(page, '显示全名后打印');
    await hears(page, '已交给打印机');
    const printed = await page.evaluate(() => window.name);
    expect(printed).toContain(`您申请的“${ITEM}”，经审核符合规定，决定予以批准`);
    expect(/^(.+)：$/m.exec(printed)![1]).not.toContain('*');
    // Only while it is printed.
    expect(await page.locator('.sheet').innerText()).toContain(masked);

    await press(page, '登记送达');
    await page.getByRole('alert').waitFor();
    await tour.isGood(page, 'document-error-summary');
    await choose(page, '送达方式', 1);
    await choose(page, '签收人', 1);
    await press(page, '登记送达');
    await hears(page, '已登记送达');
    await page.getByText('视为送达').waitFor();
    await tour.isGood(page, 'document-served');
    await chooseFile(page, '送达凭证', '送达回证.jpg', await photo());
    await press(page, '上传送达凭证');
    await hears(page, '送达凭证已上传');
    await press(page, '查看扫描件');
    await page.getByRole('img', { name: '送达凭证的扫描件' }).waitFor();
    await tour.isGood(page, 'document-proved');

    await press(page, '返回案件');
    await page.waitForURL(/tab=documents/);
    await press(page, '联办链');
    await page.waitForURL(/chains/);
    await shows(page, async () => (await outcomes(page)) === before + 1);
  });
});

hasSeenAll(tour, caseRoutes);
