import { Injectable } from '@nestjs/common';
import { lookingAs, type Actor, type Department, type Role } from '@app/access';
import type { Owner } from '@app/contracts';
import { Database, inReach, spanOf, type Caller, type Tx } from '@app/platform';
import {
  overviewLevel,
  overviewLevels,
  type DueStanding,
  type OverviewLevel,
  type StandingCounts,
  type StandingTimes,
} from '../../domain/due-standing.js';
import { divisionRange } from '../../domain/work-view.js';
import { OPEN_WORK, standingOf } from './due-standing.js';

/** Open cases of one item in one division, by how they stand. */
export interface DeadlineCell {
  readonly divisionCode: string;
  readonly divisionName: string | null;
  readonly owner: Owner;
  readonly itemId: string;
  /** One of the versions by which these are judged, and a place of them: what the item is called. */
  readonly itemVersion: string;
  readonly place: string;
  readonly counts: StandingCounts;
}

export interface PostOfHolder {
  readonly role: Role;
  readonly department: Department | null;
  readonly unitName: string;
}

/** What somebody has in hand, and has done of late. */
export interface HolderLoad {
  readonly userId: string;
  /** Null: no account has this user id. */
  readonly name: string | null;
  readonly unitName: string | null;
  readonly posts: readonly PostOfHolder[];
  readonly open: number;
  readonly counts: StandingCounts;
  /** When they took what they have had longest; null: they have nothing. */
  readonly oldestAt: Date | null;
  readonly done: { readonly week: number; readonly month: number };
}

/** What nobody has taken yet, by who may and where. */
export interface WaitingLoad {
  readonly doers: readonly string[];
  readonly divisionCode: string;
  readonly divisionName: string | null;
  /** The institution that it is placed with. */
  readonly unitId: string | null;
  readonly unitName: string | null;
  readonly open: number;
  readonly counts: StandingCounts;
  /** When the oldest of these cases was opened. */
  readonly oldestAt: Date;
}

export interface Workload {
  readonly holders: readonly HolderLoad[];
  readonly waiting: readonly WaitingLoad[];
  /** The first of what is counted as done; null: nothing is. */
  readonly doneSince: Date | null;
}

/** From when on what was done is counted. */
export interface DoneTimes {
  readonly week: Date;
  readonly month: Date;
}

interface Counted {
  readonly standing: DueStanding;
  readonly count: number;
}

type CellRow = Omit<DeadlineCell, 'counts'> & Counted;
interface HeldRow extends Counted {
  readonly userId: string;
  readonly oldestAt: Date;
}
interface WaitingRow extends Counted {
  readonly doers: readonly string[];
  readonly divisionCode: string;
  readonly divisionName: string | null;
  readonly unitId: string | null;
  readonly unitName: string | null;
  readonly oldestAt: Date;
}
interface DoneRow {
  readonly userId: string;
  readonly week: number;
  readonly month: number;
}
interface AccountRow {
  readonly userId: string;
  readonly name: string;
  readonly unitName: string | null;
  readonly posts: readonly PostOfHolder[];
}

/** Numbers of the open work of a place: counted among what row-level security shows the caller, and nothing else. */
@Injectable()
export class WorkOverview {
  constructor(private readonly database: Database) {}

  /** Open cases by division, item and standing. */
  async deadlines(
    actor: Actor,
    { division, times }: { readonly division: string | undefined; readonly times: StandingTimes },
  ): Promise<{ level: OverviewLevel; cells: DeadlineCell[] }> {
    const caller = lookingAs(actor);
    const level = overviewLevel(division ? divisionRange(division) : spanOf(caller));
    const { sql, params, add } = open(caller, division);
    const rows = await this.database.read(caller, (tx) =>
      tx.query<CellRow>(
        `with counted as (
           select ${headOf(level)} as code, w.owner, w.item_id, ${standingOf(times, add)} as standing,
                  max(w.item_version) as item_version, max(w.place) as place, count(*)::int as count
           from work_items w where ${sql} group by 1, 2, 3, 4)
         select c.code as "divisionCode", u.name as "divisionName", c.owner, c.item_id as "itemId",
                c.item_version as "itemVersion", c.place, c.standing, c.count
         from counted c
         left join unit_states u on u.division_code = c.code and u.valid_to is null and u.class = 'division'
         order by c.code, c.owner, c.item_id`,
        params,
      ),
    );
    return { level, cells: folded(rows, ({ divisionCode, itemId }) => `${divisionCode} ${itemId}`) };
  }

