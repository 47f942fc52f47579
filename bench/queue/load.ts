import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '../../apps/workbench/test/office.js';
import type { QueueUser } from './users.js';

/** What users ask the queue for, and how often of a hundred times. */
const ASKED = {
  'first page': 40,
  'my cases': 10,
  overdue: 10,
  'next page': 10,
  'by end of term, all': 10,
  'search by name': 10,
  'search by pinyin': 10,
} as const;
export type Asked = keyof typeof ASKED;

export interface Answered {
  readonly what: Asked;
  readonly scope: QueueUser['scope'];
  /** Milliseconds from being sent to the last byte of the answer. */
  readonly ms: number;
}

export interface LoadOptions {
  /** Seconds. */
  readonly seconds: number;
  /** Mean of what a user reads before asking again, in milliseconds. */
  readonly thinkMs: number;
  readonly words: { readonly names: readonly string[]; readonly pinyin: readonly string[] };
}

/** Users who ask, read and ask again, for a time; each waits for its answer first (closed loop). */
export async function underLoad(users: readonly QueueUser[], options: LoadOptions): Promise<Answered[]> {
  const answered: Answered[] = [];
  const until = performance.now() + options.seconds * 1000;
  await Promise.all(users.map((user, no) => oneUser(user, no, until, options, answered)));
  return answered;
}

async function oneUser(
  { browser, scope }: QueueUser,
  no: number,
  until: number,
  { thinkMs, words }: LoadOptions,
  answered: Answered[],
): Promise<void> {
  // All begin at another moment, as a county's users do.
  await wait(Math.random() * thinkMs);
  let after: string | null = null;
  for (let turn = no; performance.now() < until; turn += 1) {
    const what = drawn();
    const from = performance.now();
    const page: Page = await ask(what, turn, after);
    answered.push({ what, scope, ms: performance.now() - from });
    if (page.status !== 200)
      throw new Error(`${what} was answered ${page.status}: ${JSON.stringify(page.body)}`);
    if (what === 'first page' || what === 'next page') after = page.body.next;
    await wait(thinkMs * (0.5 + Math.random()));
  }

  function ask(what: Asked, turn: number, cursor: string | null): Promise<Page> {
    const view = (query: string) => browser.get(`/api/workbench/queue?limit=50&${query}`);
    const named = (name: string) => browser.post('/api/workbench/queue/search', { view: 'all', name });
    switch (what) {
      case 'first page':
        return view('view=pool');
      case 'next page':
        return view(`view=pool${cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`}`);
      case 'my cases':
        return view('view=mine');
      case 'overdue':
        return view('view=overdue');
      case 'by end of term, all':
        return view('view=all');
      case 'search by name':
        return named(words.names[turn % words.names.length]!);
      case 'search by pinyin':
        return named(words.pinyin[turn % words.pinyin.length]!);
    }
  }
}

function drawn(): Asked {
  let left = Math.random() * 100;
  for (const [what, share] of Object.entries(ASKED)) {
    left -= share;
    if (left < 0) return what as Asked;
  }
  return 'first page';
}
