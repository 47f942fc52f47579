import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, lookingAs, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import { UnitNotPossible } from '../domain/organisation-errors.js';
import { dayBefore } from '../domain/post-rules.js';
import { foundUnit, type NewUnit, type Unit } from '../domain/unit.js';

export interface UnitWanted extends Omit<NewUnit, 'unitId' | 'validFrom'> {
  /** Absent: a new one. */
  readonly unitId?: string | undefined;
  readonly parentId: string | null;
  /** First day; absent: today. */
  readonly validFrom?: string | undefined;
}

/** Units come, are called otherwise, and end. */
@Injectable()
export class ChangeUnits {
  constructor(
    private readonly database: Database,
    private readonly units: UnitRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws UnitNotPossible, UnitTaken, NotAllowed if the place is not the actor's */
  async add(actor: Actor, { parentId, ...wanted }: UnitWanted): Promise<Unit> {
    const today = this.clock.today();
    const looking = lookingAs(actor, permissions['unit:keep']);
    const parent = parentId === null ? null : await this.units.see(looking, parentId);
    const unit = foundUnit(
      { ...wanted, unitId: wanted.unitId ?? randomUUID(), validFrom: wanted.validFrom ?? today },
      parent,
      today,
    );
    return this.database.command(actingAs(actor, permissions['unit:keep'], unit.divisionCode), async (tx) => {
      await this.units.add(tx, [unit]);
      tx.audit({
        what: 'unit.add',
        detail: { unitId: unit.unitId, kind: unit.kind, divisionCode: unit.divisionCode },
      });
      return unit;
    });
  }

  /** A new name from a day on; before it the unit is called as it was. */
  async rename(actor: Actor, unitId: string, { name, on }: { name: string; on: string }): Promise<Unit> {
    return this.change(actor, unitId, 'unit.rename', on, (unit) => ({ ...unit, name }));
  }

  /** @param on first day without it */
  async end(actor: Actor, unitId: string, { on, reason }: { on: string; reason: string }): Promise<Unit> {
    return this.change(
      actor,
      unitId,
      'unit.end',
      on,
      (unit) => ({ ...unit, validTo: dayBefore(on) }),
      reason,
    );
  }

  private async change(
    actor: Actor,
    unitId: string,
    what: 'unit.rename' | 'unit.end',
    on: string,
    decide: (unit: Unit) => Unit,
    why?: string,
  ): Promise<Unit> {
    const today = this.clock.today();
    if (on > today) throw new UnitNotPossible('生效日晚于今天，请在生效当日办理。');
    const looking = lookingAs(actor, permissions['unit:keep']);
    const { divisionCode } = await this.units.see(looking, unitId);
    return this.database.command(actingAs(actor, permissions['unit:keep'], divisionCode), async (tx) => {
      if (what === 'unit.end' && (await this.units.inUse(tx, unitId, today))) {
        throw new UnitNotPossible('单位还有下级单位、在任人员或岗位，请先调整或办理离任，再停用单位。');
      }
      const unit = await this.units.change(tx, unitId, on, (before) => {
        if (on <= before.validFrom && what === 'unit.end') {
          throw new UnitNotPossible('停用日须晚于设立日，请核对日期。');
        }
        return decide(before);
      });
      tx.audit({ what, why: why ?? null, detail: { unitId, on } });
      return unit;
    });
  }
}