  /** Who has what in hand, what waits for whom, and who has done how much. */
  async workload(
    actor: Actor,
    {
      division,
      times,
      done,
      day,
    }: {
      readonly division: string | undefined;
      readonly times: StandingTimes;
      readonly done: DoneTimes;
      /** `YYYY-MM-DD`: whose posts count. */
      readonly day: string;
    },
  ): Promise<Workload> {
    const caller = lookingAs(actor);
    const level = overviewLevel(division ? divisionRange(division) : spanOf(caller));
    return this.database.read(caller, async (tx) => {
      const [held, waiting, finished] = await Promise.all([
        this.held(tx, caller, division, times),
        this.waiting(tx, caller, division, level, times),
        this.done(tx, caller, division, done),
      ]);
      const people = [...new Set([...held, ...finished].map(({ userId }) => userId))];
      // Accounts are not the user's to read; of these they are shown the name, and where they work as what.
      const [accounts, [first]] = await tx.asService(() =>
        Promise.all([
          accountsOf(tx, people, day),
          tx.query<{ at: Date | null }>('select min(done_at) as at from work_done'),
        ]),
      );
      return {
        holders: loadsOf(people, held, finished, accounts),
        waiting: folded(
          waiting,
          ({ doers, divisionCode, unitId }) => `${doers.join()} ${divisionCode} ${unitId}`,
        ).map((row) => ({ ...row, open: sumOf(row.counts) })),
        doneSince: first?.at ?? null,
      };
    });
  }

  private held(
    tx: Tx,
    caller: Caller,
    division: string | undefined,
    times: StandingTimes,
  ): Promise<HeldRow[]> {
    const { sql, params, add } = open(caller, division);
    return tx.query<HeldRow>(
      `select w.claimed_by as "userId", ${standingOf(times, add)} as standing, count(*)::int as count, min(w.claimed_at) as "oldestAt"
       from work_items w where ${sql} and w.claimed_by is not null group by 1, 2`,
      params,
    );
  }

  private waiting(
    tx: Tx,
    caller: Caller,
    division: string | undefined,
    level: OverviewLevel,
    times: StandingTimes,
  ): Promise<WaitingRow[]> {
    const { sql, params, add } = open(caller, division);
    return tx.query<WaitingRow>(
      `with counted as (
         select w.task_doers as doers, ${headOf(level)} as code, w.unit_id, ${standingOf(times, add)} as standing,
                count(*)::int as count, min(w.opened_at) as oldest
         from work_items w where ${sql} and w.task is not null and w.claimed_by is null group by 1, 2, 3, 4)
       select c.doers, c.code as "divisionCode", u.name as "divisionName", c.unit_id as "unitId",
              i.name as "unitName", c.standing, c.count,
              c.oldest as "oldestAt"
       from counted c
       left join unit_states u on u.division_code = c.code and u.valid_to is null and u.class = 'division'
       left join unit_states i on i.unit_id = c.unit_id and i.valid_to is null
       order by c.code, c.doers::text`,
      params,
    );
  }

  private done(
    tx: Tx,
    caller: Caller,
    division: string | undefined,
    { week, month }: DoneTimes,
  ): Promise<DoneRow[]> {
    const { sql, params, add } = within(caller, 'd.division_code', division);
    return tx.query<DoneRow>(
      `select d.done_by as "userId", count(*) filter (where d.done_at >= ${add(week)}::timestamptz)::int as week, count(*)::int as month
       from work_done d where ${sql} and d.done_at >= ${add(month)}::timestamptz group by 1`,
      params,
    );
  }
}

