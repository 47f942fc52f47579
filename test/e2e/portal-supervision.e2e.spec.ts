import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { supervisionRoutes } from '../../apps/portal/src/routes.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { seedOrganisation } from '../../apps/cli/src/demo/seed-organisation.js';
import { takeoverStory } from '../../apps/cli/src/demo/stories/takeover.story.js';
import { startHouse, type House } from './house.js';
import { openBrowser, settled, signIn, tabTo } from './portal-browser.js';
import { PASSWORD } from './portal-house.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

/** Enough for lists with something on each. */
const PEOPLE = 60;
const LEAD = demoActor('federation-lead').id;

let house: House;
let browser: Browser;
const tour = new Tour<keyof typeof supervisionRoutes>(() => ({ browser, url: house.service.url }));

beforeAll(async () => {
  house = await startHouse('postgres');
  await seedOrganisation(house.system, PASSWORD);
  // Whoever was taken over with the living stock was opened nothing: what they lack is found by a reconciliation.
  await takeoverStory(PEOPLE).run(house.scene);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

describe('coverage', () => {
  it('is reconciled on demand, and what a village lacks is handed out, by keyboard', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, LEAD, PASSWORD, supervisionRoutes.coverage);
        await page.getByText('还没有对过账').waitFor();
        await tour.isGood(page, 'coverage-empty');
        await tabTo(page, '立即对账');
        await page.keyboard.press('Enter');
        await page.getByTestId('announcer').getByText('已开始对账').waitFor();
        await page.getByText(/持证人 \d+ 人/).waitFor({ timeout: 60_000 });
        await page.getByRole('table').waitFor();

        await tabTo(page, '清单');
        await page.keyboard.press('ArrowRight');
        await settled(page);
        await tour.isGood(page, 'coverage-villages');
        await tabTo(page, /^交办：/);
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').waitFor();
        await tour.isGood(page, 'coverage-release');
        await tabTo(page, '交办');
        await page.keyboard.press('Enter');
        await page
          .getByTestId('announcer')
          .getByText(/已交办 [1-9]\d* 项/)
          .waitFor();
      },
      { keyboard: true },
    );
    const [row] = await house.service.database.query<{ n: number }>(
      `select count(*)::int as n from lifecycle.gap_tasks where status = 'open'`,
    );
    expect(row!.n).toBeGreaterThan(0);
  });

  it('is filtered by what stands in the address, and a chip takes a filter away', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, LEAD, PASSWORD, `${supervisionRoutes.coverage}?state=answered`);
        await page.getByText('没有符合筛选条件的差距。').waitFor();
        await tour.isGood(page, 'coverage-filtered-empty');
        await tabTo(page, /^去掉筛选：进展/);
        await page.keyboard.press('Enter');
        await page.getByRole('table').waitFor();
      },
      { keyboard: true },
    );
  });

  everyPageIsGood(tour, {
    userId: LEAD,
    password: PASSWORD,
    pages: () => [['coverage', supervisionRoutes.coverage]],
    fetched: ['coverage'],
    guarded: ['coverage'],
    stranger: demoActor('operator').id,
  });

  it('is good on every tab', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, LEAD, PASSWORD);
      for (const tab of ['villages', 'trend']) {
        await tour.goTo(page, 'coverage', `${supervisionRoutes.coverage}?tab=${tab}`);
        await tour.isGood(page, `coverage-${tab}`);
      }
    });
  });

  hasSeenAll(tour, supervisionRoutes);
});
