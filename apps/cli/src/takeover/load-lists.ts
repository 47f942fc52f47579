import { createHash } from 'node:crypto';
import type { Actor } from '@app/access';
import { demoActor } from '../demo/accounts.js';
import { settled } from '../demo/seed.js';
import { ServiceRefused, type RunningSystem } from '../installation/running-system.js';
import { lists, type List, type ListTables } from './lists.js';
import { readList, type ListFile, type ReadList } from './read-lists.js';

/** Rows of one request; persons that are asked for at once. */
const ROWS = 500;
const AT_ONCE = 12;
const LIMIT_MS = 10 * 60_000;

/** Who sends lists: the county's data officer. */
export const keeper = (): Actor => demoActor('data-officer');

/** What came of one list. */
export interface ListReport {
  readonly list: ListFile;
  readonly rows: number;
  /** The file was there before: nothing was read. */
  readonly known: boolean;
  readonly changed: number;
  readonly gone: number;
  /** Rows that could not be read, or whose person is not on file; for persons and cards those that were refused. */
  readonly failed: number;
}

export interface TakeOverReport {
  readonly takeOverId: string;
  readonly dryRun: boolean;
  readonly lists: readonly ListReport[];
  readonly findings: Readonly<Record<string, number>>;
  readonly loaded: number;
  readonly takenBack: number;
}

export interface LoadOptions {
  readonly system: RunningSystem;
  readonly files: ReadonlyMap<ListFile, Buffer>;
  readonly tables: ListTables;
  /** Six digits. */
  readonly county: string;
  /** Day of the opening balances, `YYYY-MM-DD`. */
  readonly day: string;
  readonly dryRun: boolean;
  readonly progress?: (text: string) => void;
}

/**
 * Takes over a county by its lists, over public HTTP: persons and cards as their own services read them, the others row by row, each person by
 * the id that registry gives for the number. A dry run makes nothing: neither persons nor cards are imported by it.
 * @throws ServiceRefused, ServiceSilent, and as `readList`
 */
export async function loadLists(options: LoadOptions): Promise<TakeOverReport> {
  const { system, files, tables, county, day, dryRun, progress = () => undefined } = options;
  const reports: ListReport[] = [];
  if (!dryRun) reports.push(...(await sendRosters(options)));
  const call = caller(system);
  const { takeOverId } = await call<{ takeOverId: string }>('POST', '/subsidies/take-overs', { county, day });
  const path = `/subsidies/take-overs/${takeOverId}`;
  const persons = new Persons(system);
  for (const list of lists) {
    const file = files.get(list);
    if (!file) continue;
    progress(`读取 · reading ${list}`);
    const read = await readList(file, list, tables);
    const sent = await sendRows(call, path, read, persons, progress);
    reports.push(sent);
  }
  progress('比对各名单 · comparing the lists');
  const { findings } = await call<{ findings: Record<string, number> }>('POST', `${path}/check`);
  const done = { loaded: 0, takenBack: 0 };
  for (let left = dryRun ? 0 : 1; left > 0;) {
    const part = await call<{ loaded: number; takenBack: number; left: number }>('POST', `${path}/load`);
    done.loaded += part.loaded;
    done.takenBack += part.takenBack;
    progress(`已接管 · loaded ${done.loaded}，还有 · left ${part.left}`);
    // What is left though nothing was loaded waits for a village, or for somebody to look.
    left = part.loaded === 0 ? 0 : part.left;
  }
  return { takeOverId, dryRun, lists: reports, findings, ...done };
}

type Call = <Result>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Result>;

function caller(system: RunningSystem): Call {
  return (method, path, body) =>
    system.call('subsidies', method, path, {
      actor: keeper(),
      ...(method === 'POST' ? { body: body ?? {} } : {}),
      timeoutMs: LIMIT_MS,
    });
}

