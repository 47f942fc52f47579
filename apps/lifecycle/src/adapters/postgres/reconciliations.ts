import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';
import { notLooked, type Distrusted, type NotLooked, type RostersSeen } from '../../domain/trust.js';

/** What a killed holder of a run costs the others; a page takes a fraction of it. */
const LEASE_SECONDS = 10;

/** Where a page ended: households come together, so that whoever is looked at together is read once. */
export interface PagePlace {
  /** Whoever has no household stands for themselves. */
  readonly household: string;
  readonly person: string;
}

/** A run as its holder goes on with it. */
export interface RunAtWork {
  readonly runId: string;
  readonly region: string;
  /** The day it is about, `YYYY-MM-DD`. */
  readonly day: string;
  /** The last person that was looked at. */
  readonly after: PagePlace;
  readonly rosters: RostersSeen;
}

/** What a page adds to the figures of its run. */
export interface PageFigures {
  readonly lookedAt: number;
  readonly holders: number;
  readonly undetermined: number;
  readonly entitled: number;
  readonly waiting: number;
  readonly notEntitled: number;
  readonly unknown: number;
  readonly drifted: number;
  readonly missingPersons: number;
  readonly missingFacts: number;
}

/** A run as it is shown. */
export interface StoredRun extends PageFigures {
  readonly runId: string;
  readonly region: string;
  readonly day: string;
  readonly cause: 'nightly' | 'asked';
  readonly status: 'running' | 'done';
  readonly expected: number;
  readonly opened: number;
  readonly closed: number;
  readonly distrusted: readonly Distrusted[];
  readonly notLooked: readonly NotLooked[];
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly byId: string;
  readonly byRole: string;
}

/** A source that the newest run of a place could not trust. */
export interface Doubt extends Distrusted {
  readonly region: string;
  readonly day: string;
}

/** Gaps of one kind in one place, as a run saw them. */
export interface StoredCount {
  readonly runId: string;
  readonly place: string;
  readonly kind: string;
  readonly gaps: number;
  readonly persons: number;
  readonly distrusted: number;
  readonly monthly: number;
  readonly unpriced: number;
  readonly unpaid: number;
}

/** Another process holds the run now, or it has ended: what this one was about to write does not count. */
export class LeaseLost extends Error {
  constructor(runId: string) {
    super(`the reconciliation ${runId} is no longer held by this process`);
    this.name = 'LeaseLost';
  }
}

const RUN = `run_id as "runId", region, day, cause, status, looked_at as "lookedAt", expected, holders, undetermined, entitled, waiting,
  not_entitled as "notEntitled", unknown, drifted, missing_persons as "missingPersons", missing_facts as "missingFacts", opened, closed,
  distrusted, not_looked as "notLooked", started_at as "startedAt", finished_at as "finishedAt", changed_by as "byId", changed_role as "byRole"`;

/** Runs of the reconciliation. One runs per region at a time, and one process holds it. */
@Injectable()
export class Reconciliations {
  constructor(private readonly database: Database) {}

