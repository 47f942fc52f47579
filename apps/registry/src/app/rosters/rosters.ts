import { Injectable } from '@nestjs/common';
import type { Columns } from '@app/tabular';
import { AidRosters } from './aid-roster.js';
import { DeathRoster } from './death-roster.js';
import { PersonsRoster } from './persons-roster.js';
import type { Roster } from './roster.js';

/** Every kind of roster that can be sent. */
export const rosterKinds = ['persons', 'dibao', 'dibian', 'tekun', 'death'] as const;

/** Finds a roster by its kind. */
@Injectable()
export class Rosters {
  private readonly byKind: ReadonlyMap<string, Roster<Columns, unknown>>;

  constructor(persons: PersonsRoster, aid: AidRosters, death: DeathRoster) {
    const all = [persons, ...aid.all, death] as unknown as Roster<Columns, unknown>[];
    this.byKind = new Map(all.map((roster) => [roster.kind, roster]));
    const missing = rosterKinds.filter((kind) => !this.byKind.has(kind));
    if (missing.length > 0) throw new Error(`no roster of kind ${missing.join(', ')}`);
  }

  of(kind: string): Roster<Columns, unknown> {
    return this.byKind.get(kind)!;
  }
}