/** Persons first, then cards: each service has its own report, and the same row again changes nothing. */
async function sendRosters({ system, files, day, progress }: LoadOptions): Promise<ListReport[]> {
  const reports: ListReport[] = [];
  const send = async (list: ListFile, service: string, path: string) => {
    const file = files.get(list);
    if (!file) return;
    progress?.(`导入 · importing ${list}`);
    const { rows, applied, failed } = await system.call<{ rows: number; applied: number; failed: number }>(
      service,
      'POST',
      path,
      {
        actor: keeper(),
        body: file,
        headers: { 'content-type': 'application/octet-stream' },
        timeoutMs: LIMIT_MS,
      },
    );
    reports.push({ list, rows, known: applied === 0 && failed === 0, changed: applied, gone: 0, failed });
  };
  const tell = progress ?? (() => undefined);
  await send('persons', 'registry', `/registry/imports/persons?asOf=${day}`);
  await settled(system, ['registry'], 'certification', tell);
  await send('cards', 'certification', '/certification/imports/taken-over');
  // Who is on file is known to subsidies by the same facts.
  await settled(system, ['registry', 'certification'], 'subsidies', tell);
  return reports;
}

async function sendRows(
  call: Call,
  path: string,
  { list, rows, sha256 }: ReadList,
  persons: Persons,
  progress: (text: string) => void,
): Promise<ListReport> {
  await persons.ask(
    rows.flatMap(({ number }) => number ?? []),
    (asked, all) => progress(`${list}：核对人员 · asking registry ${asked}/${all}`),
  );
  const seen = new Map<string, number>();
  const sent = rows.map(({ row, number, content, faults }) => {
    const personId = number === null ? null : persons.idOf(number);
    const unknown = number !== null && personId === null;
    const about = `${personId} ${(content as { itemId?: string } | null)?.itemId ?? ''}`;
    const nth = personId === null ? 1 : (seen.get(about) ?? 0) + 1;
    seen.set(about, nth);
    return {
      ...{ row, nth, personId, content },
      faults: unknown
        ? [
            {
              kind: 'person-not-on-file',
              column: '身份证号',
              reason: '人口信息中没有此人，请先登记此人或核对证号。',
            },
          ]
        : faults,
    };
  });
  // The same file says something else once a person whom it names is on file.
  const unknown = sent.flatMap(({ row, personId }) => (personId === null ? [row] : []));
  const content = createHash('sha256')
    .update(`${sha256} ${unknown.join(' ')}`)
    .digest('hex');
  const sum = { known: false, changed: 0, gone: 0 };
  for (let at = 0; at === 0 || at < sent.length; at += ROWS) {
    const part = await call<{ known: boolean; changed: number; gone: number }>('POST', `${path}/rows`, {
      ...{ list, sha256: content, isLast: at + ROWS >= sent.length },
      rows: sent.slice(at, at + ROWS),
    });
    sum.known = part.known;
    sum.changed += part.changed;
    sum.gone += part.gone;
    if (part.known) break;
    progress(`${list}：${Math.min(at + ROWS, sent.length)}/${sent.length}`);
  }
  const failed = sent.filter(({ faults }) => faults.length > 0).length;
  return { list, rows: rows.length, ...sum, failed };
}

/** Whom numbers belong to, as registry says; each is asked for once. */
class Persons {
  private readonly known = new Map<string, string | null>();

  constructor(private readonly system: RunningSystem) {}

  idOf(number: string): string | null {
    return this.known.get(number) ?? null;
  }

  async ask(numbers: readonly string[], asked: (done: number, all: number) => void): Promise<void> {
    const open = [...new Set(numbers)].filter((number) => !this.known.has(number));
    let next = 0;
    const work = async () => {
      while (next < open.length) {
        const number = open[next]!;
        next += 1;
        this.known.set(number, await this.find(number));
        if (next % ROWS === 0) asked(next, open.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  private async find(identityNumber: string): Promise<string | null> {
    try {
      const { personId, foundBy } = await this.system.call<{ personId: string; foundBy: string }>(
        'registry',
        'POST',
        '/registry/persons/find',
        { actor: keeper(), body: { identityNumber } },
      );
      // A number that was written down wrongly was never theirs.
      return foundBy === 'mistaken' ? null : personId;
    } catch (error) {
      // Nobody has it, or nobody can: its check character is wrong.
      if (error instanceof ServiceRefused && error.status < 500 && error.status >= 400) return null;
      throw error;
    }
  }
}

export type { List };