  /**
   * Begins a run, unless one of the region is under way.
   * @returns the run that is under way now, and whether it is new
   */
  async begin(
    tx: Tx,
    run: {
      runId: string;
      region: string;
      day: string;
      cause: 'nightly' | 'asked';
      expected: number;
    },
  ): Promise<{ runId: string; begun: boolean }> {
    const { runId, region } = run;
    const begun = await tx.query<{ run_id: string }>(
      `insert into reconciliations (run_id, region, day, cause, status, expected, not_looked, changed_by, changed_role)
       values ($1, $2, $3, $4, 'running', $5, $6, $7, $8)
       on conflict (region) where status = 'running' do nothing returning run_id`,
      [
        runId,
        region,
        run.day,
        run.cause,
        run.expected,
        JSON.stringify(notLooked),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    if (begun.length > 0) return { runId, begun: true };
    const [running] = await tx.query<{ run_id: string }>(
      `select run_id from reconciliations where region = $1 order by (status = 'running') desc, started_at desc limit 1`,
      [region],
    );
    return { runId: running!.run_id, begun: false };
  }

  /** Takes a run that nobody holds. @returns null: it is held, or has ended */
  async claim(actor: Caller, runId: string, holder: string): Promise<RunAtWork | null> {
    const [run] = await this.database.query<RunAtWork>(
      actor,
      `update reconciliations set holder = $2, lease_until = clock_timestamp() + make_interval(secs => $3), changed_at = now()
       where run_id = $1 and status = 'running' and (holder = $2 or lease_until < clock_timestamp())
       returning run_id as "runId", region, day, json_build_object('household', after_household, 'person', after_person) as "after", rosters`,
      [runId, holder, LEASE_SECONDS],
    );
    return run ?? null;
  }

  /** Gives a run back, so that another process can go on at once. */
  async release(actor: Caller, runId: string, holder: string): Promise<void> {
    await this.database.query(
      actor,
      `update reconciliations set lease_until = '-infinity' where run_id = $1 and holder = $2 and status = 'running'`,
      [runId, holder],
    );
  }

  /** Runs that nobody goes on with. */
  async abandoned(actor: Caller): Promise<string[]> {
    const rows = await this.database.query<{ run_id: string }>(
      actor,
      `select run_id from reconciliations where status = 'running' and lease_until < clock_timestamp() order by started_at`,
    );
    return rows.map(({ run_id }) => run_id);
  }

  /** Regions whose nightly run is overdue: there have been such runs, and none since the day before `day`. */
  async overdue(actor: Caller, day: string): Promise<string[]> {
    const rows = await this.database.query<{ region: string }>(
      actor,
      `select region from reconciliations where cause = 'nightly' group by region having max(day) < $1::date - 1 order by region`,
      [day],
    );
    return rows.map(({ region }) => region);
  }

  /**
   * Writes down how far the run has come, in the transaction of a page; its row is the lock that two processes meet at.
   * @throws LeaseLost
   */
  async advance(
    tx: Tx,
    runId: string,
    holder: string,
    page: PageFigures & { after: PagePlace; rosters: RostersSeen },
  ): Promise<void> {
    const rows = await tx.query(
      `update reconciliations set lease_until = clock_timestamp() + make_interval(secs => $3), after_person = $4, rosters = $5,
         looked_at = looked_at + $6, holders = holders + $7, undetermined = undetermined + $8, entitled = entitled + $9,
         waiting = waiting + $10, not_entitled = not_entitled + $11, unknown = unknown + $12, drifted = drifted + $13,
         missing_persons = missing_persons + $14, missing_facts = missing_facts + $15, after_household = $16, changed_at = now()
       where run_id = $1 and holder = $2 and status = 'running' and lease_until > clock_timestamp() returning 1`,
      [
        runId,
        holder,
        LEASE_SECONDS,
        page.after.person,
        JSON.stringify(page.rosters),
        page.lookedAt,
        page.holders,
        page.undetermined,
        page.entitled,
        page.waiting,
        page.notEntitled,
        page.unknown,
        page.drifted,
        page.missingPersons,
        page.missingFacts,
        page.after.household,
      ],
    );
    if (rows.length === 0) throw new LeaseLost(runId);
  }

  /** Adds what was opened and closed, and holds the run on. @throws LeaseLost */
  async tally(tx: Tx, runId: string, holder: string, opened: number, closed: number): Promise<void> {
    const rows = await tx.query(
      `update reconciliations set opened = opened + $3, closed = closed + $4,
         lease_until = clock_timestamp() + make_interval(secs => $5), changed_at = now()
       where run_id = $1 and holder = $2 and status = 'running' returning 1`,
      [runId, holder, opened, closed, LEASE_SECONDS],
    );
    if (rows.length === 0) throw new LeaseLost(runId);
  }

  /** @param notSeen what turned out only now not to have been looked at. @throws LeaseLost */
  async finish(
    actor: Caller,
    runId: string,
    holder: string,
    distrusted: readonly Distrusted[],
    notSeen: readonly NotLooked[],
  ): Promise<void> {
    const rows = await this.database.query(
      actor,
      `update reconciliations set status = 'done', finished_at = now(), distrusted = $3,
         not_looked = not_looked || $4::jsonb, lease_until = '-infinity', changed_at = now()
       where run_id = $1 and holder = $2 and status = 'running' returning 1`,
      [runId, holder, JSON.stringify(distrusted), JSON.stringify(notSeen)],
    );
    if (rows.length === 0) throw new LeaseLost(runId);
  }

  /** How many persons live in a region, for the progress of a run. */
  async personsIn(actor: Caller, region: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      actor,
      `select count(*)::int as count from persons
       where left(division_code, 6) = left($1, 6) and division_code between rpad($1, 12, '0') and rpad($1, 12, '9')`,
      [region],
    );
    return row!.count;
  }

  /**
   * The next persons of a run, household by household: who moves within the region meanwhile is not missed. Who comes into another
   * household meanwhile has just been decided, and is seen by the next run.
   */
  async nextPersons(
    tx: Tx,
    { region, after }: Pick<RunAtWork, 'region' | 'after'>,
    limit: number,
  ): Promise<PagePlace[]> {
    return tx.query<PagePlace>(
      `select coalesce(household_id, person_id) as household, person_id as person from persons
       where left(division_code, 6) = left($1, 6) and division_code between rpad($1, 12, '0') and rpad($1, 12, '9')
         and (coalesce(household_id, person_id), person_id) > ($2, $3)
       order by coalesce(household_id, person_id), person_id limit $4`,
      [region, after.household, after.person, limit],
      'lifecycle-reconcile-next',
    );
  }

  /** Runs that the reader may see, newest first. */
  runs(tx: Tx, page: { runId: string | null; region: string | null; limit: number }): Promise<StoredRun[]> {
    return tx.query<StoredRun>(
      `select ${RUN} from reconciliations
       where ($1::uuid is null or run_id = $1) and ($2::text is null or region = $2) order by started_at desc, run_id limit $3`,
      [page.runId, page.region, page.limit],
    );
  }

  /** What the newest runs of these places could not trust, as far as no later run has looked at the same place. */
  doubts(tx: Tx, { from, to }: { readonly from: string; readonly to: string }): Promise<Doubt[]> {
    return tx.query<Doubt>(
      `select r.region, r.day, d.* from reconciliations r
       cross join lateral jsonb_to_recordset(r.distrusted) as d (source text, reason text, since text, messages int, persons int)
       where r.status = 'done' and r.distrusted <> '[]' and rpad(r.region, 12, '0') <= $2 and rpad(r.region, 12, '9') >= $1
         and not exists (select from reconciliations n where n.status = 'done' and n.finished_at > r.finished_at
           and n.region in (r.region, left(r.region, 9), left(r.region, 6)))
       order by r.region, d.source`,
      [from, to],
    );
  }

  /** What runs saw, by kind and by place: the first `digits` digits of the division code. */
  counts(tx: Tx, runIds: readonly string[], digits: 6 | 9 | 12): Promise<StoredCount[]> {
    return tx.query<StoredCount>(
      `select run_id as "runId", left(division_code, $2) as place, kind, sum(gaps)::int as gaps, sum(persons)::int as persons,
              sum(distrusted)::int as distrusted, sum(monthly)::float8 as monthly, sum(unpriced)::int as unpriced, sum(unpaid)::float8 as unpaid
       from reconciliation_counts where run_id = any($1::uuid[]) group by 1, 2, 3 order by 1, 2, 3`,
      [runIds, digits],
    );
  }
}
