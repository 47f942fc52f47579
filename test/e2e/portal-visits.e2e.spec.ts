import { jest } from '@jest/globals';
import { until } from '@app/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import type { Newcomer } from '../../apps/cli/src/demo/stories/newcomer.js';
import { visitRoutes } from '../../apps/portal/src/routes.js';
import { resident, settled as factsSettled, type House } from './house.js';
import { openBrowser, settled, signIn, tabTo } from './portal-browser.js';
import { PASSWORD, staffedHouse } from './portal-house.js';
import { everyPageIsGood, hasSeenAll, Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const OFFICER = demoActor('commissioner');
const COLLEAGUE = demoActor('commissioner', null, 2);
const PASSPHRASE = '山路第七村';
const LONG_ENOUGH = `${PASSPHRASE}一二三`;
/** Two matters that one visit serves. */
const CARE = { itemId: 'care-and-shelter/home-care-service', title: '重度残疾人居家安养', step: 'visit' };
const RESPITE = { itemId: 'rehabilitation/respite-service', title: '残疾人家庭喘息服务', step: 'assess' };

/** Somebody with both matters under way. */
interface Waiting extends Newcomer {
  /** By item. */
  readonly cases: Readonly<Record<string, string>>;
}

let house: House;
let browser: Browser;
let people: Waiting[];
const tour = new Tour<keyof typeof visitRoutes>(() => ({ browser, url: house.service.url }));

beforeAll(async () => {
  house = await staffedHouse();
  people = [];
  for (let n = 0; n < 4; n += 1) {
    const newcomer = await resident(house, { grade: 1 });
    const cases: Record<string, string> = {};
    for (const { itemId } of [CARE, RESPITE]) cases[itemId] = await applied(newcomer, itemId);
    people.push({ ...newcomer, cases });
  }
  await factsSettled(house);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

async function applied({ personId, person }: Newcomer, itemId: string): Promise<string> {
  const { caseId } = await house.system.call<{ caseId: string }>('community', 'POST', '/community/cases', {
    actor: OFFICER,
    body: { personId, itemId, divisionCode: person.villageCode },
  });
  return caseId;
}

interface Seen {
  readonly version: number;
  readonly task: { readonly step: string } | null;
  readonly steps: readonly {
    readonly step: string;
    readonly done: { readonly by: string; readonly note: string | null } | null;
  }[];
}

const caseOf = (of: Waiting, { itemId }: { itemId: string }) =>
  house.system.call<Seen>('community', 'GET', `/community/cases/${of.cases[itemId]}`, { actor: OFFICER });

/** By whom, and with which words, the visit of a matter stands in its case. */
async function recorded(of: Waiting, matter: typeof CARE) {
  const { steps } = await caseOf(of, matter);
  return steps.find(({ step }) => step === matter.step)!.done;
}

/** How often a command on this case was written down as done. */
async function timesDone(of: Waiting, matter: typeof CARE): Promise<number> {
  const [row] = await house.service.database.query<{ n: number }>(
    `select count(*)::int as n from community.outbox_messages
     where payload ->> 'caseId' = $1 and payload ->> 'doneStep' = $2`,
    [of.cases[matter.itemId], matter.step],
  );
  return row!.n;
}

const asColleague = async (
  of: Waiting,
  { itemId }: { itemId: string },
  action: string,
  body: object = {},
) => {
  await house.system.call('community', 'POST', `/community/cases/${of.cases[itemId]}/${action}`, {
    actor: COLLEAGUE,
    body,
    headers: { 'if-match': '*', 'idempotency-key': crypto.randomUUID() },
  });
};

/** A button that may come a moment later. */
async function pressWhenThere(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).waitFor();
  await press(page, name);
}

async function press(page: Page, name: string | RegExp, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

const hears = (page: Page, words: string | RegExp) =>
  page.getByTestId('announcer').getByText(words).waitFor();

/** Everything that lies on the device for this page, as text read in each way that text is written. */
async function onTheDevice(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('onething-visits', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('kept', { keyPath: 'userId' });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const rows = await new Promise<Record<string, unknown>[]>((resolve) => {
      const asked = database.transaction('kept').objectStore('kept').getAll();
      asked.onsuccess = () => resolve(asked.result);
    });
    database.close();
    const readings = (bytes: Uint8Array) =>
      ['utf-8', 'utf-16le', 'utf-16be', 'gb18030'].map((label) => new TextDecoder(label).decode(bytes));
    const inRows = rows.flatMap((row) =>
      Object.values(row).flatMap((value) =>
        value instanceof ArrayBuffer
          ? readings(new Uint8Array(value))
          : value instanceof Uint8Array
            ? readings(value)
            : [String(value)],
      ),
    );
    const inCaches: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys())
        inCaches.push(new URL(request.url).pathname);
    }
    return JSON.stringify({
      rows: inRows,
      caches: inCaches,
      local: { ...localStorage },
      session: { ...sessionStorage },
    });
  });
}

