import { Injectable } from '@nestjs/common';
import { lookingWith, type Actor } from '@app/access';
import { ChainQueries } from '../adapters/postgres/chain-queries.js';
import { Reconciliations, type StoredCount, type StoredRun } from '../adapters/postgres/reconciliations.js';
import type { GapKind } from '../domain/reconcile.js';
import { distrustedView } from './distrusted-view.js';
import type { RunsView, RunView, TrendView } from './gap-views.js';

const DIGITS = { county: 6, township: 9, village: 12 } as const;

/** Runs and their figures, within the reader's reach: row-level security counts the places. */
@Injectable()
export class FindReconciliations {
  constructor(
    private readonly queries: ChainQueries,
    private readonly runs: Reconciliations,
  ) {}

  list(
    actor: Actor,
    asked: { runId: string | null; region: string | null; limit: number },
  ): Promise<RunsView> {
    return this.queries.look(lookingWith(actor, 'gap:read'), async (tx) => {
      const runs = await this.runs.runs(tx, asked);
      const counts = await this.runs.counts(
        tx,
        runs.map(({ runId }) => runId),
        DIGITS.county,
      );
      return { runs: runs.map((run) => toRun(run, counts)) };
    });
  }

  /** Of the last runs of a region, or of all regions, what they saw. */
  trend(
    actor: Actor,
    asked: { region: string | null; level: keyof typeof DIGITS; limit: number },
  ): Promise<TrendView> {
    return this.queries.look(lookingWith(actor, 'gap:read'), async (tx) => {
      const runs = await this.runs.runs(tx, { runId: null, region: asked.region, limit: asked.limit });
      const counts = await this.runs.counts(
        tx,
        runs.map(({ runId }) => runId),
        DIGITS[asked.level],
      );
      return {
        points: runs
          .filter(({ status }) => status === 'done')
          .flatMap(({ runId, day }) =>
            counts
              .filter((each) => each.runId === runId)
              .map(({ place, ...each }) => ({ place, ...counted(each), runId, day })),
          ),
      };
    });
  }
}

function counted({ kind, gaps, persons, distrusted, monthly, unpriced, unpaid }: Omit<StoredCount, 'place'>) {
  return { kind: kind as GapKind, gaps, persons, distrusted, monthly, unpriced, unpaid };
}

function toRun(run: StoredRun, counts: readonly StoredCount[]): RunView {
  return {
    runId: run.runId,
    region: run.region,
    day: run.day,
    cause: run.cause,
    status: run.status,
    progress: { lookedAt: run.lookedAt, expected: run.expected },
    holders: run.holders,
    undetermined: run.undetermined,
    outcomes: {
      entitled: run.entitled,
      waiting: run.waiting,
      notEntitled: run.notEntitled,
      unknown: run.unknown,
    },
    drifted: run.drifted,
    missing: { persons: run.missingPersons, facts: run.missingFacts },
    opened: run.opened,
    closed: run.closed,
    gaps: counts.filter(({ runId }) => runId === run.runId).map(counted),
    distrusted: run.distrusted.map(distrustedView),
    notLooked: [...run.notLooked],
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    by: { id: run.byId, role: run.byRole },
  };
}
