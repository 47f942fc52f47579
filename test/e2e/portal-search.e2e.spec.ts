import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { cardNumberOf } from '../../apps/cli/src/demo/people.js';
import type { Newcomer } from '../../apps/cli/src/demo/stories/newcomer.js';
import { caseAt, documentAt, personAt, routes } from '../../apps/portal/src/routes.js';
import { resident, settled as houseSettled, type House } from './house.js';
import { focused, openBrowser, settled, signIn, tabTo } from './portal-browser.js';
import { PASSWORD, staffedHouse } from './portal-house.js';
import { Tour } from './portal-tour.js';

jest.setTimeout(600_000);

const OFFICER = demoActor('benefit-officer').id;
const CARDS = demoActor('card-officer').id;
const PROVIDER = demoActor('rehab-provider').id;
const OPERATOR = demoActor('operator').id;

let house: House;
let browser: Browser;
/** Somebody with a card, and cases in several services. */
let one: Newcomer;
/** A case of theirs, and a document that the person gets. */
let decided: { owner: string; caseId: string; title: string; documentId: string; number: string };

const tour = new Tour<never>(() => ({ browser, url: house.service.url }));

beforeAll(async () => {
  house = await staffedHouse();
  one = await resident(house);
  const benefit = (await house.office.casesOf(one.personId)).find(
    ({ title }) => title === '困难残疾人生活补贴',
  )!;
  await house.office.work(benefit.owner, benefit.caseId, 'granted');
  await houseSettled(house);
  const { documents } = await house.system.call<{ documents: { documentId: string; number: string }[] }>(
    benefit.owner,
    'GET',
    `/${benefit.owner}/cases/${benefit.caseId}`,
    { actor: demoActor('benefit-officer') },
  );
  decided = { ...benefit, ...documents.at(-1)! };
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** The search as it opens wherever somebody is. */
async function openSearch(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
}

async function look(page: Page, typed: string): Promise<void> {
  await page.getByRole('dialog').getByRole('combobox').fill(typed);
  await page.keyboard.press('Enter');
}

const listed = (page: Page) => page.getByRole('option').allInnerTexts();
const said = (page: Page, words: string | RegExp) =>
  page.getByRole('dialog').getByRole('status').filter({ hasText: words }).waitFor();

const inOffice = (userId: string, what: (page: Page) => Promise<void>, width?: number) =>
  tour.inWindow(
    async (page) => {
      await signIn(page, userId, PASSWORD);
      await what(page);
    },
    { keyboard: true, ...(width ? { width } : {}) },
  );

describe('the search of every page', () => {
  it('finds a person by name and opens the file, and what was typed stands nowhere (K15)', async () => {
    const asked: string[] = [];
    await inOffice(OFFICER, async (page) => {
      page.on('request', (request) => asked.push(request.url()));
      await openSearch(page);
      await tour.isGood(page, 'search');
      await look(page, one.person.name);
      await said(page, /找到：人员 1 人，案件 \d+ 件/);
      await tour.isGood(page, 'search-found');
      const [first] = await listed(page);
      expect(first).toContain('*');
      expect(first).not.toContain(one.person.name);
      await page.keyboard.press('ArrowDown');
      const chosen = page.getByRole('option', { selected: true });
      expect(await chosen.count()).toBe(1);
      expect(await page.getByRole('combobox').getAttribute('aria-activedescendant')).toBe(
        await chosen.getAttribute('id'),
      );
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname === personAt(one.personId));
      await settled(page);
      expect(await focused(page)).toMatch(/^人员档案/);
      // Going back leads to the page before, not to a search.
      await page.goBack();
      await page.waitForURL((url) => url.pathname === routes.home);
      const kept = await page.evaluate(() =>
        [JSON.stringify(history.state), JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join(),
      );
      for (const text of [...asked, kept]) {
        expect(decodeURIComponent(text)).not.toContain(one.person.name);
      }
      expect(asked.some((url) => url.endsWith('/persons/search'))).toBe(true);
    });
  });

  it('is opened by its button, closed by a key, and forgets', async () => {
    await inOffice(OFFICER, async (page) => {
      await tabTo(page, '全局查找');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
      await look(page, one.person.name);
      await said(page, '找到');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page)).toMatch(/^全局查找/);
      await openSearch(page);
      expect(await page.getByRole('combobox').inputValue()).toBe('');
      expect(await listed(page)).toEqual([]);
    });
  });

  it('finds by the whole identity number or card number, and the cases of whose it is', async () => {
    const { identityNumber } = one.person;
    const card = cardNumberOf(identityNumber, one.disability.category, one.disability.grade);
    for (const [userId, number] of [
      [OFFICER, identityNumber],
      [OFFICER, card],
      [CARDS, card],
    ] as const) {
      await inOffice(userId, async (page) => {
        await openSearch(page);
        await look(page, number);
        await said(page, /找到：人员 1 人/);
        expect((await listed(page)).join()).not.toContain(number);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.waitForURL((url) => url.pathname === personAt(one.personId));
      });
    }
  });

  it('finds a case by its number, and a document by its address or the number that stands on it', async () => {
    await inOffice(OFFICER, async (page) => {
      await openSearch(page);
      await look(page, decided.caseId.toUpperCase());
      await said(page, /找到：案件 1 件，文书 \d+ 份/);
      await tour.isGood(page, 'search-case');
      await look(
        page,
        `${house.service.url}${documentAt(decided.owner, decided.caseId, decided.documentId)}`,
      );
      await said(page, '找到：案件 1 件，文书 1 份');
      // As somebody reads it off the paper: in small letters, without the zeros.
      await look(page, decided.number.toLowerCase().replace(/-0+/, '-'));
      await said(page, '找到：案件 1 件，文书 1 份');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname.endsWith(decided.documentId));
      await page.getByText(`编号：${decided.number}`).waitFor();
      await openSearch(page);
      await look(page, 'KF-2026-999999');
      await said(page, '在您的管辖范围内没有找到。');
    });
  });

  it('says what is no whole number, what is wrong with one, and that nothing was found', async () => {
    await inOffice(OFFICER, async (page) => {
      await openSearch(page);
      await look(page, '');
      await page.getByText('请填写姓名或号码').waitFor();
      await look(page, one.person.identityNumber.slice(0, 10));
      await page.getByText('也不是完整的号码').waitFor();
      await tour.isGood(page, 'search-no-number');
      const last = one.person.identityNumber.at(-1) === '1' ? '2' : '1';
      await look(page, `${one.person.identityNumber.slice(0, -1)}${last}`);
      await page.getByText('没有按这个号码查找').waitFor();
      await look(page, '查无此人也');
      await said(page, '没有找到');
      await tour.isGood(page, 'search-nothing');
    });
  });

  it('waits, and tells who did not answer beside what was found', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, OFFICER, PASSWORD);
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      await context.route('**/api/registry/persons/search', async (route) => {
        await gate;
        await route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'urn:onething:problem:unexpected',
            detail: '系统内部出错。',
            traceId: '0'.repeat(32),
          }),
        });
      });
      await openSearch(page);
      await look(page, one.person.name);
      await page.getByRole('dialog').locator('.skeleton').waitFor();
      await tour.isGood(page, 'search-loading');
      open();
      await page.getByText('人员没有载入成功').waitFor();
      await page.getByText('追踪编号').waitFor();
      await said(page, /找到：案件 \d+ 件/);
      await tour.isGood(page, 'search-partial');
    });
  });

  it('says that there are too many', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, OFFICER, PASSWORD);
      const person = {
        version: 1,
        name: '王*',
        sex: 'male',
        birthDate: '1980-01-01',
        divisionCode: one.person.villageCode,
        householdId: null,
        diedOn: null,
        movedAwayOn: null,
      };
      const persons = Array.from({ length: 11 }, () => ({ ...person, personId: crypto.randomUUID() }));
      await context.route('**/api/registry/persons/search', (route) =>
        route.fulfill({ json: { persons, next: 'more' } }),
      );
      await openSearch(page);
      await look(page, '王');
      await page.getByText('同名的人超过 10 位').waitFor();
      expect(await page.getByRole('option').count()).toBeGreaterThanOrEqual(10);
      await tour.isGood(page, 'search-too-many');
    });
  });

  it('is good at 360 pixels', () =>
    inOffice(
      OFFICER,
      async (page) => {
        await openSearch(page);
        await look(page, one.person.name);
        await said(page, '找到');
        await tour.isGood(page, 'search-found-360');
      },
      360,
    ));

  it('looks for cases only where no files may be seen, and is not there for who may see neither', async () => {
    await inOffice(PROVIDER, async (page) => {
      await openSearch(page);
      await page.getByText('只查找案件').waitFor();
      await look(page, one.person.name);
      await said(page, '没有找到');
    });
    await inOffice(OPERATOR, async (page) => {
      await page.keyboard.press('Control+k');
      await tabTo(page, '帮助');
      expect(await page.getByRole('button', { name: /^全局查找/ }).count()).toBe(0);
      expect(await page.getByRole('combobox').count()).toBe(0);
    });
  });
});

