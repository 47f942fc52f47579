import { Injectable } from '@nestjs/common';
import type { CalendarKind, CheckedCalendar } from '@app/clocks';
import { InjectServiceActor } from '@app/service-host';
import { Database, type Caller, type Tx } from '@app/platform';

/** One publication. */
export interface Publication {
  readonly number: number;
  readonly kind: CalendarKind;
  /** The year, or the division. */
  readonly key: string;
  readonly content: CheckedCalendar['file'];
  readonly basis: string;
  readonly publishedBy: string;
  readonly publishedAt: Date;
}

const COLUMNS = `number, kind, key, content, basis, published_by as "publishedBy", published_at as "publishedAt"`;

/** Published calendars. They are no personal data and hang on no place; only the service reads and writes them, and nothing changes one. */
@Injectable()
export class CalendarRepository {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** Every publication, the newest first. */
  all(): Promise<Publication[]> {
    return this.database.query(this.service, `select ${COLUMNS} from calendars order by number desc`);
  }

  /** As `all`; until this transaction ends nobody publishes another one. */
  lockAll(tx: Tx): Promise<Publication[]> {
    return tx.asService(async () => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('onething:calendars'))`);
      return tx.query(`select ${COLUMNS} from calendars order by number desc`);
    });
  }

  async add(tx: Tx, { number, kind, key, content, basis, publishedAt }: Publication): Promise<void> {
    await tx.asService(() =>
      tx.query(
        `insert into calendars (number, kind, key, content, basis, published_by, published_role, published_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [number, kind, key, JSON.stringify(content), basis, tx.actor.id, tx.actor.role, publishedAt],
      ),
    );
  }
}