/** How many of the portal's users have something on this device. */
const keptHere = async (page: Page) =>
  (JSON.parse(await onTheDevice(page)) as { rows: string[] }).rows.length;

/** Names as the list shows them, by person, as they stand in the list of the page. */
async function masked(of: Waiting): Promise<string> {
  const { visits } = await house.system.call<{ visits: { personId: string; personName: string }[] }>(
    'workbench',
    'GET',
    '/workbench/queue/visits?limit=100',
    { actor: OFFICER },
  );
  return visits.find(({ personId }) => personId === of.personId)!.personName;
}

const atHome = (what: (page: Page, context: BrowserContext) => Promise<void>) =>
  tour.inWindow(
    async (page, context) => {
      await signIn(page, OFFICER.id, PASSWORD, visitRoutes.visits);
      await page.getByRole('heading', { level: 3 }).first().waitFor();
      await what(page, context);
    },
    { keyboard: true, width: 360 },
  );

/** The box of this person, by the link to one of their cases: names may be alike. */
async function takeAlong(page: Page, whom: readonly Waiting[]): Promise<void> {
  for (const each of whom) {
    const box = page
      .locator('.visit-list > li')
      .filter({
        has: page.locator(`a[href$="${each.cases[CARE.itemId]}"], a[href$="${each.cases[RESPITE.itemId]}"]`),
      })
      .getByRole('checkbox');
    await box.focus();
    await page.keyboard.press('Space');
  }
  await tabTo(page, /^(设置)?口令/);
  await page.keyboard.type(LONG_ENOUGH);
  await press(page, /^带走/);
  await hears(page, `已带走 ${whom.length} 人`);
}

/** Opens what was taken along, in a page that was loaded anew. */
async function unlock(page: Page): Promise<void> {
  await tabTo(page, '口令');
  await page.keyboard.type(LONG_ENOUGH);
  await page.keyboard.press('Enter');
  await hears(page, '已打开');
  await page.getByRole('heading', { level: 3 }).first().waitFor();
}

