import { Logger } from '@nestjs/common';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { ContentStore, SealedObject } from '../content-store.js';
import type { ScanState } from '../stored-file.js';
import { ScannerUnavailable, type Verdict, type VirusScanner } from './virus-scanner.js';

const BATCH = 20;
/** While one process scans, no other takes the same content up; and after a failure the wait doubles up to an hour. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;

interface DueObject extends SealedObject {
  readonly scan_attempts: number;
}

/** Has contents looked through. They stay held until there is a verdict, however long the scanner is away. */
export class Scanning {
  private readonly logger = new Logger('files:scan');

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly store: ContentStore,
    private readonly scanner: VirusScanner,
    private readonly clock: Clock,
  ) {}

  /** What a content is marked as when it arrives. */
  get atFirst(): Extract<ScanState, 'held' | 'unscanned'> {
    return this.scanner.scans ? 'held' : 'unscanned';
  }

  /** Scans what is due, in this process. An installation that got a scanner looks at the unscanned, too. @returns how many verdicts */
  async scanDue(): Promise<number> {
    if (!this.scanner.scans) return 0;
    await this.database.query(
      this.actor,
      `update file_objects set scan = 'held', scan_at = $1 where scan = 'unscanned' and state = 'stored'`,
      [this.clock.now()],
    );
    let verdicts = 0;
    for (;;) {
      const due = await this.claimDue();
      for (const object of due) {
        if ((await this.scan(object)) !== 'held') verdicts += 1;
      }
      if (due.length < BATCH) return verdicts;
    }
  }

  /** Scans one content now, if it is held. @returns what it is marked as afterwards */
  async scanNow(objectId: string): Promise<ScanState | null> {
    const [object] = await this.database.query<DueObject & { scan: ScanState }>(
      this.actor,
      `update file_objects set scan_attempts = scan_attempts + 1, scan_at = $2
       where object_id = $1 and scan = 'held' and state = 'stored'
       returning object_id, address, wrapped_key, scan, scan_attempts`,
      [objectId, new Date(this.clock.now().getTime() + FIRST_WAIT_MS)],
    );
    return object ? this.scan(object) : null;
  }

  private async claimDue(): Promise<DueObject[]> {
    const now = this.clock.now();
    return this.database.query<DueObject>(
      this.actor,
      `update file_objects o set scan_attempts = scan_attempts + 1,
         scan_at = $1::timestamptz + least($2::float * power(2, least(scan_attempts, 20)), $3::float) * interval '1 millisecond'
       where object_id = any(array(
         select object_id from file_objects where scan_at <= $1 and scan = 'held' and state = 'stored'
         order by scan_at limit $4 for update skip locked))
       returning object_id, address, wrapped_key, scan_attempts`,
      [now, FIRST_WAIT_MS, LONGEST_WAIT_MS, BATCH],
    );
  }

  private async scan(object: DueObject): Promise<ScanState> {
    try {
      const verdict = await this.verdictOn(object);
      const scan = verdict.infected ? 'infected' : 'clean';
      await this.database.query(
        this.actor,
        `update file_objects set scan = $2, signature = $3, scan_at = null where object_id = $1 and scan = 'held'`,
        [object.object_id, scan, verdict.infected ? verdict.signature : null],
      );
      if (verdict.infected) this.logger.warn(`content ${object.object_id} is infected: ${verdict.signature}`);
      return scan;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const level = error instanceof ScannerUnavailable && object.scan_attempts < 5 ? 'warn' : 'error';
      this.logger[level](`content ${object.object_id} stays held: ${reason}`);
      return 'held';
    }
  }

  private async verdictOn(object: SealedObject): Promise<Verdict> {
    const content = await this.store.open(object, 'full');
    try {
      return await this.scanner.scan(content);
    } finally {
      content.destroy();
    }
  }
}
