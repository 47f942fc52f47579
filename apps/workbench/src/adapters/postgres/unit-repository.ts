import { Injectable } from '@nestjs/common';
import { Database, type Caller, type Tx } from '@app/platform';
import { UnitNotFound, UnitTaken } from '../../domain/organisation-errors.js';
import { dayBefore } from '../../domain/post-rules.js';
import type { Unit } from '../../domain/unit.js';
import { kindOf, type UnitKind } from '../../domain/unit-kind.js';
import type { Reach } from '../../domain/unit-reach.js';
import type { CodeChange, CodeMapping } from '../../domain/unit-reorganisation.js';

const COLUMNS = `u.unit_id as "unitId", u.kind, u.department, s.name, s.parent_id as "parentId", s.division_code as "divisionCode",
  u.valid_from as "validFrom", u.valid_to as "validTo", u.version`;
const NOW = 'from units u join unit_states s on s.unit_id = u.unit_id and s.valid_to is null';

export interface UnitFilter {
  /** Everything in this division. */
  readonly reach?: Reach | undefined;
  readonly kind?: UnitKind | undefined;
  readonly parentId?: string | undefined;
  /** Unit id after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A division on a day of the past or today. */
export interface DivisionOfDay {
  readonly unitId: string;
  readonly kind: UnitKind;
  readonly name: string;
  readonly divisionCode: string;
}

/**
 * Units with their history. They are no personal data: everybody who works here sees the tree. Only the service writes it
 * (`asService`): the commands ask first whether the user keeps the place.
 */
@Injectable()
export class UnitRepository {
  constructor(private readonly database: Database) {}

  /** @throws UnitNotFound if none stands today */
  async see(caller: Caller, unitId: string): Promise<Unit> {
    const [unit] = await this.database.query<Unit>(caller, `select ${COLUMNS} ${NOW} where u.unit_id = $1`, [
      unitId,
    ]);
    if (!unit) throw new UnitNotFound();
    return unit;
  }

  async list(caller: Caller, { reach, kind, parentId, after, limit }: UnitFilter): Promise<Unit[]> {
    return this.database.query<Unit>(
      caller,
      `select ${COLUMNS} ${NOW}
       where ($1::text is null or s.division_code between $1 and $2)
         and ($3::text is null or u.kind = $3)
         and ($4::uuid is null or s.parent_id = $4)
         and ($5::uuid is null or (s.division_code, u.unit_id) > (select division_code, unit_id from unit_states
                                                                  where unit_id = $5 order by valid_from desc limit 1))
       order by s.division_code, u.unit_id limit $6`,
      [reach?.from ?? null, reach?.to ?? null, kind ?? null, parentId ?? null, after ?? null, limit],
    );
  }

  /** Today's unit in a transaction. @throws UnitNotFound */
  async get(tx: Tx, unitId: string): Promise<Unit> {
    const [unit] = await tx.query<Unit>(`select ${COLUMNS} ${NOW} where u.unit_id = $1`, [unitId]);
    if (!unit) throw new UnitNotFound();
    return unit;
  }

  /** Units of today by the names that a file calls them by: a division code, and the name of an office or institution there. */
  async namedIn(tx: Tx, places: readonly { readonly divisionCode: string; readonly name: string | null }[]) {
    return tx.query<Unit>(
      `select ${COLUMNS} ${NOW}
       join (select distinct * from unnest($1::text[], $2::text[])) as w (code, name)
         on s.division_code = w.code and (case when w.name is null then s.class = 'division' else s.name = w.name end)`,
      [places.map(({ divisionCode }) => divisionCode), places.map(({ name }) => name)],
    );
  }

  async add(tx: Tx, units: readonly Unit[]): Promise<void> {
    return tx.asService(async () => {
      if (units.length === 0) return;
      const rows = JSON.stringify(units.map((unit) => ({ ...unit, class: kindOf(unit.kind).class })));
      try {
        await Promise.all([
          tx.query(
            `insert into units (unit_id, kind, department, valid_from, version, created_by, created_role, changed_by, changed_role)
           select "unitId", kind, department, "validFrom", 1, $2, $3, $2, $3
           from json_to_recordset($1::json) as u ("unitId" uuid, kind text, department text, "validFrom" date)`,
            [rows, tx.actor.id, tx.actor.role],
          ),
          tx.query(
            `insert into unit_states (unit_id, valid_from, kind, class, name, parent_id, division_code)
           select "unitId", "validFrom", kind, class, name, "parentId", "divisionCode"
           from json_to_recordset($1::json)
             as u ("unitId" uuid, "validFrom" date, kind text, class text, name text, "parentId" uuid, "divisionCode" text)`,
            [rows],
          ),
        ]);
      } catch (error) {
        throw taken(error);
      }
    });
  }

