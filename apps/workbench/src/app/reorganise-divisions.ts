import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { AccountRepository } from '../adapters/postgres/account-repository.js';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import { ReorganisationNotPossible } from '../domain/organisation-errors.js';
import type { Unit } from '../domain/unit.js';
import { divisionAbove, levelOf, reachOfDivision } from '../domain/unit-reach.js';
import {
  planReorganisation,
  type CodeMapping,
  type NewDivision,
  type ReorganisationPlan,
} from '../domain/unit-reorganisation.js';

export interface ReorganisationAct {
  /** First day of the new codes. */
  readonly on: string;
  readonly reason: string;
  /** Every code that changes, those of the villages too; a code that goes on and takes others in is mapped to itself. */
  readonly mappings: readonly CodeMapping[];
  /** Divisions that the act brings about. */
  readonly divisions: readonly NewDivision[];
  /** Where offices and institutions of a division that is split belong now. */
  readonly placements: readonly { readonly unitId: string; readonly to: string }[];
}

export interface Reorganised {
  readonly actId: string;
  readonly ended: number;
  readonly begun: number;
  /** Offices and institutions that went with their division. */
  readonly moved: number;
  readonly accountsMoved: number;
  /** Accounts of divisions that were split: somebody must say where they work now; until then their posts reach nothing. */
  readonly accountsToPlace: number;
}

/** A merger, split or re-coding of divisions: one act, with the mapping of codes, and nothing of what was is lost. */
@Injectable()
export class ReorganiseDivisions {
  constructor(
    private readonly database: Database,
    private readonly units: UnitRepository,
    private readonly accounts: AccountRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ReorganisationNotPossible, NotAllowed if one of the codes is not in the actor's reach */
  async run(actor: Actor, act: ReorganisationAct): Promise<Reorganised> {
    const codes = [
      ...new Set([
        ...act.mappings.flatMap(({ from, to }) => [from, to]),
        ...act.divisions.map(({ divisionCode }) => divisionCode),
      ]),
    ];
    const [caller] = codes.map((code) => actingAs(actor, permissions['unit:keep'], code));
    return this.database.command(caller!, (tx) => this.carryOut(tx, act, codes));
  }

  private async carryOut(tx: Tx, act: ReorganisationAct, codes: readonly string[]): Promise<Reorganised> {
    const standing = new Map(
      (await this.units.lockDivisions(tx, codes.map(reachOfDivision))).map((unit) => [
        unit.divisionCode,
        unit,
      ]),
    );
    const plan = planReorganisation(act, standing, this.clock.today());
    const begun = await this.begun(tx, plan, act.on, standing);
    const ended = plan.ended.map(({ unitId }) => unitId);
    const hanging = await this.units.hangingOn(tx, ended);
    await this.units.end(tx, ended, act.on);
    await this.units.add(tx, begun);

    const now = new Map([...standing, ...begun.map((unit) => [unit.divisionCode, unit] as const)]);
    const successorOf = new Map(
      plan.ended.map(({ unitId, successor }) => [unitId, successor === null ? null : now.get(successor)!]),
    );
    const moved = this.placed(hanging, act, now, successorOf);
    await this.units.move(tx, moved, act.on);
    const accountsMoved = await this.accounts.moveWithUnits(tx, [
      ...plan.ended.flatMap(({ unitId }) => {
        const successor = successorOf.get(unitId);
        return successor
          ? [{ from: unitId, unitId: successor.unitId, divisionCode: successor.divisionCode }]
          : [];
      }),
      ...moved.map(({ unitId, divisionCode }) => ({ from: unitId, unitId, divisionCode })),
    ]);
    const split = plan.ended.filter(({ successor }) => successor === null).map(({ unitId }) => unitId);
    const accountsToPlace = await this.accounts.countAt(tx, split);

    const actId = randomUUID();
    await this.units.recordChanges(tx, { ...act, actId });
    tx.audit({ what: 'unit.reorganise', why: act.reason, detail: { actId, on: act.on, codes } });
    return {
      ...{ actId, ended: ended.length, begun: begun.length, moved: moved.length },
      ...{ accountsMoved, accountsToPlace },
    };
  }

  /** New divisions, each under the one that its code names, be that new or old. */
  private async begun(
    tx: Tx,
    plan: ReorganisationPlan,
    on: string,
    standing: ReadonlyMap<string, Unit>,
  ): Promise<Unit[]> {
    const ids = new Map(plan.begun.map(({ divisionCode }) => [divisionCode, randomUUID() as string]));
    const ending = new Set(plan.ended.map(({ code }) => code));
    const above = plan.begun.flatMap(({ divisionCode }) => divisionAbove(divisionCode) ?? []);
    const others = new Map(
      (await this.units.divisionsOf(tx, above)).map((unit) => [unit.divisionCode, unit.unitId]),
    );
    return plan.begun.map(({ divisionCode, name }) => {
      const parentCode = divisionAbove(divisionCode);
      const stays = parentCode !== null && !ending.has(parentCode);
      const parentId =
        parentCode === null
          ? null
          : (ids.get(parentCode) ??
            (stays ? (standing.get(parentCode)?.unitId ?? others.get(parentCode)) : undefined) ??
            null);
      const kind = levelOf(divisionCode);
      if (parentId === null && (kind === 'town' || kind === 'village')) {
        throw new ReorganisationNotPossible(
          '新设单位的上级单位不存在，请在新设单位中列出其上级，或核对代码。',
          {
            codes: [divisionCode],
          },
        );
      }
      return {
        ...{ unitId: ids.get(divisionCode)!, kind, department: null, name, parentId, divisionCode },
        ...{ validFrom: on, validTo: null, version: 1 },
      };
    });
  }

  /** Offices and institutions of divisions that end, at their new place. */
  private placed(
    hanging: readonly Unit[],
    act: ReorganisationAct,
    now: ReadonlyMap<string, Unit>,
    successorOf: ReadonlyMap<string, Unit | null>,
  ): Unit[] {
    const told = new Map(act.placements.map(({ unitId, to }) => [unitId, now.get(to)]));
    const homeless: string[] = [];
    const moved = hanging.flatMap((unit) => {
      const place = successorOf.get(unit.parentId!) ?? told.get(unit.unitId);
      if (!place) {
        homeless.push(unit.unitId);
        return [];
      }
      return [{ ...unit, parentId: place.unitId, divisionCode: place.divisionCode }];
    });
    if (homeless.length > 0) {
      throw new ReorganisationNotPossible('这些机构所在的区划被拆分，请说明它们各归哪个新代码。', {
        unitIds: homeless,
      });
    }
    return moved;
  }
}
