import { Injectable } from '@nestjs/common';
import { type Actor, ColumnCipher, lookingWith, Sensitive } from '@app/access';
import type { RecordedFact, RepresentativeKind, RepresentedAct } from '@app/contracts';
import { Database, spanOf, type Caller } from '@app/platform';
import { PersonNotFound, SearchTextNotValid } from '../../domain/errors.js';
import type { OrganisationKind } from '../../domain/organisation.js';
import { hasNumber, type FormerNumberBasis, type NumberProof } from '../../domain/person-number.js';
import { searchWordIn } from '@app/names';
import { FACT_COLUMNS, PERSON_COLUMNS, toFact, type FactRow, type PersonRow } from './person-rows.js';
import { ContactPreferences, type ContactView } from './contact-preferences.js';
import { lastDayOf } from './representatives.js';
import { SearchTokens } from './search-tokens.js';
import type { TemporaryRegistration } from './temporary-registrations.js';

/** A person as a list shows them. */
export interface PersonLine {
  readonly personId: string;
  readonly version: number;
  readonly name: Sensitive;
  readonly sex: 'male' | 'female';
  readonly birthDate: string;
  readonly divisionCode: string;
  readonly householdId: string | null;
  readonly diedOn: string | null;
  readonly movedAwayOn: string | null;
  readonly facts: readonly RecordedFact[];
}

/** A person's file as a caseworker sees it: names and numbers leave masked. */
export interface PersonView extends PersonLine {
  /** Null for an institution with which the person is placed, and while there is none. */
  readonly identityNumber: Sensitive | null;
  /** Numbers that were on file before, the latest first. */
  readonly formerNumbers: readonly FormerNumber[];
  /** Of who has, or had, no number: under what they came on file. */
  readonly temporary: TemporaryRegistration | null;
  readonly phone: Sensitive | null;
  /** Whether an exact address is on file; it is not shown. */
  readonly hasAddress: boolean;
  readonly relation: string | null;
  readonly guardians: readonly {
    readonly guardianId: string;
    readonly name: Sensitive;
    readonly kind: RepresentativeKind;
    /** Null: an agent. */
    readonly basis: string | null;
    readonly relation: string;
    readonly phone: Sensitive | null;
    readonly since: string;
    /** Last day, of a minor at the latest the day before the eighteenth birthday; null: until it is ended. */
    readonly until: string | null;
    readonly acts: readonly RepresentedAct[];
    readonly proof: string | null;
    /** Null: a person. */
    readonly organisation: { readonly kind: OrganisationKind; readonly officer: Sensitive } | null;
  }[];
  /** How they want to be told, and the way that a message takes today; null for an institution. */
  readonly contact: Pick<ContactView, 'preference' | 'way'> | null;
}

/** A number that was on file before. */
export interface FormerNumber extends NumberProof {
  readonly identityNumber: Sensitive;
  readonly basis: FormerNumberBasis;
  /** From this day on another one holds. */
  readonly until: string;
  readonly reason: string;
}

/** By what somebody was found: the number on file, a former one, that of a file that was merged into theirs, or a temporary reference. */
export const foundBy = ['current', 'absorbed', 'former', 'mistaken', 'temporary'] as const;
export type FoundBy = (typeof foundBy)[number];

export interface PersonPage {
  readonly persons: readonly PersonLine[];
  /** To be given as `after` for the next page; null at the end. */
  readonly next: string | null;
}

/** Who is found by name: who it is and where, without what is known of them. */
export type FoundPerson = Omit<PersonLine, 'facts'>;

export interface FoundPage {
  readonly persons: readonly FoundPerson[];
  readonly next: string | null;
}

interface FormerRow {
  number: string;
  basis: FormerNumberBasis;
  until: string;
  kind: string;
  reference: string;
  reason: string;
}

type SecretRow = PersonRow & {
  identity_number: string | null;
  phone: string | null;
  has_address: boolean;
  former: FormerRow[];
  temporary: Omit<TemporaryRegistration, 'isOpen'> | null;
};

const FORMER = `(select coalesce(json_agg(json_build_object('number', f.identity_number, 'basis', f.basis, 'until', f.until, 'kind', f.proof_kind,
    'reference', f.proof_reference, 'reason', f.reason) order by f.until desc, f.recorded_at desc), '[]')
  from former_numbers f where f.person_id = p.person_id) as former`;

// Of a file that came out of a merge again, the registration is that of the file that had gone into it.
const TEMPORARY = `(select json_build_object('reference', t.reference, 'reason', t.reason, 'vouchedBy', t.vouched_by, 'vouchedAs', t.vouched_as,
    'proofReference', t.proof_reference, 'birthDateEstimated', t.birth_date_estimated, 'registeredOn', t.registered_on, 'reviewOn', t.review_on)
  from temporary_registrations t
  where t.person_id in (select p.person_id union all select a.person_id from persons a where a.merged_into = p.person_id)
  order by t.person_id = p.person_id desc, t.registered_on limit 1) as temporary`;

const FACTS_OF = `select ${FACT_COLUMNS} from facts where person_id = any($1::uuid[]) and state = 'current' order by name`;

