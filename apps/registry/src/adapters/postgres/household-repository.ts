import { Injectable } from '@nestjs/common';
import { actingAs, lookingWith, type Actor, type Role } from '@app/access';
import { Database, type Tx } from '@app/platform';
import { HouseholdNotFound, HouseholdNoTaken } from '../../domain/errors.js';

export interface Household {
  readonly householdId: string;
  readonly divisionCode: string;
  readonly householdNo: string | null;
  readonly headPersonId: string | null;
  readonly version: number;
}

interface HouseholdRow {
  household_id: string;
  division_code: string;
  household_no: string | null;
  head_person_id: string | null;
  version: number;
}

const COLUMNS = 'household_id, division_code, household_no, head_person_id, version';

/** Households. Who belongs to one stands with the person. */
@Injectable()
export class HouseholdRepository {
  constructor(private readonly database: Database) {}

  /** @throws HouseholdNotFound if there is none that the actor may see */
  async see(actor: Actor, householdId: string): Promise<Household> {
    const [row] = await this.database.query<HouseholdRow>(
      lookingWith(actor, 'household:read'),
      `select ${COLUMNS} from households where household_id = $1`,
      [householdId],
    );
    if (!row) throw new HouseholdNotFound();
    return toHousehold(row);
  }

  async add(
    actor: Actor,
    needed: readonly Role[],
    household: Omit<Household, 'version'>,
  ): Promise<Household> {
    const who = actingAs(actor, needed, household.divisionCode);
    return this.database.command(who, async (tx) => {
      const [row] = await tx.query<HouseholdRow>(
        `insert into households (household_id, division_code, household_no, head_person_id, version,
                                 created_by, created_role, changed_by, changed_role)
         values ($1, $2, $3, $4, 1, $5, $6, $5, $6)
         on conflict (substr(division_code, 1, 6), household_no) do nothing
         returning ${COLUMNS}`,
        [
          household.householdId,
          household.divisionCode,
          household.householdNo,
          household.headPersonId,
          who.id,
          who.role,
        ],
      );
      if (!row) throw new HouseholdNoTaken();
      tx.audit({
        what: 'household.registered',
        personIds: household.headPersonId ? [household.headPersonId] : [],
        detail: { householdId: row.household_id },
      });
      return toHousehold(row);
    });
  }

  /**
   * The households of these numbers, made where they are missing, in the transaction of their members.
   * @returns household id by number
   */
  async ensure(
    tx: Tx,
    county: string,
    wanted: readonly { householdId: string; householdNo: string; divisionCode: string }[],
  ): Promise<Map<string, string>> {
    if (wanted.length === 0) return new Map();
    // A number is its county's: a household that stands in a village out of reach is joined, and not sought in vain.
    return tx.asService(() => this.ensureNow(tx, county, wanted));
  }

  private async ensureNow(
    tx: Tx,
    county: string,
    wanted: readonly { householdId: string; householdNo: string; divisionCode: string }[],
  ): Promise<Map<string, string>> {
    await tx.query(
      `insert into households (household_id, household_no, division_code, version,
                               created_by, created_role, changed_by, changed_role)
       select u.*, 1, $4, $5, $4, $5 from unnest($1::uuid[], $2::text[], $3::text[]) u
       on conflict (substr(division_code, 1, 6), household_no) do nothing`,
      [
        wanted.map(({ householdId }) => householdId),
        wanted.map(({ householdNo }) => householdNo),
        wanted.map(({ divisionCode }) => divisionCode),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    const rows = await tx.query<{ household_id: string; household_no: string }>(
      `select household_id, household_no from households
       where substr(division_code, 1, 6) = $1 and household_no = any($2::text[])`,
      [county, wanted.map(({ householdNo }) => householdNo)],
    );
    return new Map(rows.map((row) => [row.household_no, row.household_id]));
  }

  /** Heads of households, where they are not the head already. */
  async setHeads(tx: Tx, heads: readonly { householdId: string; personId: string }[]): Promise<void> {
    if (heads.length === 0) return;
    await tx.query(
      `update households h
       set head_person_id = u.person_id, version = h.version + 1, changed_by = $3, changed_role = $4, changed_at = now()
       from unnest($1::uuid[], $2::uuid[]) as u (household_id, person_id)
       where h.household_id = u.household_id and h.head_person_id is distinct from u.person_id`,
      [
        heads.map(({ householdId }) => householdId),
        heads.map(({ personId }) => personId),
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }
}

function toHousehold(row: HouseholdRow): Household {
  return {
    householdId: row.household_id,
    divisionCode: row.division_code,
    householdNo: row.household_no,
    headPersonId: row.head_person_id,
    version: row.version,
  };
}
