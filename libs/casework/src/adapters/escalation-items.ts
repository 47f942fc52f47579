import { Inject, Injectable } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { EscalationItems, planOf, type PlaceRange, type StepInForce } from '@app/clocks';
import type { Owner } from '@app/contracts';
import { Clock } from '@app/kernel';
import { SERVICE_NAME } from '@app/service-host';
import type { CaseItem, ItemStep } from '../domain/item.js';
import { readersOf } from '../domain/place.js';
import { OVERALL, TELL_REFUSAL } from '../domain/whole-case-terms.js';
import { CaseItems } from './case-items.js';

/** The steps of the service's items in every county of a reach, as the catalogue has them in force today. */
@Injectable()
export class EscalationItemsOfCatalogue extends EscalationItems {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly items: CaseItems,
    private readonly clock: Clock,
    @Inject(SERVICE_NAME) private readonly owner: Owner,
  ) {
    super();
  }

  stepsIn(reach: PlaceRange): StepInForce[] {
    const today = this.clock.today();
    return this.catalogue.regions
      .filter(({ level, code }) => level === 'county' && meets(reach, code))
      .flatMap(({ code: county }) => {
        const place = county.padEnd(12, '0');
        return this.catalogue
          .region(place, today)
          .items.filter(({ owner }) => owner === this.owner)
          .flatMap(({ id, version }) => stepsOf(county, this.items.of(id, version, place)));
      });
  }
}

function meets({ from, to }: PlaceRange, county: string): boolean {
  return from <= county.padEnd(12, '9') && county.padEnd(12, '0') <= to;
}

/** The steps, and the terms of the whole case that its text gives. */
function stepsOf(county: string, item: CaseItem): StepInForce[] {
  const whole = [
    { id: OVERALL, limit: item.overall },
    { id: TELL_REFUSAL, limit: item.tellRefusal },
  ].filter(({ limit }) => limit !== null);
  return [...item.steps, ...whole].map((step) => ({
    county,
    item: item.id,
    step: step.id,
    limit: step.limit && { kind: step.limit.kind },
    rungs: rungsOf(step),
    readers: readersOf(item),
  }));
}

/** None where the step is never due. */
function rungsOf({ limit, rungs }: Pick<ItemStep, 'limit' | 'rungs'>): StepInForce['rungs'] {
  const isDue = limit && limit.kind !== 'unknown' && (limit.value !== null || limit.unit === 'yearly-window');
  return isDue ? (rungs ?? planOf(limit)) : [];
}