/** The page is cut before anything is joined to it. */
export const SEARCH = `
  with found as materialized (
    select division_code as place, person_id from person_search_tokens
    where token = $1 and division_code between $2 and $3 and (division_code, person_id) > ($4, $5::uuid)
    order by division_code, person_id limit $6)
  select ${PERSON_COLUMNS}, found.place from found join persons p using (person_id) order by found.place, p.person_id`;

/** Looking at files, each within the actor's reach. */
@Injectable()
export class PersonQueries {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly tokens: SearchTokens,
    private readonly contacts: ContactPreferences,
  ) {}

  /** @throws PersonNotFound if there is none that the actor may see */
  async view(actor: Actor, given: string): Promise<PersonView> {
    const personId = await this.current(actor, given);
    return actor.grants.some(({ unit }) => unit !== null)
      ? this.viewOfPlaced(actor, personId)
      : this.viewInPlace(actor, personId);
  }

  /** A file that was merged into another answers with that one. */
  private async current(actor: Actor, personId: string): Promise<string> {
    const [alias] = await this.database.query<{ person_id: string }>(
      lookingWith(actor, 'person:read', 'person:read-placed'),
      'select person_id from person_aliases where subject_id = $1',
      [personId],
    );
    return alias?.person_id ?? personId;
  }

  /** Of who is placed with the actor's unit: who it is and how to reach them, and nothing else that is known. */
  private async viewOfPlaced(actor: Actor, personId: string): Promise<PersonView> {
    const [row] = await this.database.query<PersonRow & { phone: string | null }>(
      lookingWith(actor, 'person:read-placed'),
      `select person_id, division_code, version, name, sex, birth_date, household_id, relation, phone, died_on, away_on
       from persons where person_id = $1`,
      [personId],
    );
    if (!row) throw new PersonNotFound();
    return {
      ...toLine(row, []),
      identityNumber: null,
      formerNumbers: [],
      temporary: null,
      phone: this.phoneOf('persons', row.phone),
      hasAddress: false,
      relation: row.relation,
      guardians: [],
      contact: null,
    };
  }

  private phoneOf(table: 'persons' | 'guardians', stored: string | null): Sensitive | null {
    return stored === null ? null : this.cipher.open('phone', `registry.${table}.phone`, stored);
  }

  private async viewInPlace(actor: Actor, personId: string): Promise<PersonView> {
    const reader = lookingWith(actor, 'person:read');
    const [[row], facts, guardians, { preference, way }] = await Promise.all([
      this.database.query<SecretRow>(
        reader,
        `select ${PERSON_COLUMNS}, p.identity_number, p.phone, p.address is not null as has_address, ${FORMER}, ${TEMPORARY}
         from persons p where person_id = $1`,
        [personId],
      ),
      this.database.query<FactRow>(reader, FACTS_OF, [[personId]]),
      this.database.query<{
        guardian_id: string;
        name: string;
        kind: RepresentativeKind;
        basis: string | null;
        relation: string;
        phone: string | null;
        since: string;
        until: string | null;
        acts: RepresentedAct[];
        proof: string | null;
        organisation: OrganisationKind | null;
        officer: string | null;
      }>(
        reader,
        `select g.guardian_id, g.name, g.kind, g.basis, g.relation, g.phone, g.since, ${lastDayOf('g', 'p')} as until, g.acts, g.proof,
           g.organisation, g.officer
         from guardians g join persons p using (person_id)
         where g.person_id = $1 and g.ended_on is null order by g.since, g.guardian_id`,
        [personId],
      ),
      this.contacts.of(actor, personId),
    ]);
    if (!row) throw new PersonNotFound();
    return {
      ...toLine(row, facts),
      identityNumber:
        row.identity_number === null
          ? null
          : this.cipher.open('identity', 'registry.persons.identity_number', row.identity_number),
      formerNumbers: row.former.map(({ number, ...former }) => ({
        ...former,
        identityNumber: this.cipher.open('identity', 'registry.former_numbers.identity_number', number),
      })),
      temporary: row.temporary && {
        ...row.temporary,
        isOpen: !hasNumber({ identityToken: row.identity_token }),
      },
      phone: this.phoneOf('persons', row.phone),
      hasAddress: row.has_address,
      relation: row.relation,
      guardians: guardians.map((guardian) => ({
        guardianId: guardian.guardian_id,
        name: new Sensitive('name', guardian.name),
        kind: guardian.kind,
        basis: guardian.basis,
        relation: guardian.relation,
        phone: this.phoneOf('guardians', guardian.phone),
        since: guardian.since,
        until: guardian.until,
        acts: guardian.acts,
        proof: guardian.proof,
        organisation:
          guardian.organisation === null
            ? null
            : { kind: guardian.organisation, officer: new Sensitive('name', guardian.officer!) },
      })),
      contact: { preference, way },
    };
  }

  /** @throws PersonNotFound if nobody in the actor's reach has, or had, this number */
  findByToken(actor: Actor, identityToken: string): Promise<PersonView & { foundBy: FoundBy }> {
    return this.found(
      actor,
      `select coalesce(merged_into, person_id) as person_id, case when merged_into is null then 'current' else 'absorbed' end as found_by,
         merged_into is not null as is_other, null::date as until
       from persons where identity_token = $1
       union all
       select coalesce(p.merged_into, p.person_id), case f.basis when 'changed' then 'former' else 'mistaken' end, true, f.until
       from former_numbers f join persons p using (person_id) where f.identity_token = $1
       order by is_other, found_by, until desc limit 1`,
      identityToken,
    );
  }

  /** @throws PersonNotFound if nobody in the actor's reach came on file under this reference */
  findByReference(actor: Actor, reference: string): Promise<PersonView & { foundBy: FoundBy }> {
    return this.found(
      actor,
      `select coalesce(p.merged_into, p.person_id) as person_id, 'temporary' as found_by
       from temporary_registrations t join persons p using (person_id) where t.reference = $1`,
      reference,
    );
  }

  private async found(actor: Actor, by: string, key: string): Promise<PersonView & { foundBy: FoundBy }> {
    const [row] = await this.database.query<{ person_id: string; found_by: FoundBy }>(
      lookingWith(actor, 'person:read'),
      by,
      [key],
    );
    if (!row) throw new PersonNotFound();
    return { ...(await this.view(actor, row.person_id)), foundBy: row.found_by };
  }

  /**
   * A page of everybody in a range of division codes, with current facts: what a reader builds its own table anew from.
   * @param after the `next` of the page before
   */
  async page(
    actor: Actor,
    range: { from: string; to: string; after: string | null; limit: number },
  ): Promise<PersonPage> {
    const [afterDivision, afterPerson] = cursor(range.after);
    const reader = lookingWith(actor, 'person:read');
    const rows = await this.database.query<PersonRow>(
      reader,
      `select ${PERSON_COLUMNS} from persons p
       where p.merged_into is null and p.division_code between $1 and $2 and (p.division_code, p.person_id) > ($3, $4::uuid)
       order by p.division_code, p.person_id limit $5`,
      [...within(reader, range), afterDivision, afterPerson, range.limit],
    );
    const facts = await this.database.query<FactRow>(reader, FACTS_OF, [
      rows.map(({ person_id }) => person_id),
    ]);
    const factsOf = new Map<string, FactRow[]>(rows.map(({ person_id }) => [person_id, []]));
    for (const fact of facts) factsOf.get(fact.person_id)?.push(fact);
    const last = rows.length === range.limit ? rows.at(-1) : undefined;
    return {
      persons: rows.map((row) => toLine(row, factsOf.get(row.person_id) ?? [])),
      next: last ? `${last.division_code}.${last.person_id}` : null,
    };
  }

  /**
   * People of a name, or of a reading of it, in a range of division codes: by one token, so that equality and range on one index find the
   * page, whatever the size of the table. Somebody who moved away is found at both places.
   * @throws SearchTextNotValid for what is no name
   */
  async search(
    actor: Actor,
    query: { text: string; from: string; to: string; after: string | null; limit: number },
  ): Promise<FoundPage> {
    const word = searchWordIn(query.text);
    if (word === null) throw new SearchTextNotValid();
    const [afterDivision, afterPerson] = cursor(query.after);
    const reader = lookingWith(actor, 'person:read');
    const rows = await this.database.query<PersonRow & { place: string }>(reader, SEARCH, [
      this.tokens.tokenOf(word),
      ...within(reader, query),
      afterDivision,
      afterPerson,
      query.limit,
    ]);
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return {
      persons: rows.map((row) => {
        const { facts: _, ...found } = toLine(row, []);
        return found;
      }),
      next: last ? `${last.place}.${last.person_id}` : null,
    };
  }

  /** Members of a household that the actor may see. */
  async membersOf(actor: Actor, householdId: string): Promise<PersonLine[]> {
    const rows = await this.database.query<PersonRow>(
      lookingWith(actor, 'person:read'),
      `select ${PERSON_COLUMNS} from persons p where household_id = $1 and merged_into is null order by birth_date, person_id`,
      [householdId],
    );
    return rows.map((row) => toLine(row, []));
  }
}

/**
 * Where the pages begin and end: within what was asked for, from the first to the last place that the caller reaches at all. Who is seen
 * of those between, the policy decides.
 */
function within(reader: Caller, asked: { from: string; to: string }): [from: string, to: string] {
  const span = spanOf(reader);
  return [asked.from > span.from ? asked.from : span.from, asked.to < span.to ? asked.to : span.to];
}

function cursor(after: string | null): [place: string, personId: string] {
  const [place = '', personId = '00000000-0000-0000-0000-000000000000'] = after?.split('.') ?? [];
  return [place, personId];
}

function toLine(row: PersonRow, facts: readonly FactRow[]): PersonLine {
  return {
    personId: row.person_id,
    version: row.version,
    name: new Sensitive('name', row.name),
    sex: row.sex,
    birthDate: row.birth_date,
    divisionCode: row.division_code,
    householdId: row.household_id,
    diedOn: row.died_on,
    movedAwayOn: row.away_on,
    facts: facts.map(toFact),
  };
}