  /** A unit under its row lock, changed from this day on; what it was before stays. */
  async change(tx: Tx, unitId: string, on: string, decide: (unit: Unit) => Unit): Promise<Unit> {
    return tx.asService(async () => {
      const [locked] = await tx.query(`select 1 from units where unit_id = $1 for update`, [unitId]);
      if (!locked) throw new UnitNotFound();
      const before = await this.get(tx, unitId);
      const after = { ...decide(before), version: before.version + 1 };
      await tx.query(
        `update units set version = $2, valid_to = $3, changed_by = $4, changed_role = $5, changed_at = now() where unit_id = $1`,
        [unitId, after.version, after.validTo, tx.actor.id, tx.actor.role],
      );
      if (after.validTo !== null) {
        await tx.query('update unit_states set valid_to = $2 where unit_id = $1 and valid_to is null', [
          unitId,
          after.validTo,
        ]);
      } else await this.newStates(tx, [after], on);
      return after;
    });
  }

  /** Whether something still hangs on a unit: units below it, or accounts that have not left. */
  async inUse(tx: Tx, unitId: string, today: string): Promise<boolean> {
    // Accounts at a unit count wherever the one who asks may look.
    return tx.asService(async () => {
      const [row] = await tx.query<{ used: boolean }>(
        `select exists (select from unit_states where parent_id = $1 and valid_to is null)
             or exists (select from accounts where unit_id = $1 and state <> 'left')
             or exists (select from posts where unit_id = $1 and (valid_to is null or valid_to >= $2)) as used`,
        [unitId, today],
      );
      return row!.used;
    });
  }

  /** Divisions of today in these reaches, locked: nobody re-organises them at the same time. */
  async lockDivisions(tx: Tx, reaches: readonly Reach[]): Promise<Unit[]> {
    return tx.asService(async () => {
      return tx.query<Unit>(
        `select ${COLUMNS} ${NOW}
       where s.class = 'division' and exists (
         select from unnest($1::text[], $2::text[]) as r (low, high) where s.division_code between r.low and r.high)
       order by u.unit_id for update of u`,
        [reaches.map(({ from }) => from), reaches.map(({ to }) => to)],
      );
    });
  }

  /** Divisions of today by code. */
  async divisionsOf(tx: Tx, codes: readonly string[]): Promise<Unit[]> {
    return tx.query<Unit>(
      `select ${COLUMNS} ${NOW} where s.class = 'division' and s.division_code = any($1::text[])`,
      [codes],
    );
  }

  /** Offices and institutions that hang on these units today. */
  async hangingOn(tx: Tx, unitIds: readonly string[]): Promise<Unit[]> {
    return tx.query<Unit>(
      `select ${COLUMNS} ${NOW} where s.class <> 'division' and s.parent_id = any($1::uuid[]) order by u.unit_id`,
      [unitIds],
    );
  }

  /** Ends units with the day before. */
  async end(tx: Tx, unitIds: readonly string[], on: string): Promise<void> {
    return tx.asService(async () => {
      const last = dayBefore(on);
      await Promise.all([
        tx.query(
          `update units set valid_to = $2, version = version + 1, changed_by = $3, changed_role = $4, changed_at = now()
         where unit_id = any($1::uuid[])`,
          [unitIds, last, tx.actor.id, tx.actor.role],
        ),
        tx.query(
          'update unit_states set valid_to = $2 where unit_id = any($1::uuid[]) and valid_to is null',
          [unitIds, last],
        ),
      ]);
    });
  }

  /** Offices and institutions go with their divisions: the unit stays, its place changes. */
  async move(tx: Tx, units: readonly Unit[], on: string): Promise<void> {
    return tx.asService(async () => {
      if (units.length === 0) return;
      await tx.query(
        `update units set version = version + 1, changed_by = $2, changed_role = $3, changed_at = now()
       where unit_id = any($1::uuid[])`,
        [units.map(({ unitId }) => unitId), tx.actor.id, tx.actor.role],
      );
      await this.newStates(tx, units, on);
    });
  }

