import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  axe,
  contract,
  openWindow,
  overflow,
  picture,
  settled,
  signIn,
  withoutMouse,
  type Look,
} from './portal-browser.js';

/** Where a tour is made: once the house stands and the browser is open. */
export interface Place {
  readonly browser: Browser;
  readonly url: string;
}

/** Windows, and pages that are looked at in them. `Name` names the pages of one area of `routes.ts`. */
export class Tour<Name extends string> {
  /** Every page that was gone to. */
  readonly seen = new Set<Name>();

  constructor(private readonly place: () => Place) {}

  /** Does something in a window of one's own, which has asked nothing of any other host when it is closed. */
  async inWindow(
    what: (page: Page, context: BrowserContext) => Promise<void>,
    { keyboard = false, ...look }: Look & { readonly keyboard?: boolean } = {},
  ): Promise<void> {
    const { browser, url } = this.place();
    const { context, page, foreign } = await openWindow(browser, url, look);
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    try {
      if (keyboard) await withoutMouse(context);
      await what(page, context);
      expect(foreign).toEqual([]);
      expect(broken).toEqual([]);
    } finally {
      await context.close();
    }
  }

  /** A page as it stands: nothing that axe or the contract finds, and no wider than its window. */
  async isGood(page: Page, name: string): Promise<void> {
    await picture(page, name);
    expect({ name, axe: await axe(page) }).toEqual({ name, axe: [] });
    expect({ name, contract: await contract(page) }).toEqual({ name, contract: [] });
    expect({ name, overflow: await overflow(page) }).toEqual({ name, overflow: 0 });
  }

  async goTo(page: Page, route: Name, path: string): Promise<void> {
    this.seen.add(route);
    await page.goto(path);
    await settled(page);
  }
}

/** Pages of an area, and who looks at them. */
export interface Sights<Name extends string> {
  readonly userId: string;
  readonly password: string;
  /** Every page with the path of something that is there. */
  readonly pages: () => readonly (readonly [Name, string])[];
  /** Those that show what a service said; the others stay as they are when it fails. */
  readonly fetched: readonly Name[];
  /** Those that not everybody who is signed in may see. */
  readonly guarded: readonly Name[];
  /** Somebody who is signed in and may see none of `guarded`. */
  readonly stranger: string;
}

const UNEXPECTED = {
  type: 'urn:onething:problem:unexpected',
  status: 500,
  detail: '系统内部出错，内容没有保存。',
  traceId: '0'.repeat(32),
};

/** The tests of every page: at a desk, at 360 pixels, in the other looks, failed, on its way, and forbidden. */
export function everyPageIsGood<Name extends string>(tour: Tour<Name>, sights: Sights<Name>): void {
  const { userId, password, pages } = sights;
  const among = (names: readonly Name[]) => pages().filter(([route]) => names.includes(route));
  const lookAll = (suffix: string, look: Look) =>
    tour.inWindow(async (page) => {
      await signIn(page, userId, password);
      for (const [route, path] of pages()) {
        await tour.goTo(page, route, path);
        await tour.isGood(page, `${route}${suffix}`);
      }
    }, look);

  it('is good as it stands, at a desk', () => lookAll('', {}));
  it('is good at 360 pixels', () => lookAll('-360', { width: 360 }));
  it.each(['dark', 'contrast'] as const)('is good in %s', (look) => lookAll(`-${look}`, { look }));

  it('says what happened when a service fails, with the number to tell', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, userId, password);
      await context.route('**/api/**', (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: JSON.stringify(UNEXPECTED),
        }),
      );
      for (const [route, path] of among(sights.fetched)) {
        await tour.goTo(page, route, path);
        await page.getByText('追踪编号').first().waitFor();
        await tour.isGood(page, `${route}-failed`);
      }
    });
  });

  it('shows its place while it is fetched', async () => {
    await tour.inWindow(async (page, context) => {
      await signIn(page, userId, password);
      await context.route('**/api/**', () => undefined);
      for (const [route, path] of among(sights.fetched)) {
        await page.goto(path);
        await page.locator('main h1').waitFor();
        await page.locator('main .skeleton').first().waitFor();
        await tour.isGood(page, `${route}-loading`);
      }
    });
  });

  it('says what is missing to whoever may not see it', async () => {
    await tour.inWindow(async (page) => {
      await signIn(page, sights.stranger, password);
      for (const [route, path] of among(sights.guarded)) {
        await tour.goTo(page, route, path);
        await page.getByText('没有查看').or(page.getByText('没有找到')).first().waitFor();
        await tour.isGood(page, `${route}-forbidden`);
      }
    });
  });
}

/** No page of an area is without a test. */
export function hasSeenAll<Name extends string>(
  tour: Tour<Name>,
  area: Readonly<Record<Name, string>>,
): void {
  it('has been looked at', () => {
    expect([...tour.seen].sort()).toEqual(Object.keys(area).sort());
  });
}
