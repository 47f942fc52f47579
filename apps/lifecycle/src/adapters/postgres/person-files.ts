import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { Cause } from '../../domain/cause.js';
import type { Outcomes } from '../../domain/outcomes.js';
import type { FactOrigin, KeptCard, KeptFact, PersonFile } from '../../domain/person-file.js';

import { fromDocuments, type OutcomeDocument } from './sheets.js';

/** A person's file with what was last found, as loaded under its lock. */
export interface LoadedPerson {
  readonly file: PersonFile;
  /** How often the person was decided with a change. */
  readonly decision: number;
  readonly nextDay: string | null;
  /** Causes that came before the registry's record of the person. */
  readonly pending: readonly Cause[];
  readonly outcomes: Outcomes;
  readonly fingerprint: string | null;
}

interface PersonRow {
  person_id: string;
  division_code: string;
  birth_date: string | null;
  sex: 'male' | 'female' | null;
  household_id: string | null;
  died_on: string | null;
  moved_away_on: string | null;
  identity_version: number;
  place_version: number;
  presence_version: number;
  death_version: number;
  decision: number;
  next_day: string | null;
  pending: Cause[] | null;
}

interface FactRow {
  person_id: string;
  name: string;
  fact_id: string;
  value: KeptFact['value'];
  valid_from: string | null;
  valid_to: string | null;
  withdrawn: boolean;
  version: number;
}

interface CardRow {
  card_id: string;
  person_id: string;
  version: number;
  status: KeptCard['status'];
  category: KeptCard['category'];
  grade: KeptCard['grade'];
  components: KeptCard['components'];
  issued_on: string;
  valid_to: string;
  cancelled_on: string | null;
  has_left: boolean;
  taken_over_at: Date | null;
  changed_by: string;
  changed_role: string;
}

interface SheetRow {
  person_id: string;
  outcomes: Record<string, OutcomeDocument>;
  fingerprint: string;
}

const PERSON = `p.person_id, p.division_code, p.birth_date, p.sex, p.household_id, p.died_on, p.moved_away_on, p.identity_version,
  p.place_version, p.presence_version, p.death_version, p.decision, p.next_day, p.pending`;

/** Who is to be loaded. */
export interface Wanted {
  readonly personId: string;
  readonly divisionCode: string;
}

/** The persons, facts, cards and outcomes of this service; written only under the lock of the person's row. */
@Injectable()
export class PersonFiles {
  /**
   * Locks and loads persons and everybody in their households, sorted by id, so that two slices never wait for each other in a
   * circle. Who is not on file yet is put there, to have a row to lock.
   * @param households households that the facts at hand name
   */
  async lock(
    tx: Tx,
    wanted: readonly Wanted[],
    households: readonly string[],
  ): Promise<Map<string, LoadedPerson>> {
    const ids = wanted.map(({ personId }) => personId);
    const stubs = this.stub(tx, wanted);
    const locked = tx.query<PersonRow>(
      `select ${PERSON} from persons p
       where p.person_id = any($1::uuid[]) or p.household_id = any($2::uuid[])
         or p.household_id in (select h.household_id from persons h where h.person_id = any($1::uuid[]) and h.household_id is not null)
       order by p.person_id for update`,
      [ids, households],
      'lifecycle-lock-persons',
    );
    locked.catch(() => undefined);
    await stubs;
    return this.load(tx, await locked);
  }

  /**
   * Locks persons without loading them.
   * @returns the number of each one's last decision
   */
  async lockOnly(tx: Tx, wanted: readonly Wanted[]): Promise<Map<string, number>> {
    const stubs = this.stub(tx, wanted);
    const locked = tx.query<Pick<PersonRow, 'person_id' | 'decision'>>(
      'select person_id, decision from persons where person_id = any($1::uuid[]) order by person_id for update',
      [wanted.map(({ personId }) => personId)],
      'lifecycle-lock-only',
    );
    locked.catch(() => undefined);
    await stubs;
    return new Map((await locked).map((row) => [row.person_id, row.decision]));
  }

  /** Lets the next sweep decide persons again. */
  async makeDue(tx: Tx, personIds: readonly string[], today: string): Promise<void> {
    await tx.query(
      `update persons set next_day = least(next_day, $2::date), changed_at = now() where person_id = any($1::uuid[])`,
      [personIds, today],
    );
  }

  private stub(tx: Tx, wanted: readonly Wanted[]): Promise<unknown> {
    return tx.query(
      `insert into persons (person_id, division_code, changed_by, changed_role)
       select w.person_id, w.division_code, $3, $4 from unnest($1::uuid[], $2::text[]) as w (person_id, division_code)
       where not exists (select from persons p where p.person_id = w.person_id)
       order by w.person_id on conflict do nothing`,
      [
        wanted.map(({ personId }) => personId),
        wanted.map(({ divisionCode }) => divisionCode),
        tx.actor.id,
        tx.actor.role,
      ],
      'lifecycle-stub-persons',
    );
  }

