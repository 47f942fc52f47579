import { jest } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { caseAt, chainAt, overviewRoutes } from '../../apps/portal/src/routes.js';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import type { SeenCase } from '../../apps/cli/src/demo/office.js';
import { resident, settled, type House } from './house.js';
import { focused, openBrowser, signIn, tabTo } from './portal-browser.js';
import { PASSWORD, staffedHouse } from './portal-house.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const LEAD = demoActor('federation-lead').id;
const CHAIR = demoActor('township-chair');
const COMMISSIONER = demoActor('commissioner');

let house: House;
let browser: Browser;
let personId: string;
/** An invitation that the township's chair has taken, and whose term has passed; and one without a term that nobody has taken. */
let late: SeenCase & { owner: string };
let free: SeenCase & { owner: string };

const tour = new Tour<keyof typeof overviewRoutes>(() => ({ browser, url: house.service.url }));

beforeAll(async () => {
  house = await staffedHouse();
  ({ personId } = await resident(house, { grade: 1 }));
  const invited = (await house.office.casesOf(personId)).filter(({ status }) => status === 'invited');
  [late, free] = invited as [typeof late, typeof free];
  await house.system.call(late.owner, 'POST', `/${late.owner}/cases/${late.caseId}/claim`, {
    actor: CHAIR,
    body: {},
    headers: { 'if-match': '*', 'idempotency-key': crypto.randomUUID() },
  });
  await settled(house);
  const { database } = house.service;
  // Nobody waits for a term to pass, nor for a service to say nothing until tomorrow.
  await database.query('delete from workbench.work_terms where case_id = any($1::uuid[])', [
    [late.caseId, free.caseId],
  ]);
  await database.query(
    `insert into workbench.work_terms (case_id, step, version, kind, basis, due_at, provisional, paused, ended)
     values ($1, 'consent', 1, 'statutory', '测试依据', now() - interval '3 days', false, false, false)`,
    [late.caseId],
  );
  await database.query(
    `update workbench.work_items w set term_step = t.step, term_kind = t.kind, term_basis = t.basis, due_at = coalesce(t.due_at, 'infinity')
     from unnest($1::uuid[]) n (case_id) left join workbench.work_terms t using (case_id) where w.case_id = n.case_id`,
    [[late.caseId, free.caseId]],
  );
  await database.query(
    `update lifecycle.rounds set status = 'open', opened_at = now() - interval '2 days' where person_id = $1`,
    [personId],
  );
  await database.query(
    `update lifecycle.round_items set status = 'planned', outcome = null, case_id = null
     where (round_id, item_id) in (
       select round_id, item_id from lifecycle.round_items join lifecycle.rounds using (round_id) where person_id = $1 limit 1)`,
    [personId],
  );
  await database.query(
    `insert into lifecycle.parked_messages (consumer, message_id, topic, log_position, key, headers, state, reason)
     values ('decide-on-facts', gen_random_uuid(), 'registry.fact', '0:0', $1, '{}', 'failed', 'malformed')`,
    [personId],
  );
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** Answers as they come, changed a little. */
async function changed(context: BrowserContext, change: (answer: Record<string, unknown>) => object) {
  await context.route(/\/api\/(workbench\/supervision|lifecycle\/stuck)/, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as Record<string, unknown>;
    await route.fulfill({ response, json: { ...answer, ...change(answer) } });
  });
}

describe('deadlines', () => {
  it('lead from a number to its cases, each with who has it and what it waits for, by keyboard', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, LEAD, PASSWORD, overviewRoutes.deadlines);
        await tabTo(page, '已超期 1 件');
        await page.keyboard.press('Enter');
        const row = page
          .getByRole('row')
          .filter({ has: page.locator(`a[href="${caseAt(late.owner, late.caseId)}"]`) });
        await row
          .getByText(/^已超期/)
          .first()
          .waitFor();
        await row.getByText('征求本人意见').waitFor();
        expect(await page.getByRole('table').getByRole('row').count()).toBe(2);
        await tour.isGood(page, 'deadlines-list');
        await tabTo(page, /^去掉筛选：期限/);
        await page.keyboard.press('Enter');
        await page.locator(`a[href="${caseAt(free.owner, free.caseId)}"]`).waitFor();
      },
      { keyboard: true },
    );
  });

  it('never show what has no term as overdue', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, LEAD, PASSWORD);
      await tour.goTo(page, 'deadlines', `${overviewRoutes.deadlines}?tab=list&standing=unknown`);
      const row = page
        .getByRole('row')
        .filter({ has: page.locator(`a[href="${caseAt(free.owner, free.caseId)}"]`) });
      await row.getByText('无法定时限').first().waitFor();
      expect(
        await page
          .getByRole('table')
          .getByText(/已超期/)
          .count(),
      ).toBe(0);
    });
  });

  it('by item, and with filters that find nothing', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, LEAD, PASSWORD, `${overviewRoutes.deadlines}?tab=items`);
        await page.getByRole('link', { name: late.title, exact: true }).waitFor();
        await tour.isGood(page, 'deadlines-items');
        await tour.goTo(page, 'deadlines', `${overviewRoutes.deadlines}?tab=list&standing=promise-passed`);
        await page.getByText('没有符合筛选条件的案件。').waitFor();
        await tour.isGood(page, 'deadlines-filtered-empty');
        await tabTo(page, /^去掉筛选：期限/);
        await page.keyboard.press('Enter');
        await page.getByRole('table').waitFor();
      },
      { keyboard: true },
    );
  });
});

