import { Injectable } from '@nestjs/common';
import { actingAs, permissions, reachOf, type Actor } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { Jobs } from '@app/jobs';
import { Clock } from '@app/kernel';
import { type Caller, Database } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { randomUUID } from 'node:crypto';
import { Reconciliations } from '../adapters/postgres/reconciliations.js';
import type { StartedView } from './gap-views.js';

const NEEDED = permissions['reconciliation:run'];
/** The queue of runs; its jobs carry the run's id, or nothing: then the nightly ones are meant. */
export const RECONCILE_QUEUE = 'reconcile';

/** Begins runs that somebody asked for. The queue does them; what it loses the look for abandoned runs finds. */
@Injectable()
export class StartReconciliation {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly service: Caller,
    private readonly runs: Reconciliations,
    private readonly catalogue: Catalogue,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * @param region 6, 9 or 12 digits; absent: every county that the catalogue covers and the actor answers for
   * @throws NotAllowed where the actor does not answer for all of it; UnknownRegion where no region's file covers it
   */
  async run(actor: Actor, region?: string): Promise<StartedView> {
    const day = this.clock.today();
    const regions = region === undefined ? this.countiesOf(actor) : [region];
    const callers = regions.map((each) => {
      // Both ends: whoever answers for a village does not begin the run of its county.
      actingAs(actor, NEEDED, each.padEnd(12, '9'));
      const caller = actingAs(actor, NEEDED, each.padEnd(12, '0'));
      this.catalogue.region(each.padEnd(12, '0'), day);
      return { region: each, caller };
    });
    const first = callers[0];
    // Nothing of theirs is covered: said as for a place that is not theirs.
    if (!first) actingAs(actor, NEEDED, '');
    const expected = await Promise.all(regions.map((each) => this.runs.personsIn(this.service, each)));
    const started = await this.database.command(first!.caller, async (tx) => {
      const begun = [];
      for (const [at, { region: each }] of callers.entries()) {
        begun.push({
          region: each,
          ...(await this.runs.begin(tx, {
            runId: randomUUID(),
            region: each,
            day,
            cause: 'asked',
            expected: expected[at]!,
          })),
        });
      }
      tx.audit({
        what: 'reconciliation.started',
        detail: { regions, runs: begun.map(({ runId }) => runId) },
      });
      return begun;
    });
    for (const { runId } of started) {
      await this.jobs.add(RECONCILE_QUEUE, { runId }, { jobId: `${runId}-reconcile`, forgetWhenDone: true });
    }
    return { runs: started };
  }

  private countiesOf(actor: Actor): string[] {
    const reach = reachOf(actor, NEEDED);
    return this.catalogue.regions
      .filter(({ level }) => level === 'county')
      .map(({ code }) => code)
      .filter((code) =>
        reach.some(({ from, to }) => from <= code.padEnd(12, '0') && code.padEnd(12, '9') <= to),
      );
  }
}
