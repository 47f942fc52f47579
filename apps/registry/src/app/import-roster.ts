import { Injectable } from '@nestjs/common';
import type { Actor, RoleGrant } from '@app/access';
import { callerOf, permissions, NotAllowed } from '@app/access';
import { Clock } from '@app/kernel';
import { type Caller, Database, nextChunkSize } from '@app/platform';
import { readTable, type Columns, type Row, type RowError } from '@app/tabular';
import { createHash } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import {
  ImportRepository,
  type ImportCounts,
  type ImportRecord,
  type RowOutcome,
} from '../adapters/postgres/import-repository.js';
import { DayNotPossible } from '../domain/errors.js';
import {
  toRowError,
  type FullRoster,
  type Roster,
  type RosterRun,
  type RowProblem,
  type RowResult,
} from './rosters/roster.js';
import { Rosters } from './rosters/rosters.js';

/** Namespace of import ids. */
const IMPORTS = '6d3d9c1e-6b0b-4e0f-9f59-0f0d3a1f7c52';
const MAX_ERRORS_SHOWN = 1_000;
/** A full roster that takes something from more than half of those who have it is more likely the wrong file. */
const REMOVALS_UNASKED = 20;

export interface ImportOptions {
  /** The roster names everybody who has it: who is not on it loses it. */
  readonly full: boolean;
  /** The day up to which the roster speaks; absent: the day on which the file was first sent. */
  readonly asOf?: string | undefined;
  /** How many people may lose something; needed when that is more than half. */
  readonly confirmRemovals?: number | undefined;
}

/** What became of a file. Counts of this run; a row that came on file before is `unchanged`. */
export interface ImportReport {
  readonly importId: string;
  readonly kind: string;
  readonly asOf: string;
  readonly rows: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Failed rows that are right in themselves, but nobody on file has the number. */
  readonly notOnFile: number;
  /** Rows of a death list that may mean somebody on file, and wait for a user's decision. */
  readonly undecided: number;
  /** Of a full roster: who lost what they had, or why nobody did. */
  readonly removed: number;
  readonly removalHeld: string | null;
  /** Columns of the file that were not read, because no heading is known for them. */
  readonly unknownColumns: number;
  readonly errors: readonly RowError[];
  /** Whether there are more errors than are shown; the error workbook has all. */
  readonly moreErrors: boolean;
}

type AnyRoster = Roster<Columns, unknown>;

/**
 * Brings a roster on file, row by row as far as rows are right, each once however often the file is sent: the import's id is
 * made from the content, rows that are through are skipped, and a row that says what is on file already changes nothing. A
 * run that broke off goes on where it stood when the file is sent again.
 */
@Injectable()
export class ImportRoster {
  constructor(
    private readonly rosters: Rosters,
    private readonly imports: ImportRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, kind: string, file: Buffer, options: ImportOptions): Promise<ImportReport> {
    const roster = this.rosters.of(kind);
    const grant = importGrant(actor, roster.department);
    const who = callerOf(actor, grant);
    const today = this.clock.today();
    if (options.asOf && options.asOf > today) {
      throw new DayNotPossible('名册截止日晚于今天，请填写名册实际的截止日。');
    }
    const table = await readTable(file, roster.table);
    const record = await this.imports.begin(who, {
      importId: importIdOf(kind, file, options, grant),
      kind,
      reach: { from: grant.from, to: grant.to },
      fullRoster: options.full,
      asOf: options.asOf ?? today,
      rows: table.rows.length,
    });
    const run: RosterRun = {
      importId: record.importId,
      actor,
      roles: permissions['roster:import'],
      department: roster.department,
      asOf: record.asOf,
      today,
    };
    const outcomes: RowOutcome[] = [];
    const seen = new Seen();
    const keys: string[] = [];
    const pace = new Pace();
    let writing: Promise<RowOutcome[]> = Promise.resolve([]);
    for (let at = 0; at < table.rows.length;) {
      const rows = table.rows.slice(at, at + pace.size);
      at += rows.length;
      // Checked, hashed and encrypted while the piece before is being written.
      const checked = checkRows(roster, rows, run, seen);
      keys.push(...checked.good.map(({ value }) => roster.keyOf(value)));
      outcomes.push(...(await writing));
      writing = pace.timed(() => this.write(who, roster, checked, run));
      writing.catch(() => undefined);
    }
    outcomes.push(...(await writing));
    const removal = options.full
      ? await this.remove(who, roster, run, record, outcomes, keys, options.confirmRemovals)
      : { removed: 0, held: null };
    await this.imports.finish(who, record.importId, removal.removed, removal.held);
    return report(record, outcomes, removal, table.unknownColumns);
  }