describe('a number in the file', () => {
  const field = /^查看明文：身份证号/;
  const identity = (page: Page) => page.locator('.identity dd').nth(3);

  /** Asks by keyboard, with the purpose that stands first in the list. */
  async function ask(page: Page): Promise<void> {
    // It stays for a minute by the clock of the house, which stands still.
    house.service.clock.set(new Date().toISOString());
    await tabTo(page, field);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, '用途');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, /^查看$|^查 看$/);
    await page.keyboard.press('Enter');
  }

  it('is read for a purpose, heard to be shown, hidden by a key, and stands in the file (K14)', async () => {
    await inOffice(OFFICER, async (page) => {
      await page.goto(personAt(one.personId));
      await settled(page);
      const masked = await identity(page).locator('span span').first().innerText();
      expect(masked).toMatch(/^\d{4}\*+[\dX]{4}$/);
      await tabTo(page, field);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await tabTo(page, /^查看$|^查 看$/);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByText('✕ 请选择用途').waitFor();
      await tour.isGood(page, 'person-reveal');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await identity(page).innerText()).toContain(masked);

      await ask(page);
      await page.getByTestId('announcer').getByText('已显示身份证号').waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await identity(page).innerText()).toContain(one.person.identityNumber);
      await tour.isGood(page, 'person-revealed');
      await tabTo(page, /^隐藏：身份证号/);
      await page.keyboard.press('Enter');
      await page.getByTestId('announcer').getByText('已隐藏身份证号').waitFor();
      expect(await identity(page).innerText()).toContain(masked);
      expect(await focused(page)).toMatch(field);

      await page.goto(`${personAt(one.personId)}?tab=reads`);
      await page.getByText('核对本人身份').first().waitFor();
    });
  });

  it('is hidden again after a minute, and when its section is left', async () => {
    await tour.inWindow(async (page) => {
      await page.clock.install();
      await signIn(page, OFFICER, PASSWORD, personAt(one.personId));
      const reveal = async () => {
        await page.getByRole('button', { name: field }).click();
        await page.getByLabel('用途').selectOption('work');
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /^查\s?看$/ })
          .click();
        await identity(page).getByText(one.person.identityNumber).waitFor();
      };
      await reveal();
      await page.clock.fastForward(61_000);
      await page.getByTestId('announcer').getByText('已隐藏身份证号').waitFor();
      expect(await page.content()).not.toContain(one.person.identityNumber);
      await reveal();
      await page.getByRole('tab', { name: '案件' }).click();
      await page.getByRole('tab', { name: '基本情况' }).click();
      await identity(page).getByRole('button', { name: field }).waitFor();
      expect(await page.content()).not.toContain(one.person.identityNumber);
    });
  });

  it('stays masked for whoever is refused, who is told why', async () => {
    await tour.inWindow(async (page, context) => {
      await context.route('**/api/registry/persons/*/reveal', (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'urn:onething:problem:not-allowed',
            detail: '您的岗位在这里没有这项权限。',
          }),
        }),
      );
      await signIn(page, OFFICER, PASSWORD, personAt(one.personId));
      await page.getByRole('button', { name: field }).click();
      await page.getByLabel('用途').selectOption('work');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^查\s?看$/ })
        .click();
      await page.getByText('没有显示身份证号').waitFor();
      await page.getByText('您的岗位在这里没有这项权限').waitFor();
      await tour.isGood(page, 'person-reveal-refused');
    });
  });
});