  private async load(tx: Tx, rows: readonly PersonRow[]): Promise<Map<string, LoadedPerson>> {
    const ids = rows.map((row) => row.person_id);
    const [facts, cards, sheets] = await Promise.all([
      tx.query<FactRow>(
        `select person_id, name, fact_id, value, valid_from, valid_to, withdrawn, version
         from facts where person_id = any($1::uuid[])`,
        [ids],
        'lifecycle-load-facts',
      ),
      tx.query<CardRow>(
        `select card_id, person_id, version, status, category, grade, components, issued_on, valid_to, cancelled_on, has_left,
                taken_over_at, changed_by, changed_role
         from cards where person_id = any($1::uuid[])`,
        [ids],
        'lifecycle-load-cards',
      ),
      tx.query<SheetRow>(
        'select person_id, outcomes, fingerprint from determination_sheets where person_id = any($1::uuid[])',
        [ids],
        'lifecycle-load-sheets',
      ),
    ]);
    return assemble(rows, facts, cards, sheets);
  }

  /** Files for reading only: of a person and their household, without a lock. */
  async read(tx: Tx, personId: string): Promise<Map<string, LoadedPerson>> {
    const rows = await tx.query<PersonRow>(
      `select ${PERSON} from persons p where p.person_id = $1
         or p.household_id = (select h.household_id from persons h where h.person_id = $1)`,
      [personId],
    );
    return this.load(tx, rows);
  }

  /** Files for reading only, of many persons and everybody in their households, without a lock. */
  async readAll(tx: Tx, personIds: readonly string[]): Promise<Map<string, LoadedPerson>> {
    const rows = await tx.query<PersonRow>(
      `select ${PERSON} from persons p where p.person_id = any($1::uuid[])
       union
       select ${PERSON} from persons p
       where p.household_id in (select h.household_id from persons h where h.person_id = any($1::uuid[]) and h.household_id is not null)`,
      [personIds],
      'lifecycle-read-persons',
    );
    return this.load(tx, rows);
  }

  /** Writes back what differs from what was loaded, in as many statements as there are tables that changed. */
  async save(tx: Tx, changed: readonly ChangedPerson[]): Promise<void> {
    const persons = changed
      .filter(({ before, after }) => before !== after)
      .map(({ after, by }) => personRow(after, by));
    const facts = changed.flatMap(({ before, after }) =>
      Object.values(after.file.facts)
        .filter((fact) => before.file.facts[fact.name] !== fact)
        .flatMap((fact) => (fact.origin ? factRow(after.file, fact, fact.origin) : [])),
    );
    const cards = changed.flatMap(({ before, after }) =>
      Object.values(after.file.cards)
        .filter((card) => before.file.cards[card.cardId] !== card)
        .map((card) => cardRow(after.file, card)),
    );
    await Promise.all([
      persons.length > 0 && tx.query(UPDATE_PERSONS, [JSON.stringify(persons)], 'lifecycle-update-persons'),
      facts.length > 0 && tx.query(UPSERT_FACTS, [JSON.stringify(facts)], 'lifecycle-upsert-facts'),
      cards.length > 0 && tx.query(UPSERT_CARDS, [JSON.stringify(cards)], 'lifecycle-upsert-cards'),
    ]);
  }
}

/** A person before and after a decision. */
export interface ChangedPerson {
  readonly before: LoadedPerson;
  readonly after: LoadedPerson;
  /** Who is behind the newest change. */
  readonly by: ActorRef;
}

function assemble(
  rows: readonly PersonRow[],
  facts: readonly FactRow[],
  cards: readonly CardRow[],
  sheets: readonly SheetRow[],
): Map<string, LoadedPerson> {
  const factsOf = new Map<string, Record<string, KeptFact>>();
  const cardsOf = new Map<string, Record<string, KeptCard>>();
  const sheetOf = new Map(sheets.map((sheet) => [sheet.person_id, sheet]));
  for (const row of rows) {
    factsOf.set(row.person_id, {});
    cardsOf.set(row.person_id, {});
  }
  for (const row of facts) {
    factsOf.get(row.person_id)![row.name] = {
      factId: row.fact_id,
      name: row.name,
      value: row.value,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      withdrawn: row.withdrawn,
      version: row.version,
    };
  }
  for (const row of cards) {
    cardsOf.get(row.person_id)![row.card_id] = {
      cardId: row.card_id,
      version: row.version,
      status: row.status,
      category: row.category,
      grade: row.grade,
      components: row.components,
      issuedOn: row.issued_on,
      validTo: row.valid_to,
      cancelledOn: row.cancelled_on,
      left: row.has_left,
      takenOverAt: row.taken_over_at?.toISOString() ?? null,
      by: { id: row.changed_by, role: row.changed_role },
    };
  }
  return new Map(
    rows.map((row) => {
      const sheet = sheetOf.get(row.person_id);
      return [
        row.person_id,
        {
          file: {
            personId: row.person_id,
            divisionCode: row.division_code,
            birthDate: row.birth_date,
            sex: row.sex,
            householdId: row.household_id,
            diedOn: row.died_on,
            movedAwayOn: row.moved_away_on,
            versions: {
              identity: row.identity_version,
              place: row.place_version,
              presence: row.presence_version,
              death: row.death_version,
            },
            facts: factsOf.get(row.person_id)!,
            cards: cardsOf.get(row.person_id)!,
          },
          decision: row.decision,
          nextDay: row.next_day,
          pending: row.pending ?? [],
          outcomes: sheet ? fromDocuments(sheet.outcomes) : {},
          fingerprint: sheet?.fingerprint ?? null,
        },
      ];
    }),
  );
}

