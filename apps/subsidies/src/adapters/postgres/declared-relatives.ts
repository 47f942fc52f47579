import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ColumnCipher, Sensitive } from '@app/access';
import { Database, type Caller, type Tx } from '@app/platform';
import { DeclarationChanged, DeclarationNotFound } from '../../domain/declared-relative-errors.js';

const NUMBER_COLUMN = 'subsidies.declared_relatives.identity_number';

/** Somebody of the staff, or a relative of theirs, as they were declared. */
export interface Declaration {
  readonly name: string;
  /** Eighteen characters. */
  readonly identityNumber: string;
  /** What they are to the member of the staff; of the staff themselves: 本人. */
  readonly relation: string;
  readonly staffName: string;
  readonly declaredOn: string;
}

/** As it is shown: names and number leave masked. */
export interface ShownDeclaration {
  readonly entryId: string;
  readonly county: string;
  readonly name: Sensitive;
  readonly identityNumber: Sensitive;
  readonly relation: string;
  readonly staffName: Sensitive;
  readonly declaredOn: string;
  readonly withdrawnReason: string | null;
  readonly version: number;
  readonly by: string;
}

export interface DeclarationCounts {
  readonly entered: number;
  readonly changed: number;
  readonly unchanged: number;
}

interface Row {
  entryId: string;
  county: string;
  name: string;
  number: string;
  relation: string;
  staffName: string;
  declaredOn: string;
  withdrawnReason: string | null;
  version: number;
  by: string;
}

/** The list of staff and their relatives of a county (工作人员及近亲属申报名单), numbers encrypted. */
@Injectable()
export class DeclaredRelatives {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  async list(
    reader: Caller,
    query: { county?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<ShownDeclaration[]> {
    const rows = await this.database.query<Row>(
      reader,
      `select entry_id as "entryId", county, name, identity_number as number, relation, staff_name as "staffName",
         declared_on as "declaredOn", withdrawn_reason as "withdrawnReason", version, changed_by as by
       from declared_relatives
       where ($1::text is null or county = $1) and ($2::uuid is null or entry_id > $2) order by entry_id limit $3`,
      [query.county ?? null, query.after ?? null, query.limit],
    );
    return rows.map(({ name, number, staffName, ...row }) => ({
      ...row,
      name: new Sensitive('name', name),
      identityNumber: this.cipher.open('identity', NUMBER_COLUMN, number),
      staffName: new Sensitive('name', staffName),
    }));
  }

  /** Each person once per county: declared again as before changes nothing, otherwise the entry says what was declared last. */
  async enter(tx: Tx, county: string, declarations: readonly Declaration[]): Promise<DeclarationCounts> {
    const once = [...new Map(declarations.map((each) => [each.identityNumber, each])).values()];
    const rows = await tx.query<{ version: number }>(
      `insert into declared_relatives as d (entry_id, county, division_code, name, identity_number, identity_token, relation, staff_name,
         declared_on, changed_by, changed_by_role)
       select n.entry_id, $1::text, $1::text || '000000', n.name, n.identity_number, n.identity_token, n.relation, n.staff_name,
         n.declared_on, $9, $10
       from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[])
         as n (entry_id, name, identity_number, identity_token, relation, staff_name, declared_on)
       on conflict (county, identity_token) where withdrawn_reason is null do update
         set name = excluded.name, relation = excluded.relation, staff_name = excluded.staff_name, declared_on = excluded.declared_on,
           version = d.version + 1, changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role, changed_at = now()
         where (d.name, d.relation, d.staff_name, d.declared_on)
           is distinct from (excluded.name, excluded.relation, excluded.staff_name, excluded.declared_on)
       returning d.version`,
      [
        county,
        once.map(() => randomUUID()),
        once.map(({ name }) => name),
        once.map(({ identityNumber }) => this.cipher.encrypt(NUMBER_COLUMN, identityNumber)),
        once.map(({ identityNumber }) => this.cipher.blindIndex('identity', identityNumber)),
        once.map(({ relation }) => relation),
        once.map(({ staffName }) => staffName),
        once.map(({ declaredOn }) => declaredOn),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    const entered = rows.filter(({ version }) => version === 1).length;
    return { entered, changed: rows.length - entered, unchanged: declarations.length - rows.length };
  }

  /** In which county it is. @throws DeclarationNotFound also where it is out of reach */
  async placeOf(reader: Caller, entryId: string): Promise<string> {
    const [row] = await this.database.query<{ division_code: string }>(
      reader,
      'select division_code from declared_relatives where entry_id = $1',
      [entryId],
    );
    if (!row) throw new DeclarationNotFound();
    return row.division_code;
  }

  /** @throws DeclarationChanged */
  async withdraw(
    tx: Tx,
    entryId: string,
    { version, reason }: { readonly version: number; readonly reason: string },
  ): Promise<void> {
    const rows = await tx.query(
      `update declared_relatives set withdrawn_reason = $3, version = version + 1, changed_by = $4, changed_by_role = $5, changed_at = now()
       where entry_id = $1 and version = $2 and withdrawn_reason is null returning 1`,
      [entryId, version, reason, tx.actor.id, tx.actor.role],
    );
    if (rows.length === 0) throw new DeclarationChanged();
  }
}
