import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { caseAt, chainAt, personAt, routes, workRoutes } from '../../apps/portal/src/routes.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { openPortalHouse, PASSWORD, type Invited, type PortalHouse } from './portal-house.js';
import { focused, openBrowser, settled, signIn, tabTo, tabToButtonOf } from './portal-browser.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const COMMISSIONER = demoActor('commissioner').id;
const OFFICER = demoActor('benefit-officer').id;

type WorkRoute = keyof typeof workRoutes;

let house: PortalHouse;
let browser: Browser;
/** Somebody with a card, and invitations that wait for an answer. */
let personId: string;
let invited: readonly Invited[];

const tour = new Tour<WorkRoute>(() => ({ browser, url: house.url }));

beforeAll(async () => {
  process.env['DEMO_ACCOUNTS'] = `${OFFICER}=两项补贴,${COMMISSIONER}=专职委员`;
  house = await openPortalHouse();
  ({ personId, invited } = house);
  expect(invited.length).toBeGreaterThanOrEqual(2);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** Every page with the path of something that is there, for a benefit officer. */
const pages = (): readonly [WorkRoute, string][] => [
  ['home', routes.home],
  ['queue', `${routes.queue}?view=all`],
  ['case', caseAt(invited[0]!.owner, invited[0]!.caseId)],
  ['chain', chainAt(personId)],
  ['person', personAt(personId)],
  ['accessibility', routes.accessibility],
  ['help', routes.help],
  ['notFound', '/nothing-is-here'],
];

describe('the way in', () => {
  it('is gone by keyboard, from the skip link to the page behind (K1, K2)', async () => {
    tour.seen.add('signIn');
    await tour.inWindow(
      async (page) => {
        await page.goto(routes.queue);
        await page.waitForURL(/sign-in/);
        await settled(page);
        await tour.isGood(page, 'sign-in');
        await page.reload();
        await settled(page);
        await page.keyboard.press('Tab');
        await tabTo(page, '跳到主要内容', 'Shift+Tab').catch(() => tabTo(page, '跳到主要内容'));
        await page.keyboard.press('Enter');
        await tabTo(page, '用户编号');
        await page.keyboard.type(COMMISSIONER);
        await tabTo(page, '密码');
        await page.keyboard.type('not the password at all');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
        await tour.isGood(page, 'sign-in-refused');
        await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
        await page.keyboard.press('Enter');
        await page.waitForURL((url) => url.pathname === routes.queue);
        await settled(page);
        expect(await focused(page)).toBe('待办队列');
        expect(await page.title()).toMatch(/^待办队列/);
      },
      { keyboard: true },
    );
  });

  it('leads out again, and nothing is shown afterwards (K24)', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, COMMISSIONER, PASSWORD);
        await tour.goTo(page, 'queue', routes.queue);
        await tabTo(page, /^账号/);
        await page.keyboard.press('Enter');
        await page.keyboard.press('Enter');
        await page.waitForURL(/sign-in/);
        await page.goBack();
        await page.waitForURL(/sign-in/);
        await settled(page);
        expect(await page.getByLabel('密码', { exact: true }).count()).toBe(1);
      },
      { keyboard: true },
    );
  });
});

describe('the work', () => {
  it('is taken from its row, done step by step, and the next is met with a conflict (K6, K7)', async () => {
    const [mine, theirs] = invited as [Invited, Invited];
    await tour.inWindow(
      async (page) => {
        await signIn(page, COMMISSIONER, PASSWORD, routes.queue);
        await tabToButtonOf(page, mine.caseId);
        await page.keyboard.press('Enter');
        await page.getByTestId('announcer').getByText(`已认领：${mine.title}`).waitFor();

        // A colleague is quicker, and this page does not know of it yet.
        await house.claimByColleague(theirs);
        await tabToButtonOf(page, theirs.caseId);
        await page.keyboard.press('Enter');
        await page.getByTestId('announcer').getByText(`没有认领成功：${theirs.title}`).waitFor();
        await tour.isGood(page, 'queue-conflict');

        await tour.goTo(page, 'case', caseAt(mine.owner, mine.caseId));
        await tour.isGood(page, 'case-to-do');
        await tabTo(page, '登记答复');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
        await tour.isGood(page, 'case-error-summary');
        await tabTo(page, '请选择本人的答复');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Space');
        await tabTo(page, '登记答复');
        await page.keyboard.press('Enter');
        await page.getByTestId('announcer').getByText('已登记本人同意').waitFor();
        await settled(page);
      },
      { keyboard: true },
    );
    expect(await house.statusOf(mine)).not.toBe('invited');
  });

  it('is filtered by what stands in the address, and a chip takes a filter away (K4)', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, OFFICER, PASSWORD, `${routes.queue}?view=all&status=refused`);
        await page.getByText('没有符合筛选条件的案件。').waitFor();
        await tour.isGood(page, 'queue-filtered-empty');
        await tabTo(page, /^去掉筛选：状态/);
        await page.keyboard.press('Enter');
        await page.getByRole('table').waitFor();
        expect(new URL(page.url()).search).toBe('?view=all');
      },
      { keyboard: true },
    );
  });
});

describe('every page', () => {
  everyPageIsGood(tour, {
    userId: OFFICER,
    password: PASSWORD,
    pages,
    fetched: ['home', 'queue', 'case', 'chain', 'person'],
    guarded: ['queue', 'case', 'chain', 'person'],
    stranger: demoActor('operator').id,
  });

  it('is good on every tab of a case', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, OFFICER, PASSWORD);
      const { owner, caseId } = invited[0]!;
      for (const tab of ['terms', 'materials', 'documents', 'history']) {
        await tour.goTo(page, 'case', `${caseAt(owner, caseId)}?tab=${tab}`);
        await tour.isGood(page, `case-${tab}`);
      }
    });
  });

  it('says that the network has gone', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, OFFICER, PASSWORD);
      await context.setOffline(true);
      await page.getByText('网络已断开').waitFor();
      await tour.isGood(page, 'home-offline');
    });
  });

  hasSeenAll(tour, workRoutes);
});