function personRow({ file, decision, nextDay, pending }: LoadedPerson, by: ActorRef) {
  return {
    person_id: file.personId,
    division_code: file.divisionCode,
    birth_date: file.birthDate,
    sex: file.sex,
    household_id: file.householdId,
    died_on: file.diedOn,
    moved_away_on: file.movedAwayOn,
    identity_version: file.versions.identity,
    place_version: file.versions.place,
    presence_version: file.versions.presence,
    death_version: file.versions.death,
    decision,
    next_day: nextDay,
    pending: pending.length > 0 ? pending : null,
    changed_by: by.id,
    changed_role: by.role,
  };
}

const UPDATE_PERSONS = `
  update persons p set division_code = u.division_code, birth_date = u.birth_date, sex = u.sex, household_id = u.household_id,
    died_on = u.died_on, moved_away_on = u.moved_away_on, identity_version = u.identity_version, place_version = u.place_version,
    presence_version = u.presence_version, death_version = u.death_version, decision = u.decision, next_day = u.next_day,
    pending = u.pending, changed_by = u.changed_by, changed_role = u.changed_role, changed_at = now()
  from json_to_recordset($1::json) as u (person_id uuid, division_code text, birth_date date, sex text, household_id uuid,
    died_on date, moved_away_on date, identity_version int, place_version int, presence_version int, death_version int,
    decision int, next_day date, pending jsonb, changed_by text, changed_role text)
  where p.person_id = u.person_id`;

function factRow(file: PersonFile, fact: KeptFact, { source, by }: FactOrigin) {
  return {
    person_id: file.personId,
    name: fact.name,
    fact_id: fact.factId,
    division_code: file.divisionCode,
    value: fact.value,
    source,
    valid_from: fact.validFrom,
    valid_to: fact.validTo,
    withdrawn: fact.withdrawn,
    version: fact.version,
    changed_by: by.id,
    changed_role: by.role,
  };
}

const UPSERT_FACTS = `
  insert into facts (person_id, name, fact_id, division_code, value, source, valid_from, valid_to, withdrawn, version,
    changed_by, changed_role)
  select person_id, name, fact_id, division_code, value, source, valid_from, valid_to, withdrawn,
    version, changed_by, changed_role
  from json_to_recordset($1::json) as u (person_id uuid, name text, fact_id uuid, division_code text, value jsonb, source jsonb,
    valid_from date, valid_to date, withdrawn boolean, version int, changed_by text, changed_role text)
  on conflict (person_id, name) do update set fact_id = excluded.fact_id, division_code = excluded.division_code,
    value = excluded.value, source = excluded.source, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    withdrawn = excluded.withdrawn, version = excluded.version, changed_by = excluded.changed_by,
    changed_role = excluded.changed_role, changed_at = now()
  where excluded.version > facts.version`;

function cardRow(file: PersonFile, card: KeptCard) {
  return {
    card_id: card.cardId,
    person_id: file.personId,
    division_code: file.divisionCode,
    version: card.version,
    status: card.status,
    category: card.category,
    grade: card.grade,
    components: card.components,
    issued_on: card.issuedOn,
    valid_to: card.validTo,
    cancelled_on: card.cancelledOn,
    has_left: card.left,
    taken_over_at: card.takenOverAt,
    changed_by: card.by.id,
    changed_role: card.by.role,
  };
}

const UPSERT_CARDS = `
  insert into cards (card_id, person_id, division_code, version, status, category, grade, components, issued_on, valid_to,
    cancelled_on, has_left, taken_over_at, changed_by, changed_role)
  select card_id, person_id, division_code, version, status, category, grade, components, issued_on, valid_to,
    cancelled_on, has_left, taken_over_at, changed_by, changed_role
  from json_to_recordset($1::json) as u (card_id uuid, person_id uuid, division_code text, version int, status text, category text,
    grade int, components jsonb, issued_on date, valid_to date, cancelled_on date, has_left boolean, taken_over_at timestamptz,
    changed_by text, changed_role text)
  on conflict (card_id) do update set division_code = excluded.division_code, version = excluded.version,
    status = excluded.status, category = excluded.category, grade = excluded.grade, components = excluded.components,
    issued_on = excluded.issued_on, valid_to = excluded.valid_to, cancelled_on = excluded.cancelled_on,
    has_left = excluded.has_left, taken_over_at = excluded.taken_over_at, changed_by = excluded.changed_by,
    changed_role = excluded.changed_role, changed_at = now()
  where excluded.version > cards.version`;
