import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { readingOf } from '@app/names';
import { SuspectedDuplicates } from '../adapters/postgres/suspected-duplicates.js';
import { lookalikesAmong, type Likeness, type Lookalike } from '../domain/lookalike.js';

/** People of one short look. */
const AT_ONCE = 2000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Looks at everybody on file for files that may be of one person. Plain numbers live in memory, and only while it looks. */
@Injectable()
export class FindDuplicates {
  private running: Promise<number> | null = null;
  private stopped = false;

  constructor(private readonly duplicates: SuspectedDuplicates) {}

  /** A second call while one runs waits for that one. @returns how many pairs there are */
  run(): Promise<number> {
    this.running ??= this.look().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Lets what is at hand end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => undefined);
  }

  private async look(): Promise<number> {
    const alike = new Map<string, Likeness[]>();
    for (let after = NOBODY; ;) {
      const some = await this.duplicates.some(after, AT_ONCE);
      for (const person of some) {
        const reading = readingOf(person.name);
        const group = alike.get(reading);
        if (group) group.push(person);
        else alike.set(reading, [person]);
      }
      const last = some.at(-1);
      if (!last || some.length < AT_ONCE) break;
      after = last.personId;
    }
    const found: Lookalike[] = [];
    let looked = 0;
    for (const group of alike.values()) {
      if (this.stopped) return 0;
      if (group.length > 1) found.push(...lookalikesAmong(group));
      looked += group.length;
      // Requests are answered meanwhile.
      if (looked >= AT_ONCE) {
        looked = 0;
        await setImmediate();
      }
    }
    await this.duplicates.keep(found);
    return found.length;
  }
}