describe('the workload', () => {
  it('shows who has what in hand, and gives it to somebody else from there, by keyboard', async () => {
    await tour.inWindow(
      async (page) => {
        await signIn(page, LEAD, PASSWORD, overviewRoutes.workload);
        await tabTo(page, /^1 件，查看/);
        await page.keyboard.press('Enter');
        await page.locator(`a[href="${caseAt(late.owner, late.caseId)}"]`).waitFor();
        expect(await focused(page)).toMatch(/的在办案件$/);
        await tour.isGood(page, 'workload-cases');
        await tabTo(page, /^转交：/);
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('接手人').waitFor();
        await tour.isGood(page, 'workload-hand-over');
        await dialog.getByLabel('接手人').selectOption(COMMISSIONER.id);
        await tabTo(page, '转交');
        await page.keyboard.press('Enter');
        await page.getByTestId('announcer').getByText('已转交').waitFor();
      },
      { keyboard: true },
    );
    await settled(house);
    const [row] = await house.service.database.query<{ claimed_by: string }>(
      'select claimed_by from workbench.work_items where case_id = $1',
      [late.caseId],
    );
    expect(row!.claimed_by).toBe(COMMISSIONER.id);
  });

  it('shows what nobody has taken, by who may and where', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, LEAD, PASSWORD);
      await tour.goTo(page, 'workload', `${overviewRoutes.workload}?tab=waiting`);
      await page
        .getByRole('button', { name: /^\d+ 件，查看/ })
        .first()
        .waitFor();
      await tour.isGood(page, 'workload-waiting');
      await tabTo(page, /^\d+ 件，查看/);
      const pressed = await focused(page);
      await page.keyboard.press('Enter');
      await tabTo(page, '收起');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe(pressed);
    });
  });
});

describe('stuck chains', () => {
  it('are told reason by reason, with the way to the chain', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, LEAD, PASSWORD);
      for (const [kind, text] of [
        ['unanswered', '已发起，承办系统没有回应'],
        ['missing-fact', /^缺少 \d+ 项情况/],
        ['parked', '1 条消息没有处理'],
      ] as const) {
        await tour.goTo(page, 'stuck', `${overviewRoutes.stuck}?kind=${kind}`);
        const row = page.getByRole('row').filter({ has: page.locator(`a[href="${chainAt(personId)}"]`) });
        await row.first().getByText(text).first().waitFor();
        await tour.isGood(page, `stuck-${kind}`);
      }
    });
  });
});

describe('every page', () => {
  const pages = () =>
    [
      ['deadlines', overviewRoutes.deadlines],
      ['workload', overviewRoutes.workload],
      ['stuck', overviewRoutes.stuck],
    ] as const;

  everyPageIsGood(tour, {
    userId: LEAD,
    password: PASSWORD,
    pages,
    fetched: ['deadlines', 'workload', 'stuck'],
    guarded: ['deadlines', 'workload', 'stuck'],
    stranger: demoActor('operator').id,
  });

  it('says when there is nothing', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, LEAD, PASSWORD);
      await changed(context, () => ({ cells: [], holders: [], waiting: [], rows: [], doneSince: null }));
      for (const [route, path] of pages()) {
        await tour.goTo(page, route, path);
        await page.locator('main .empty').first().waitFor();
        await tour.isGood(page, `${route}-empty`);
      }
    });
  });

  it('says when it is behind', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, LEAD, PASSWORD);
      await changed(context, () => ({ stale: true }));
      for (const [route, path] of pages()) {
        await tour.goTo(page, route, path);
        await page.locator('main .banner-warning').first().waitFor();
        await tour.isGood(page, `${route}-stale`);
      }
    });
  });

  hasSeenAll(tour, overviewRoutes);
});