  /** One piece in one short transaction: rows that are through are skipped, the others come on file with their outcome. */
  private write(
    who: Caller,
    roster: AnyRoster,
    { good, wrong }: CheckedRows,
    run: RosterRun,
  ): Promise<RowOutcome[]> {
    return retried(() =>
      this.database.transaction(who, async (tx) => {
        const through = await this.imports.lockAndSkip(
          tx,
          run.importId,
          good.map(({ row }) => row.row),
        );
        const todo = good.filter(({ row }) => !through.has(row.row));
        const results =
          todo.length === 0
            ? new Map<number, RowResult>()
            : await roster.apply(
                tx,
                todo.map(({ row, value }) => ({ row: row.row, value })),
                run,
              );
        const done = todo.map(({ row }): RowOutcome => {
          const result = results.get(row.row) ?? 'unchanged';
          return typeof result === 'string' ? { row: row.row, state: result } : failed(row, [result]);
        });
        await this.imports.saveRows(tx, run.importId, [...wrong, ...done]);
        return [...wrong, ...done, ...[...through].map(([row, state]): RowOutcome => ({ row, state }))];
      }),
    );
  }

  /** Those in reach who have it and are not on the roster lose it, unless that would be a guess. */
  private async remove(
    who: Caller,
    roster: AnyRoster,
    run: RosterRun,
    record: ImportRecord,
    outcomes: readonly RowOutcome[],
    keys: readonly string[],
    confirmed: number | undefined,
  ): Promise<{ removed: number; held: string | null }> {
    const full = roster as AnyRoster & Partial<FullRoster<unknown>>;
    if (!full.leavers || !full.remove)
      return { removed: 0, held: '这种名册不支持全量比对，没有移出任何人。' };
    const unclear = outcomes.filter((row) => row.state === 'failed' && !row.notOnFile).length;
    if (unclear > 0) {
      return {
        removed: 0,
        held: `有 ${unclear} 行未能读取，无法确定哪些人已不在名册上，因此没有移出任何人。请更正错误行，并连同其他各行一起重新上传完整名册。`,
      };
    }
    const { personIds, of } = await full.leavers(run, record.reach, keys);
    if (personIds.length > REMOVALS_UNASKED && personIds.length * 2 > of && confirmed !== personIds.length) {
      return {
        removed: 0,
        held: `按此名册将移出 ${personIds.length} 人（现有 ${of} 人），超过一半，可能上传了不完整的名册，因此没有移出任何人。核实无误的，请以 confirmRemovals=${personIds.length} 重新上传。`,
      };
    }
    let removed = 0;
    const pace = new Pace();
    for (let at = 0; at < personIds.length;) {
      const ids = personIds.slice(at, at + pace.size);
      at += ids.length;
      removed += await pace.timed(() =>
        this.database.transaction(who, (tx) => {
          tx.audit({ what: 'roster.removed', detail: { importId: run.importId } });
          return full.remove!(tx, ids, run);
        }),
      );
    }
    return { removed, held: null };
  }
}

const PIECE = { first: 100, least: 20, most: 500, wantedMs: 120 };

/** How many rows one transaction takes: rows of a roster may carry one fact or forty. */
class Pace {
  size = PIECE.first;

  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const result = await work();
    this.size = nextChunkSize(this.size, performance.now() - start, PIECE);
    return result;
  }
}

interface CheckedRows {
  readonly good: readonly { readonly row: Row; readonly value: unknown }[];
  readonly wrong: readonly RowOutcome[];
}