/** Writes down the visit to whoever stands at this place in the list, with both matters done. */
async function write(page: Page, at: number, note: string, look?: string): Promise<void> {
  const button = page
    .locator('.visit-list > li')
    .nth(at)
    .getByRole('button', { name: /^(填写|修改)：/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('走访情况').waitFor();
  for (const box of await page.getByRole('checkbox', { name: '已入户办理' }).all()) {
    if (!(await box.isChecked())) {
      await box.focus();
      await page.keyboard.press('Space');
    }
  }
  await tabTo(page, /^走访情况/);
  await page.keyboard.type(note);
  if (look) await tour.isGood(page, look);
  await press(page, '保存，等待上传');
  await hears(page, /^已保存：/);
}

describe('a visit', () => {
  it('is taken along, written without a network, told later, and what others did meanwhile is looked at', async () => {
    const [first, second] = [people[0]!, people[1]!];
    await atHome(async (page, context) => {
      await tour.isGood(page, 'visits-to-choose-360');
      await press(page, /^带走/);
      await page.getByText('请先勾选要走访的人员').first().waitFor();
      await tour.isGood(page, 'visits-nobody-chosen-360');
      const names = [await masked(first), await masked(second)];
      await takeAlong(page, [first, second]);
      await tour.isGood(page, 'visits-taken-360');

      const device = await onTheDevice(page);
      for (const secret of [
        ...names,
        ...[first, second].flatMap(({ person, personId, cases }) => [
          person.name,
          person.identityNumber,
          personId,
          person.villageCode,
          ...Object.values(cases),
        ]),
        CARE.title,
        RESPITE.title,
        LONG_ENOUGH,
      ]) {
        expect(device).not.toContain(secret);
      }
      expect(JSON.parse(device)).toMatchObject({ rows: expect.arrayContaining([OFFICER.id]) });
      expect((JSON.parse(device) as { caches: string[] }).caches.join(' ')).not.toMatch(/api|workbench/);

      await context.setOffline(true);
      await page.goto(visitRoutes.visitsAway);
      tour.seen.add('visitsAway');
      await page.getByLabel('口令', { exact: true }).waitFor();
      await tour.isGood(page, 'away-locked-360');
      await tabTo(page, '口令');
      await page.keyboard.type('不是这个口令呀');
      await page.keyboard.press('Enter');
      await page.getByText('口令不对').first().waitFor();
      await tour.isGood(page, 'away-wrong-passphrase-360');
      await page.reload();
      await page.getByLabel('口令', { exact: true }).waitFor();
      await unlock(page);
      await tour.isGood(page, 'away-list-360');

      await write(page, 0, '本人在家，需要上门服务', 'away-form-360');
      await write(page, 1, '家人在家，情况属实');
      await page.getByText('现在没有网络').waitFor();
      expect(await page.getByRole('button', { name: /^上传/ }).count()).toBe(0);
      expect(await onTheDevice(page)).not.toContain('本人在家');
      await tour.isGood(page, 'away-written-360');

      // One matter is changed by somebody meanwhile, another one done by a colleague.
      const order = await orderOf(page, [first, second]);
      await asColleague(order[0]!, RESPITE, 'claim');
      await asColleague(order[0]!, RESPITE, 'claim/release');
      await asColleague(order[1]!, CARE, `steps/${CARE.step}`, { note: '同事已先入户', received: [] });

      await context.setOffline(false);
      await pressWhenThere(page, '上传 4 件');
      await hears(page, '已登记 2 件，2 件没有登记');
      await page.getByText('这一步还没有人办理。').waitFor();
      await page.getByText('同事已先入户').waitFor();
      await tour.isGood(page, 'away-conflict-360');
      expect(await recorded(order[0]!, CARE)).toMatchObject({
        by: OFFICER.id,
        note: expect.stringMatching(/入户。本人在家，需要上门服务$/),
      });
      expect(await recorded(order[0]!, RESPITE)).toBeNull();
      expect(await recorded(order[1]!, CARE)).toMatchObject({ by: COLLEAGUE.id, note: '同事已先入户' });
      expect(await recorded(order[1]!, RESPITE)).toMatchObject({ by: OFFICER.id });

      // Nothing is lost by going away: both still stand there.
      await page.reload();
      await unlock(page);
      await page.getByText('这一步还没有人办理。').waitFor();
      await press(page, '按最新情况登记');
      await pressWhenThere(page, '上传 1 件');
      await hears(page, '已登记 1 件');
      expect(await recorded(order[0]!, RESPITE)).toMatchObject({ by: OFFICER.id });
      await press(page, '放弃本机记录');
      await page.getByRole('dialog').waitFor();
      await tour.isGood(page, 'away-give-up-360');
      await tabTo(page, /^放弃$/);
      await page.keyboard.press('Enter');
      await hears(page, '已放弃本机记录');
      await page.getByText('本机没有带走的走访内容').waitFor();
      expect(await keptHere(page)).toBe(0);
      expect(await recorded(order[1]!, CARE)).toMatchObject({ by: COLLEAGUE.id });
      for (const whom of [first, second]) {
        for (const matter of [CARE, RESPITE]) expect(await timesDone(whom, matter)).toBe(1);
      }
    });
  });

  it('is told once, also where the answer is lost on the way', async () => {
    const whom = people[2]!;
    await factsSettled(house);
    await atHome(async (page, context) => {
      await takeAlong(page, [whom]);
      await press(page, '打开随身走访');
      await page.getByRole('heading', { level: 3 }).first().waitFor();
      await write(page, 0, '邻居陪同，情况属实');
      let lost = 0;
      await context.route('**/steps/**', async (route) => {
        await route.fetch();
        lost += 1;
        await route.abort();
      });
      await pressWhenThere(page, '上传 2 件');
      await hears(page, '上传中断');
      expect(lost).toBe(1);
      await page.getByText('已发出，不确定是否送达').waitFor();
      await tour.isGood(page, 'away-uncertain-360');
      await context.unroute('**/steps/**');
      await pressWhenThere(page, '上传 2 件');
      await hears(page, '已登记 2 件。');
      for (const matter of [CARE, RESPITE]) expect(await timesDone(whom, matter)).toBe(1);
      expect(await keptHere(page)).toBe(0);
    });
  });
});

/** The people in the order in which the page lists them. */
async function orderOf(page: Page, whom: readonly Waiting[]): Promise<readonly Waiting[]> {
  // Within a village by person, villages by code: as the server lists them.
  await page.locator('.visit-list > li').first().waitFor();
  return [...whom].sort((one, other) =>
    `${one.person.villageCode} ${one.personId}` < `${other.person.villageCode} ${other.personId}` ? -1 : 1,
  );
}

describe('what was taken along', () => {
  it('is wiped by signing out, after asking about what was not told', async () => {
    await factsSettled(house);
    await atHome(async (page) => {
      await takeAlong(page, [people[3]!]);
      await press(page, '打开随身走访');
      await page.getByRole('heading', { level: 3 }).first().waitFor();
      await write(page, 0, '还没有上传的记录');
      const signOut = async () => {
        await page.getByRole('button', { name: /^账号：/ }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menuitem', { name: '退出登录' }).waitFor();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').waitFor();
      };
      await signOut();
      await tour.isGood(page, 'visits-leave-360');
      await press(page, '先不退出');
      expect(await keptHere(page)).toBeGreaterThan(0);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await signOut();
      await press(page, '仍然退出');
      await page.waitForURL(/sign-in/);
      await until('the worker and its files to be gone', async () =>
        page.evaluate(async () => {
          const [names, workers] = [await caches.keys(), await navigator.serviceWorker.getRegistrations()];
          return names.length + workers.length === 0;
        }),
      );
      expect(await keptHere(page)).toBe(0);
      // “Back” shows nothing.
      await page.goto(visitRoutes.visitsAway);
      await page.getByText('本机没有带走的走访内容').waitFor();
    });
    expect(await recorded(people[3]!, CARE)).toBeNull();
  });

  it('is nobody else’s, and is wiped when its time is over', async () => {
    await atHome(async (page, context) => {
      await takeAlong(page, [people[3]!]);
      await context.clearCookies();
      await signIn(page, COLLEAGUE.id, PASSWORD, visitRoutes.visitsAway);
      await page.getByText('本机没有带走的走访内容').waitFor();
      expect(await keptHere(page)).toBeGreaterThan(0);

      await page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const opening = indexedDB.open('onething-visits', 1);
          opening.onsuccess = () => resolve(opening.result);
        });
        const store = database.transaction('kept', 'readwrite').objectStore('kept');
        await new Promise<void>((resolve) => {
          store.getAll().onsuccess = ({ target }) => {
            const rows = (target as IDBRequest<Record<string, unknown>[]>).result;
            for (const row of rows) store.put({ ...row, endsAt: Date.now() - 1 });
            resolve();
          };
        });
        database.close();
      });
      await page.reload();
      await settled(page);
      await page.getByText('本机没有带走的走访内容').waitFor();
      expect(await keptHere(page)).toBe(0);
    });
  });
});

describe('the pages', () => {
  everyPageIsGood(tour, {
    userId: OFFICER.id,
    password: PASSWORD,
    pages: () => [
      ['visits', visitRoutes.visits],
      ['visitsAway', visitRoutes.visitsAway],
    ],
    fetched: ['visits'],
    guarded: ['visits'],
    stranger: demoActor('operator').id,
  });

  it('say that nobody waits for who has no visits to make', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, demoActor('finance-officer').id, PASSWORD);
      await tour.goTo(page, 'visits', visitRoutes.visits);
      await page.getByText('您现在没有需要入户办理的事项').waitFor();
      await tour.isGood(page, 'visits-empty');
    });
  });

  it('are printed as a list of each village, with room to write', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, OFFICER.id, PASSWORD, visitRoutes.visits);
      await page.getByRole('heading', { level: 3 }).first().waitFor();
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('checkbox').first().isVisible()).toBe(false);
      expect(await page.getByRole('button', { name: /^带走/ }).isVisible()).toBe(false);
      expect(await page.locator('.main-nav').isVisible()).toBe(false);
      expect(await page.getByText('走访情况：').first().isVisible()).toBe(true);
    });
  });

  hasSeenAll(tour, visitRoutes);
});
