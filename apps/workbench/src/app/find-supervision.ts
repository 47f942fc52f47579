import { Injectable } from '@nestjs/common';
import { permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { WorkTitles } from '../adapters/work-titles.js';
import {
  WorkOverview,
  type DeadlineCell,
  type HolderLoad,
  type WaitingLoad,
} from '../adapters/postgres/work-overview.js';
import {
  beginOf,
  dayAfter,
  DAYS_TO_COME,
  standingTimes,
  type DueStanding,
  type OverviewLevel,
} from '../domain/due-standing.js';
import type { WorkFilter } from '../domain/work-view.js';
import { doersOf, FindWork, type DoersOfTask, type WorkPage } from './find-work.js';
import { QueueFreshness } from './queue-freshness.js';

interface AsOf {
  readonly asOf: string;
  readonly stale: boolean;
}

/** Open cases of a place by division, item and how they stand with their terms. */
export interface DeadlineOverview extends AsOf {
  readonly level: OverviewLevel;
  /** The last of the days to come, `YYYY-MM-DD`. */
  readonly weekUntil: string;
  readonly cells: readonly (Omit<DeadlineCell, 'itemVersion' | 'place'> & { readonly title: string })[];
}

/** Who has what in hand, what waits for whom, and who has done how much. */
export interface WorkloadOverview extends AsOf {
  readonly holders: readonly (Omit<HolderLoad, 'oldestAt'> & { readonly oldestAt: string | null })[];
  readonly waiting: readonly (Omit<WaitingLoad, 'doers' | 'oldestAt'> &
    DoersOfTask & {
      /** As a list of these cases is asked for. */
      readonly doers: readonly string[];
      readonly oldestAt: string;
    })[];
  /** The first of what is counted as done; null: nothing is. */
  readonly doneSince: string | null;
}

/** Which open cases a supervisor wants to see one by one. */
export interface SupervisedListing {
  readonly division?: string | undefined;
  readonly item?: string | undefined;
  readonly standing?: DueStanding | undefined;
  /** User id of who has taken them. */
  readonly holder?: string | undefined;
  /** What nobody has taken, and exactly these may do. */
  readonly waitsFor?: WorkFilter['waitsFor'];
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Days by which what was done is counted back, today among them. */
const WEEK = 7;
const MONTH = 30;

/** The open work of a place, for whoever answers for it. */
@Injectable()
export class FindSupervision {
  constructor(
    private readonly overview: WorkOverview,
    private readonly work: FindWork,
    private readonly titles: WorkTitles,
    private readonly freshness: QueueFreshness,
    private readonly clock: Clock,
  ) {}

  async deadlines(actor: Actor, division: string | undefined): Promise<DeadlineOverview> {
    const [{ level, cells }, { asOf, stale }] = await Promise.all([
      this.overview.deadlines(supervising(actor), { division, times: this.times() }),
      this.freshness.now(),
    ]);
    return {
      level,
      weekUntil: dayAfter(this.clock.today(), DAYS_TO_COME),
      cells: cells.map(({ itemVersion, place, ...cell }) => ({
        ...cell,
        title: this.titles.of(cell.itemId, itemVersion, place).title,
      })),
      asOf: asOf.toISOString(),
      stale,
    };
  }

  async workload(actor: Actor, division: string | undefined): Promise<WorkloadOverview> {
    const today = this.clock.today();
    const [{ holders, waiting, doneSince }, { asOf, stale }] = await Promise.all([
      this.overview.workload(supervising(actor), {
        division,
        times: this.times(),
        done: { week: beginOf(dayAfter(today, 1 - WEEK)), month: beginOf(dayAfter(today, 1 - MONTH)) },
        day: today,
      }),
      this.freshness.now(),
    ]);
    return {
      holders: holders.map((load) => ({ ...load, oldestAt: load.oldestAt?.toISOString() ?? null })),
      waiting: waiting.map((load) => ({
        ...load,
        ...doersOf(load.doers),
        oldestAt: load.oldestAt.toISOString(),
      })),
      doneSince: doneSince?.toISOString() ?? null,
      asOf: asOf.toISOString(),
      stale,
    };
  }

  /** The open cases themselves, the nearest term first. */
  list(actor: Actor, { after, limit, ...filter }: SupervisedListing): Promise<WorkPage> {
    return this.work.list(supervising(actor), {
      ...filter,
      open: true,
      view: 'all',
      sort: 'due',
      after,
      limit,
    });
  }

  private times() {
    return standingTimes(this.clock.now(), this.clock.today());
  }
}

/** A role that may not supervise does not widen the reach of one that may. */
function supervising(actor: Actor): Actor {
  return {
    ...actor,
    grants: actor.grants.filter(({ role }) => permissions['work:supervise'].includes(role)),
  };
}