describe('the file of a person', () => {
  const tabsOf = {
    [OFFICER]: ['facts', 'family', 'services', 'cases', 'money', 'messages', 'reads'],
    [CARDS]: ['card'],
  };

  it.each([1280, 360])('is good in every section at %d pixels', async (width) => {
    for (const [userId, tabs] of Object.entries(tabsOf)) {
      await tour.inWindow(
        async (page) => {
          await signIn(page, userId, PASSWORD);
          for (const tab of tabs) {
            await page.goto(`${personAt(one.personId)}?tab=${tab}`);
            await settled(page);
            await tour.isGood(page, `person-${tab}-${width}`);
          }
        },
        { width },
      );
    }
  });

  it('shows the cases, the benefit with its months, and the card with what happened to it', async () => {
    await inOffice(OFFICER, async (page) => {
      await page.goto(personAt(one.personId));
      await settled(page);
      await tabTo(page, '基本情况');
      for (const name of ['已知情况', '家庭与监护', '服务一张表', '案件']) {
        await page.keyboard.press('ArrowRight');
        await page.getByRole('tab', { name, selected: true }).waitFor();
      }
      await settled(page);
      await page.getByRole('table').waitFor();
      expect(
        await page
          .locator(`a[href="${caseAt(decided.owner, decided.caseId)}"]`)
          .first()
          .innerText(),
      ).toBe(decided.title);
      await page.goto(`${personAt(one.personId)}?tab=money`);
      await settled(page);
      await tabTo(page, `逐月账：${decided.title}`);
      await page.keyboard.press('Enter');
      await page
        .getByText(/应发与实发|还没有账目/)
        .first()
        .waitFor();
      await tour.isGood(page, 'person-books');
    });
    await inOffice(CARDS, async (page) => {
      await page.goto(`${personAt(one.personId)}?tab=card`);
      await page.getByText('核发').first().waitFor();
      expect(await page.locator('.identity').innerText()).not.toContain(one.person.identityNumber);
    });
  });

  it('stands where one service does not answer, and says which', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, OFFICER, PASSWORD);
      const away = (route: { fulfill(answer: object): Promise<void> }) =>
        route.fulfill({
          status: 502,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'urn:onething:problem:service-away', traceId: '0'.repeat(32) }),
        });
      await context.route('**/api/subsidies/**', away);
      await page.goto(`${personAt(one.personId)}?tab=money`);
      await page.getByText('补贴与发放没有载入成功').waitFor();
      expect(await page.locator('h1').innerText()).toContain('*');
      await tour.isGood(page, 'person-partial');
      await context.route('**/api/registry/**', away);
      await page.goto(`${personAt(one.personId)}?tab=cases`);
      await page.getByRole('table').waitFor();
      await page.getByRole('tab', { name: '基本情况' }).click();
      await page.getByText('人员档案没有载入成功').waitFor();
      await tour.isGood(page, 'person-registry-away');
    });
  });
});
