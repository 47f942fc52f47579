import { Injectable } from '@nestjs/common';
import { lookingAs, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { UnitRepository, type UnitFilter } from '../adapters/postgres/unit-repository.js';
import { UnitNotFound } from '../domain/organisation-errors.js';
import type { Unit } from '../domain/unit.js';
import { reachOfDivision } from '../domain/unit-reach.js';
import { codesOn } from '../domain/unit-reorganisation.js';

export interface UnitQuestion extends Omit<UnitFilter, 'reach'> {
  /** Everything in this division. */
  readonly within?: string | undefined;
}

/** The tree as it stands, and as it stood. */
@Injectable()
export class FindUnits {
  constructor(
    private readonly units: UnitRepository,
    private readonly clock: Clock,
  ) {}

  async list(
    actor: Actor,
    { within, ...filter }: UnitQuestion,
  ): Promise<{ units: readonly Unit[]; next: string | null }> {
    const found = await this.units.list(lookingAs(actor), {
      ...filter,
      reach: within === undefined ? undefined : reachOfDivision(within),
      limit: filter.limit + 1,
    });
    const units = found.slice(0, filter.limit);
    return { units, next: found.length > filter.limit ? units.at(-1)!.unitId : null };
  }

  async history(actor: Actor, unitId: string) {
    const states = await this.units.historyOf(lookingAs(actor), unitId);
    if (states.length === 0) throw new UnitNotFound();
    return { unitId, states };
  }

  /**
   * What a division code of one day is on another: what it became, or what it was.
   * @param asOf the day of which the code is; absent: the last day on which a division had it
   * @param on absent: today
   */
  async code(
    actor: Actor,
    divisionCode: string,
    days: { asOf?: string | undefined; on?: string | undefined },
  ) {
    const caller = lookingAs(actor);
    const today = this.clock.today();
    const on = days.on ?? today;
    const asOf = days.asOf ?? (await this.units.lastDayOf(caller, divisionCode, today));
    if (asOf === null) throw new UnitNotFound();
    const codes = codesOn(divisionCode, asOf, on, await this.units.codeChanges(caller));
    return { divisionCode, asOf, on, divisions: await this.units.divisionsOn(caller, codes, on) };
  }
}
