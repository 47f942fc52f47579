import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const GALLERY = join(import.meta.dirname, '..', '..', 'docs', 'gallery');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly look?: 'light' | 'dark' | 'contrast';
}

/** One rule that a page breaks, with the parts that break it. */
export interface Violation {
  readonly rule: string;
  readonly parts: readonly string[];
}

/** @throws Error that says how a browser is installed */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));
  if (!executablePath) {
    throw new Error('no Chromium: apt-get install chromium fonts-noto-cjk, or say where it is with CHROMIUM');
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=zh-CN'],
  });
}

/** A window of somebody who works at `url`. Whatever it asks of another host is noted, and fails. */
export async function openWindow(browser: Browser, url: string, { width = 1280, look = 'light' }: Look = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: 'zh-CN',
    reducedMotion: 'reduce',
    baseURL: url,
  });
  const foreign: string[] = [];
  await context.route(
    (asked) => asked.origin !== new URL(url).origin,
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  await context.addInitScript((chosen) => {
    localStorage.setItem(
      'onething-comfort',
      JSON.stringify({ look: chosen, density: 'middle', language: 'zh' }),
    );
  }, look);
  return { context, page: await context.newPage(), foreign };
}

/** From now on a mouse does nothing in these pages: what is done is done by keyboard. */
export async function withoutMouse(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    for (const kind of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'wheel']) {
      addEventListener(kind, (event) => event.stopImmediatePropagation(), { capture: true });
    }
    addEventListener(
      'click',
      (event) => {
        // A click that a key made has no detail.
        if (event.detail === 0) return;
        event.stopImmediatePropagation();
        event.preventDefault();
      },
      { capture: true },
    );
  });
}

/** What has the focus, as it would be spoken: role and name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    if (!at || at === document.body) return '';
    const labelled = at.id ? document.querySelector(`label[for="${CSS.escape(at.id)}"]`)?.textContent : null;
    const wrapping = at.closest('label')?.textContent;
    return (at.getAttribute('aria-label') ?? labelled ?? wrapping ?? at.textContent ?? '').trim();
  });
}

/** Goes on by Tab until what has the focus is called so. @throws Error with all that was passed */
export async function tabTo(
  page: Page,
  name: string | RegExp,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  const passed: string[] = [];
  for (let turn = 0; turn < 120; turn += 1) {
    await page.keyboard.press(key);
    const at = await focused(page);
    if (typeof name === 'string' ? at === name || at.startsWith(name) : name.test(at)) return;
    passed.push(at.slice(0, 30));
  }
  throw new Error(`no Tab comes to ${name}: ${passed.join(' | ')}`);
}

/** Goes on by Tab to the button in the row of this case. @throws Error if there is none */
export async function tabToButtonOf(page: Page, caseId: string): Promise<void> {
  for (let turn = 0; turn < 250; turn += 1) {
    await page.keyboard.press('Tab');
    const there = await page.evaluate((id) => {
      const at = document.activeElement;
      return at?.tagName === 'BUTTON' && at.closest('tr')?.querySelector(`a[href$="${id}"]`) != null;
    }, caseId);
    if (there) return;
  }
  throw new Error(`no Tab comes to the button of ${caseId}`);
}

/** Signs in by keyboard, and waits for the page behind. */
export async function signIn(page: Page, userId: string, password: string, back = '/'): Promise<void> {
  await page.goto(back === '/' ? '/sign-in' : `/sign-in?back=${encodeURIComponent(back)}`);
  await page.getByLabel('用户编号').focus();
  await page.keyboard.type(userId);
  await tabTo(page, '密码');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await settled(page);
}

/** Until nothing is being fetched and no skeleton is left. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => document.querySelector('main h1') !== null);
  await page.waitForFunction(() => document.querySelector('main .skeleton') === null);
}

/** What axe finds, by WCAG 2.2 A and AA. */
export async function axe(page: Page): Promise<Violation[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as {
      axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await engine.run({ runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => ({
      rule: id,
      parts: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)),
    }));
  });
}

/** What axe does not look for: language, title, one h1, landmarks, a skip link, captions, and words that are no Chinese. */
export function contract(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const say = (fault: boolean, text: string) => fault && wrong.push(text);
    say(document.documentElement.lang !== 'zh-CN', 'the page does not say that it is Chinese');
    say(!document.title.includes(' - '), `the title names no page: ${document.title}`);
    say(document.querySelectorAll('h1').length !== 1, 'there is not one h1');
    say(!document.querySelector('main'), 'no main');
    say(!document.querySelector('header'), 'no banner');
    say(!document.querySelector('a.skip[href="#main"]'), 'no skip link');
    for (const table of document.querySelectorAll('table')) say(!table.caption, 'a table without a caption');
    const names = [...document.querySelectorAll('[aria-label], [title], [alt], [placeholder]')].flatMap(
      (each) => ['aria-label', 'title', 'alt', 'placeholder'].map((name) => each.getAttribute(name) ?? ''),
    );
    const shell = document.querySelector('.shell')?.cloneNode(true) as HTMLElement | undefined;
    // What is said to be code is what machines wrote: errors, names of consumers.
    shell?.querySelectorAll('code').forEach((code) => code.remove());
    const words = `${shell?.textContent ?? ''} ${names.join(' ')}`
      // User ids, a name in its own language, standards, endings of files, codes that are said to be codes.
      .replace(
        /\.(?:txt|csv|dat|jpe?g|png|webp|pdf)\b|PDF|demo:[\w:-]+|English|WCAG|GB\/T|axe|AA|Tab|Ctrl|Shift|Esc|[0-9a-f]{32}/g,
        '',
      );
    say(/[A-Za-z]{3,}/.test(words), `no Chinese: ${/[A-Za-z][\w -]{2,40}/.exec(words)?.[0]}`);
    return wrong;
  });
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** A picture for docs/gallery, where the run was asked for pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!process.env['PORTAL_GALLERY']) return;
  mkdirSync(GALLERY, { recursive: true });
  await page.screenshot({ path: join(GALLERY, `${name}.png`), fullPage: true });
}
