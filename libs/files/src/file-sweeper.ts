import { Logger } from '@nestjs/common';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { ContentStore } from './content-store.js';
import { directoryOf, objectIdIn, type ObjectPlace } from './object-name.js';
import type { Scanning } from './scan/scanning.js';

export const SWEEP_MS = 60_000;
/** A form is filled in and sent within a day; an upload takes minutes. Only what is older is taken away. */
export const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
const CLEAR_EVERY_MS = 60 * 60 * 1000;
const COMPARE_EVERY_MS = 24 * 60 * 60 * 1000;
const BATCH = 500;
/** So many contents are compared at once; of more, a 256th at a time, to hold no long list. */
const COMPARED_AT_ONCE = 20_000;

export interface Cleared {
  /** Rows that nothing was linked to. */
  readonly files: number;
  /** Contents that no row points to any more. */
  readonly contents: number;
  /** Halves of interrupted writes. */
  readonly unfinished: number;
}

export interface Compared {
  /** Objects of which no row knows, taken away. */
  readonly orphans: number;
  /** Rows whose object the storage does not have: only a backup brings it back. */
  readonly missing: readonly string[];
}

/**
 * Keeps rows and storage equal: what was uploaded and never linked goes, whatever was killed on the way goes, what should be there and
 * is not is told. Any number of processes may sweep.
 */