/** The division in which a case is counted, by a whole code. */
const headOf = (level: OverviewLevel) => `rpad(left(w.place, ${overviewLevels[level]}), 12, '0')`;

interface Conditions {
  readonly sql: string;
  readonly params: unknown[];
  readonly add: (value: unknown) => string;
}

/** What lies in the caller's reach, and in the division: said again beside the policies, so that an index begins there. */
function within(caller: Caller, column: string, division: string | undefined): Conditions {
  const reach = inReach(caller, column, 1);
  const params: unknown[] = [...reach.params];
  const add = (value: unknown) => `$${params.push(value)}`;
  if (division === undefined) return { sql: reach.sql, params, add };
  const { from, to } = divisionRange(division);
  return { sql: `${reach.sql} and ${column} between ${add(from)} and ${add(to)}`, params, add };
}

function open(caller: Caller, division: string | undefined): Conditions {
  const { sql, ...rest } = within(caller, 'w.place', division);
  return { sql: `${sql} and ${OPEN_WORK}`, ...rest };
}

const sumOf = (counts: StandingCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** Rows of one thing, a standing each, as one; in the order in which they came. */
function folded<Row extends Counted & { readonly oldestAt?: Date }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): (Omit<Row, keyof Counted> & { readonly counts: StandingCounts })[] {
  const byKey = new Map<string, Omit<Row, keyof Counted> & { readonly counts: StandingCounts }>();
  for (const row of rows) {
    const { standing, count, ...rest } = row;
    const known = byKey.get(keyOf(row));
    byKey.set(keyOf(row), {
      ...(known ?? rest),
      ...(known?.oldestAt && rest.oldestAt ? { oldestAt: earlier(known.oldestAt, rest.oldestAt) } : {}),
      counts: { ...known?.counts, [standing]: (known?.counts[standing] ?? 0) + count },
    });
  }
  return [...byKey.values()];
}

/** With their posts of the day. */
function accountsOf(tx: Tx, userIds: readonly string[], day: string): Promise<AccountRow[]> {
  return tx.query<AccountRow>(
    `select a.user_id as "userId", a.name, s.name as "unitName",
            coalesce((
              select jsonb_agg(jsonb_build_object('role', p.role, 'department', p.department, 'unitName', t.name) order by t.name, p.role)
              from posts p join unit_states t on t.unit_id = p.unit_id and t.valid_to is null
              where p.account_id = a.account_id and p.valid_from <= $2 and (p.valid_to is null or p.valid_to >= $2)), '[]') as posts
     from accounts a left join unit_states s on s.unit_id = a.unit_id and s.valid_to is null
     where a.user_id = any($1::text[])`,
    [userIds, day],
  );
}

/** Whoever has most overdue first, then whoever has most. */
function loadsOf(
  people: readonly string[],
  held: readonly HeldRow[],
  finished: readonly DoneRow[],
  accounts: readonly AccountRow[],
): HolderLoad[] {
  const hands = new Map(folded(held, ({ userId }) => userId).map((row) => [row.userId, row]));
  const loads = people.map((userId) => {
    const account = accounts.find((each) => each.userId === userId);
    const hand = hands.get(userId);
    const counts = hand?.counts ?? {};
    const done = finished.find((each) => each.userId === userId);
    return {
      userId,
      name: account?.name ?? null,
      unitName: account?.unitName ?? null,
      posts: account?.posts ?? [],
      open: sumOf(counts),
      counts,
      oldestAt: hand?.oldestAt ?? null,
      done: { week: done?.week ?? 0, month: done?.month ?? 0 },
    };
  });
  const late = ({ counts }: HolderLoad) => counts.overdue ?? 0;
  return loads.sort(
    (one, other) => late(other) - late(one) || other.open - one.open || (one.userId < other.userId ? -1 : 1),
  );
}