function checkRows(roster: AnyRoster, rows: readonly Row[], run: RosterRun, seen: Seen): CheckedRows {
  const good: { row: Row; value: unknown }[] = [];
  const wrong: RowOutcome[] = [];
  for (const row of rows) {
    const checked = checkRow(roster, row, run, seen);
    if ('problems' in checked) wrong.push(failed(row, checked.problems));
    else good.push({ row, value: checked.value });
  }
  return { good, wrong };
}

/** Keys of the file so far, each with the row that has it. */
class Seen {
  private readonly rows = new Map<string, number>();

  /** @returns the row that had the key before */
  add(key: string, row: number): number | undefined {
    const before = this.rows.get(key);
    if (before === undefined) this.rows.set(key, row);
    return before;
  }
}

function checkRow(
  roster: AnyRoster,
  row: Row,
  run: RosterRun,
  seen: Seen,
): { value: unknown } | { problems: readonly RowProblem[] } {
  if (row.errors.length > 0) return { problems: row.errors };
  const checked = roster.check(row, run);
  if (Array.isArray(checked)) return { problems: checked as RowProblem[] };
  const before = seen.add(roster.keyOf(checked), row.row);
  if (before !== undefined) {
    return {
      problems: [
        {
          column: roster.keyColumn?.(checked) ?? '身份证号',
          reason: `与第 ${before} 行的${roster.keyColumn?.(checked) ?? '身份证号'}重复`,
          suggestion: '同一个人只保留一行；内容不同的，请核对后合并。',
        },
      ],
    };
  }
  const also = roster.alsoUnique?.(checked);
  if (also && seen.add(also.key, row.row) !== undefined) return { problems: [also.problem] };
  return { value: checked };
}

function failed(row: Row, problems: readonly RowProblem[]): RowOutcome {
  return {
    row: row.row,
    state: 'failed',
    errors: problems.map((problem) => toRowError(row.row, problem)),
    notOnFile: problems.some(({ notOnFile }) => notOnFile),
    cells: row.cells as Record<string, string>,
  };
}

/** The grant under which a roster is sent. A member unit sends only what its own department keeps. */
export function importGrant(actor: Actor, department: string | null): RoleGrant {
  const grant = actor.grants.find(
    ({ role, department: own }) =>
      permissions['roster:import'].includes(role) &&
      (role !== 'member-unit' || (department !== null && own === department)),
  );
  if (!grant) throw new NotAllowed(permissions['roster:import'], department);
  return grant;
}

function importIdOf(kind: string, file: Buffer, options: ImportOptions, { from, to }: RoleGrant): string {
  const content = createHash('sha256').update(file).digest('hex');
  return uuidv5([kind, content, options.full, options.asOf ?? '', from, to].join('|'), IMPORTS);
}

const AGAIN = new Set(['40001', '40P01', '23505']);

/** A chunk that met somebody else's registration of the same person, or a deadlock, is worked through again. */
async function retried<Result>(work: () => Promise<Result>, attempts = 6): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (attempts <= 1 || !AGAIN.has((error as { code?: string }).code ?? '')) throw error;
    return retried(work, attempts - 1);
  }
}

function report(
  record: ImportRecord,
  outcomes: readonly RowOutcome[],
  removal: { removed: number; held: string | null },
  unknownColumns: number,
): ImportReport {
  const count = (state: RowOutcome['state']) => outcomes.filter((row) => row.state === state).length;
  const counts: ImportCounts = {
    applied: count('applied'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    notOnFile: outcomes.filter((row) => row.state === 'failed' && row.notOnFile).length,
    undecided: count('undecided'),
  };
  const errors = outcomes
    .flatMap((row) => (row.state === 'failed' ? row.errors : []))
    .sort((a, b) => a.row - b.row);
  return {
    importId: record.importId,
    kind: record.kind,
    asOf: record.asOf,
    rows: record.rows,
    ...counts,
    removed: removal.removed,
    removalHeld: removal.held,
    unknownColumns,
    errors: errors.slice(0, MAX_ERRORS_SHOWN),
    moreErrors: errors.length > MAX_ERRORS_SHOWN,
  };
}