  /** Writes down which code became which, in one act. */
  async recordChanges(
    tx: Tx,
    act: {
      readonly actId: string;
      readonly on: string;
      readonly reason: string;
      readonly mappings: readonly CodeMapping[];
    },
  ): Promise<void> {
    return tx.asService(async () => {
      await tx.query(
        `insert into reorganisations (act_id, on_day, reason, created_by, created_role, changed_by, changed_role)
       values ($1, $2, $3, $4, $5, $4, $5)`,
        [act.actId, act.on, act.reason, tx.actor.id, tx.actor.role],
      );
      await tx.query(
        `insert into division_changes (act_id, from_code, to_code, on_day)
       select $1, u.from_code, u.to_code, $2 from unnest($3::text[], $4::text[]) as u (from_code, to_code)`,
        [act.actId, act.on, act.mappings.map(({ from }) => from), act.mappings.map(({ to }) => to)],
      );
    });
  }

  /** Every change of codes: a city has some hundred in all its years. */
  async codeChanges(caller: Caller): Promise<CodeChange[]> {
    return this.database.query<CodeChange>(
      caller,
      'select from_code as "from", to_code as "to", on_day as "on" from division_changes',
    );
  }

  /** The last day, up to today, on which a division had this code; null if none ever had. */
  async lastDayOf(caller: Caller, divisionCode: string, today: string): Promise<string | null> {
    const [row] = await this.database.query<{ day: string | null }>(
      caller,
      `select max(least(coalesce(valid_to, $2::date), $2::date)) as day from unit_states
       where division_code = $1 and class = 'division' and valid_from <= $2`,
      [divisionCode, today],
    );
    return row?.day ?? null;
  }

  /** Divisions that had one of these codes on a day. */
  async divisionsOn(caller: Caller, codes: readonly string[], day: string): Promise<DivisionOfDay[]> {
    return this.database.query<DivisionOfDay>(
      caller,
      `select unit_id as "unitId", kind, name, division_code as "divisionCode" from unit_states
       where class = 'division' and division_code = any($1::text[]) and valid_from <= $2 and (valid_to is null or valid_to >= $2)
       order by division_code`,
      [codes, day],
    );
  }

  /** What a unit was, from its first day on. */
  async historyOf(caller: Caller, unitId: string) {
    return this.database.query<{
      name: string;
      parentId: string | null;
      divisionCode: string;
      validFrom: string;
      validTo: string | null;
    }>(
      caller,
      `select name, parent_id as "parentId", division_code as "divisionCode", valid_from as "validFrom", valid_to as "validTo"
       from unit_states where unit_id = $1 order by valid_from`,
      [unitId],
    );
  }

  private async newStates(tx: Tx, units: readonly Unit[], on: string): Promise<void> {
    const rows = JSON.stringify(units.map((unit) => ({ ...unit, class: kindOf(unit.kind).class })));
    const record = `json_to_recordset($1::json)
      as n ("unitId" uuid, kind text, class text, name text, "parentId" uuid, "divisionCode" text)`;
    try {
      // What began on this very day, or later, is corrected in its place.
      await tx.query(
        `update unit_states s set name = n.name, parent_id = n."parentId", division_code = n."divisionCode" from ${record}
         where s.unit_id = n."unitId" and s.valid_to is null and s.valid_from >= $2`,
        [rows, on],
      );
      await tx.query(
        `update unit_states s set valid_to = $2::date - 1 from ${record}
         where s.unit_id = n."unitId" and s.valid_to is null and s.valid_from < $2`,
        [rows, on],
      );
      await tx.query(
        `insert into unit_states (unit_id, valid_from, kind, class, name, parent_id, division_code)
         select "unitId", $2, kind, class, name, "parentId", "divisionCode" from ${record}
         where not exists (select from unit_states s where s.unit_id = n."unitId" and s.valid_to is null)`,
        [rows, on],
      );
    } catch (error) {
      throw taken(error);
    }
  }
}

function taken(error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== '23505') return error;
  return new UnitTaken(
    constraint === 'unit_states_division_now'
      ? '这个区划代码已有单位，请核对代码；区划调整请使用“区划调整”办理。'
      : '这里已有同名的单位，请核对后使用已有的单位，或改用不同的名称。',
  );
}