export class FileSweeper {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private clearedAt = -Infinity;
  private comparedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly store: ContentStore,
    private readonly scanning: Scanning,
    private readonly clock: Clock,
    private readonly comparedAtOnce = COMPARED_AT_ONCE,
  ) {
    this.logger = new Logger(`files:${database.service}`);
  }

  start(): void {
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** What is due of scans, clearing (hourly) and comparison (daily). */
  async sweep(): Promise<void> {
    await this.scanning.scanDue();
    const now = performance.now();
    if (now - this.clearedAt >= CLEAR_EVERY_MS) {
      await this.clear();
      this.clearedAt = now;
    }
    if (now - this.comparedAt >= COMPARE_EVERY_MS) {
      await this.compare();
      this.comparedAt = now;
    }
  }

  /** Takes away what has been abandoned. */
  async clear(): Promise<Cleared> {
    const before = this.abandonedBefore();
    const files = await this.dropAbandoned(before);
    await this.releaseUnused(before);
    const contents = await this.removeReleased();
    const unfinished = await this.store.storage.removeUnfinished(before);
    if (files + contents + unfinished > 0) {
      this.logger.log(`cleared ${files} files, ${contents} contents, ${unfinished} unfinished writes`);
    }
    return { files, contents, unfinished };
  }

  /** Compares storage and rows. */
  async compare(): Promise<Compared> {
    const before = this.abandonedBefore();
    const missing: string[] = [];
    let orphans = 0;
    for (const prefix of await this.parts()) {
      if (this.stopping) break;
      // Rows first: an object is there before its row says so.
      const rows = await this.storedUnder(prefix);
      const there = new Map<string, string[]>();
      for await (const { name, modifiedAt } of this.store.storage.list(
        directoryOf(this.store.schema, prefix),
      )) {
        const id = objectIdIn(name);
        if (id === null) continue;
        if (rows.has(id) || modifiedAt < before) there.set(id, [...(there.get(id) ?? []), name]);
      }
      orphans += await this.removeOrphans([...there].filter(([id]) => !rows.has(id)));
      missing.push(...(await this.tellMissing([...rows].filter((id) => !hasFull(there.get(id))))));
    }
    if (orphans > 0) this.logger.warn(`took away ${orphans} objects of which no row knew`);
    return { orphans, missing };
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.running = this.sweep()
        .catch((error: unknown) =>
          this.logger.warn(
            `sweep interrupted, going on in ${SWEEP_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
          ),
        )
        .then(() => this.schedule(SWEEP_MS));
    }, delayMs);
  }

  private abandonedBefore(): Date {
    return new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS);
  }

  /** Rows that nothing stands on. A link that holds the row at this moment wins: it is skipped, and is no longer abandoned afterwards. */
  private async dropAbandoned(before: Date): Promise<number> {
    return this.inBatches(() =>
      this.database.query(
        this.actor,
        `with gone as (
           delete from files where file_id = any(array(
             select file_id from files where linked_at is null and created_at < $1 limit $2 for update skip locked))
           returning object_id, created_at),
         looked as (
           update file_objects o set look_at = least(o.look_at, g.created_at)
           from (select object_id, min(created_at) as created_at from gone group by object_id) g
           where o.object_id = g.object_id and o.look_at is null)
         select 1 from gone`,
        [before, BATCH],
      ),
    );
  }

  /** Contents to be looked at: those that a file points to are left alone, the others are given up for removal. */
  private async releaseUnused(before: Date): Promise<number> {
    // A claim of the same content holds the row and renews `look_at`: it is skipped, or no longer fits when it is looked at again.
    return this.inBatches(() =>
      this.database.query(
        this.actor,
        `update file_objects o set
           look_at = null,
           scan_at = case when used.yes then o.scan_at end,
           state = case when used.yes then o.state else 'removing' end
         from (select object_id, exists (select from files f where f.object_id = d.object_id) as yes
               from file_objects d where d.look_at < $1 limit $2 for update skip locked) used
         where o.object_id = used.object_id and o.look_at < $1 returning 1`,
        [before, BATCH],
      ),
    );
  }

  /** First the object and then its row: what is killed in between is removed again. */
  private async removeReleased(): Promise<number> {
    return this.inBatches(async () => {
      const rows = await this.database.query<ObjectPlace>(
        this.actor,
        `select object_id, address from file_objects where state = 'removing' limit $1`,
        [BATCH],
      );
      for (const row of rows) await this.store.remove(row);
      await this.database.query(
        this.actor,
        `delete from file_objects where object_id = any($1::uuid[]) and state = 'removing'`,
        [rows.map(({ object_id }) => object_id)],
      );
      return rows;
    });
  }

  private async parts(): Promise<string[]> {
    const [row] = await this.database.query<{ count: number }>(
      this.actor,
      'select count(*)::int as count from file_objects',
    );
    if (row!.count <= this.comparedAtOnce) return [''];
    return Array.from({ length: 256 }, (_, part) => part.toString(16).padStart(2, '0'));
  }

  private async storedUnder(prefix: string): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ object_id: string }>(
      this.actor,
      `select object_id from file_objects where address >= $1 and address < $1 || 'g' and state = 'stored'`,
      [prefix],
    );
    return new Set(rows.map(({ object_id }) => object_id));
  }

  private async removeOrphans(
    candidates: readonly (readonly [string, readonly string[]])[],
  ): Promise<number> {
    if (candidates.length === 0) return 0;
    const known = await this.database.query<{ object_id: string }>(
      this.actor,
      'select object_id from file_objects where object_id = any($1::uuid[])',
      [candidates.map(([id]) => id)],
    );
    const kept = new Set(known.map(({ object_id }) => object_id));
    const orphans = candidates.filter(([id]) => !kept.has(id)).flatMap(([, names]) => names);
    for (const name of orphans) await this.store.storage.remove(name);
    return orphans.length;
  }

  /** A row may have been given up while the storage was listed: only one that still counts as stored is missing something. */
  private async tellMissing(objectIds: readonly string[]): Promise<string[]> {
    if (objectIds.length === 0) return [];
    const rows = await this.database.query<{ object_id: string }>(
      this.actor,
      `update file_objects set missing_since = coalesce(missing_since, $2)
       where object_id = any($1::uuid[]) and state = 'stored' returning object_id`,
      [objectIds, this.clock.now()],
    );
    for (const { object_id } of rows) {
      this.logger.error(`content ${object_id} is not in the storage: bring it back from a backup`);
    }
    return rows.map(({ object_id }) => object_id);
  }

  private async inBatches(work: () => Promise<readonly unknown[]>): Promise<number> {
    let total = 0;
    while (!this.stopping) {
      const { length } = await work();
      total += length;
      if (length < BATCH) break;
    }
    return total;
  }
}

function hasFull(names: readonly string[] | undefined): boolean {
  return names?.some((name) => !name.endsWith('.thumbnail')) ?? false;
}
