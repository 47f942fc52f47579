import { Injectable } from '@nestjs/common';
import { permissions } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { EscalationItems, planOf, type PlaceRange, type StepInForce, type TermUnit } from '@app/clocks';
import { Clock } from '@app/kernel';
import { GAP_STEP, gapLimitOf } from './gap-term.js';

/** What rules of escalation can be about here: the released gaps of every item in force. */
@Injectable()
export class GapSteps extends EscalationItems {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {
    super();
  }

  stepsIn({ from, to }: PlaceRange): StepInForce[] {
    return this.catalogue.regions
      .filter(
        ({ level, code }) => level === 'county' && from <= code.padEnd(12, '9') && code.padEnd(12, '0') <= to,
      )
      .flatMap(({ code: county }) => {
        const { region, items } = this.catalogue.region(county.padEnd(12, '0'), this.clock.today());
        const { kind, value, unit } = gapLimitOf(region);
        return items.map(({ id }) => ({
          county,
          item: id,
          step: GAP_STEP,
          limit: { kind },
          rungs: kind === 'unknown' ? [] : planOf({ kind, value, unit: unit as TermUnit, holder: 'office' }),
          readers: permissions['gap:read'],
        }));
      });
  }
}
