import { Injectable } from '@nestjs/common';
import {
  actingAs,
  ColumnCipher,
  lookingWith,
  permissions,
  readsInClear,
  REVEALED,
  Sensitive,
  type Actor,
  type ReadsPage,
} from '@app/access';
import { Database, type Tx } from '@app/platform';
import { GuardianNotFound, NothingOnFile, PersonNotFound } from '../../domain/errors.js';

export const personSecrets = ['identity', 'phone', 'address', 'name'] as const;
export type PersonSecret = (typeof personSecrets)[number];

export const guardianSecrets = ['identity', 'phone', 'name'] as const;
export type GuardianSecret = (typeof guardianSecrets)[number];

/** What somebody asks who needs one field in the clear. */
export interface Reading<Field> {
  readonly field: Field;
  readonly purpose: string;
}

const COLUMNS = {
  identity: 'identity_number',
  phone: 'phone',
  address: 'address',
  name: 'name',
} as const satisfies Record<PersonSecret, string>;

/** Institutions serve people whom they must call by name and reach; their numbers and addresses are none of their business. */
const FOR_PROVIDERS: readonly PersonSecret[] = ['name', 'phone'];

/** Reading one field in the clear: what is read and the entry that says so commit together, or nothing is answered. */
@Injectable()
export class SecretQueries {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  /** @throws PersonNotFound, NotAllowed, NothingOnFile if the field is empty */
  async ofPerson(
    actor: Actor,
    personId: string,
    { field, purpose }: Reading<PersonSecret>,
  ): Promise<Sensitive> {
    const where = await this.placeOf(actor, personId);
    const placed = actor.grants.some(({ unit }) => unit !== null);
    if (placed && !FOR_PROVIDERS.includes(field)) throw new PersonNotFound();
    const who = placed
      ? lookingWith(actor, 'person:reveal-placed')
      : actingAs(actor, permissions['person:reveal'], where);
    return this.database.transaction(who, async (tx) => {
      const column = COLUMNS[field];
      const [row] = await tx.query<{ stored: string | null }>(
        `select ${column} as stored from persons where person_id = $1`,
        [personId],
      );
      if (!row) throw new PersonNotFound();
      if (row.stored === null) throw new NothingOnFile();
      tx.audit({ what: REVEALED, personIds: [personId], why: purpose, detail: { field } });
      return this.open(field, 'registry.persons', row.stored);
    });
  }

  /** It stands in the ward's file. @throws GuardianNotFound, NotAllowed, NothingOnFile */
  async ofGuardian(
    actor: Actor,
    guardianId: string,
    { field, purpose }: Reading<GuardianSecret>,
  ): Promise<Sensitive> {
    const [ward] = await this.database.query<{ person_id: string }>(
      lookingWith(actor, 'person:read'),
      'select person_id from guardians where guardian_id = $1',
      [guardianId],
    );
    if (!ward) throw new GuardianNotFound();
    const where = await this.placeOf(actor, ward.person_id);
    return this.database.transaction(actingAs(actor, permissions['person:reveal'], where), async (tx) => {
      const [row] = await tx.query<{ stored: string | null }>(
        `select ${COLUMNS[field]} as stored from guardians where guardian_id = $1`,
        [guardianId],
      );
      if (!row) throw new GuardianNotFound();
      if (row.stored === null) throw new NothingOnFile();
      const detail = { field: `guardian.${field}`, guardianId };
      tx.audit({ what: REVEALED, personIds: [ward.person_id], why: purpose, detail });
      return this.open(field, 'registry.guardians', row.stored);
    });
  }

  /** Who read what of somebody's file in the clear. @throws PersonNotFound */
  async reads(
    actor: Actor,
    personId: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<ReadsPage> {
    return this.database.read(lookingWith(actor, 'person:reads'), async (tx) => {
      await shown(tx, personId);
      return readsInClear(tx, personId, page);
    });
  }

  private placeOf(actor: Actor, personId: string): Promise<string[]> {
    return this.database.read(lookingWith(actor, 'person:read', 'person:read-placed'), (tx) =>
      shown(tx, personId),
    );
  }

  private open(field: PersonSecret, table: string, stored: string): Sensitive {
    if (field === 'name') return new Sensitive('name', stored);
    return this.cipher.open(field, `${table}.${COLUMNS[field]}`, stored);
  }
}

/** @returns the places where the person is seen @throws PersonNotFound unless the caller may see the person */
async function shown(tx: Tx, personId: string): Promise<string[]> {
  const [row] = await tx.query<{ division_code: string; away_to: string | null }>(
    'select division_code, away_to from persons where person_id = $1',
    [personId],
  );
  if (!row) throw new PersonNotFound();
  return row.away_to ? [row.division_code, row.away_to] : [row.division_code];
}
