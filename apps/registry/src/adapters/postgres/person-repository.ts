import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, ColumnCipher, lookingWith, type Role } from '@app/access';
import type { NewEvent, RecordedFact } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { IdentityNumberOnFile, PersonNotFound } from '../../domain/errors.js';
import { placesOfPerson, type FileDecision, type PersonFile, type StatedFact } from '../../domain/person.js';
import { OWNERS_OF_TOKENS } from './former-numbers.js';
import {
  FACT_COLUMNS,
  PERSON_COLUMNS,
  toFact,
  toPerson,
  type DeathRow,
  type FactRow,
  type PersonRow,
} from './person-rows.js';
import { SEARCH_SCHEME, SearchTokens } from './search-tokens.js';

/** The secrets of a person, as they are typed; they are encrypted here and leave only masked. */
export interface PersonSecrets {
  /** Null: there is none yet. */
  readonly identityNumber: string | null;
  readonly phone: string | null;
  readonly address: string | null;
}

export type Contacts = Pick<PersonSecrets, 'phone' | 'address'>;

/** A new state of a person's file beside the one that was loaded; `before` null for a new person. */
export interface FileChange {
  readonly before: PersonFile | null;
  readonly after: PersonFile;
  readonly events: readonly NewEvent[];
  readonly secrets?: Partial<SealedSecrets> | undefined;
  /** The reason that the user gave. */
  readonly why?: string | undefined;
}

/** Secrets as they are stored. */
export interface SealedSecrets {
  /** Null: there is none yet. */
  readonly identityNumber: string | null;
  readonly phone: string | null;
  readonly address: string | null;
}

const IDENTITY_COLUMN = 'registry.persons.identity_number';
const PHONE_COLUMN = 'registry.persons.phone';
const ADDRESS_COLUMN = 'registry.persons.address';

/** The one way to write a person: row lock, pure decision, state and facts for the outbox in one transaction. */
@Injectable()
export class PersonRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly cipher: ColumnCipher,
    private readonly searchTokens: SearchTokens,
  ) {}

  /** Search token of a number, as it is stored and published. */
  tokenOf(identityNumber: string): string {
    return this.cipher.blindIndex('identity', identityNumber);
  }

  seal(secrets: PersonSecrets): SealedSecrets {
    return {
      identityNumber:
        secrets.identityNumber === null ? null : this.cipher.encrypt(IDENTITY_COLUMN, secrets.identityNumber),
      phone: secrets.phone === null ? null : this.cipher.encrypt(PHONE_COLUMN, secrets.phone),
      address: secrets.address === null ? null : this.cipher.encrypt(ADDRESS_COLUMN, secrets.address),
    };
  }

  /** Only the secrets that are given; undefined if none is. */
  sealSome(secrets: Partial<PersonSecrets>): Partial<SealedSecrets> | undefined {
    const columns = { identityNumber: IDENTITY_COLUMN, phone: PHONE_COLUMN, address: ADDRESS_COLUMN };
    const given = Object.entries(secrets).filter((entry): entry is [keyof typeof columns, string] =>
      Boolean(entry[1]),
    );
    if (given.length === 0) return undefined;
    return Object.fromEntries(
      given.map(([name, plain]) => [name, this.cipher.encrypt(columns[name], plain)]),
    );
  }

  /**
   * One person's file changed by a user who may act where the person is.
   * @param why the reason that the user gave, for the audit log
   * @param also what changes together with the person, in the same transaction
   * @throws PersonNotFound if there is none, or none within the user's reach
   */
  async change(
    actor: Actor,
    needed: readonly Role[],
    personId: string,
    decide: (file: PersonFile) => FileDecision,
    {
      secrets,
      why,
      also,
    }: {
      readonly secrets?: Partial<SealedSecrets> | undefined;
      readonly why?: string;
      readonly also?: (tx: Tx, after: PersonFile) => Promise<void>;
    } = {},
  ): Promise<PersonFile> {
    const found = await this.placesOf(actor, personId);
    const who = actingAs(actor, needed, found.places);
    const work = async (tx: Tx) => {
      const [before] = await this.load(tx, [found.personId]);
      // The person may have moved between the two looks.
      if (!before) throw new PersonNotFound();
      actingAs(actor, needed, placesOfPerson(before.person));
      const { state, events } = decide(before);
      const save = () => this.save(tx, [{ before, after: state, events, secrets, why }]);
      // Whoever may move somebody may move them out of their own reach.
      await (movedIn(before, state) ? tx.asService(save) : save());
      await also?.(tx, state);
      return plain(state);
    };
    return withFacts(await this.database.command(who, work).catch(onFile));
  }

  /**
   * A new person, and what is known of them at once.
   * @param also what comes on file together with the person, in the same transaction
   * @throws IdentityNumberOnFile also for a number that somebody had
   */
  async add(
    actor: Actor,
    needed: readonly Role[],
    build: () => FileDecision,
    secrets: SealedSecrets,
    also?: (tx: Tx, after: PersonFile) => Promise<void>,
  ) {
    const { state, events } = build();
    const who = actingAs(actor, needed, state.person.divisionCode);
    const work = async (tx: Tx) => {
      // Only of those in reach the caller learns who it is; the others answer by the unique number.
      const owner = () => tx.query<{ person_id: string }>(OWNERS_OF_TOKENS, [[state.person.identityToken]]);
      const [taken] = await owner();
      if (taken) throw new IdentityNumberOnFile(taken.person_id);
      const [elsewhere] = await tx.asService(owner);
      if (elsewhere) throw new IdentityNumberOnFile(null);
      await this.save(tx, [{ before: null, after: state, events, secrets }]);
      await also?.(tx, state);
      return plain(state);
    };
    return withFacts(await this.database.command(who, work).catch(onFile));
  }

  /**
   * Which of these search tokens belong to somebody on file anywhere: a roster that names a person of another place must say so in that
   * row, and not fail as a whole. Nothing but the token is learnt.
   */
  async tokensOnFile(tx: Tx, tokens: readonly string[]): Promise<Set<string>> {
    if (tokens.length === 0) return new Set();
    const rows = await tx.asService(() =>
      tx.query<{ identity_token: string }>(`select identity_token from (${OWNERS_OF_TOKENS}) o`, [tokens]),
    );
    return new Set(rows.map(({ identity_token }) => identity_token));
  }

  /** Phones and addresses on file, opened: to see whether a roster says something new. */
  async contactsOf(tx: Tx, personIds: readonly string[]): Promise<Map<string, Contacts>> {
    const rows = await tx.query<{ person_id: string; phone: string | null; address: string | null }>(
      'select person_id, phone, address from persons where person_id = any($1::uuid[])',
      [personIds],
    );
    return new Map(
      rows.map(({ person_id, phone, address }) => [
        person_id,
        {
          phone: phone && this.cipher.decrypt(PHONE_COLUMN, phone),
          address: address && this.cipher.decrypt(ADDRESS_COLUMN, address),
        },
      ]),
    );
  }

  /** Days of deaths that were recorded and taken back, by person. */
  async deathsTakenBack(tx: Tx, personIds: readonly string[]): Promise<Map<string, Set<string>>> {
    const rows = await tx.query<{ person_id: string; died_on: string }>(
      'select person_id, died_on from deaths where person_id = any($1::uuid[]) and withdrawn_at is not null',
      [personIds],
    );
    const days = new Map<string, Set<string>>();
    for (const row of rows) {
      days.set(row.person_id, (days.get(row.person_id) ?? new Set()).add(row.died_on));
    }
    return days;
  }

  /** Of everybody on file the next so many, in the order of their ids. */
  async inOrder(tx: Tx, after: string | null, limit: number): Promise<PersonFile[]> {
    const rows = await tx.query<{ person_id: string }>(
      `select person_id from persons where merged_into is null and ($1::uuid is null or person_id > $1::uuid)
       order by person_id limit $2`,
      [after, limit],
    );
    return this.load(
      tx,
      rows.map(({ person_id }) => person_id),
    );
  }

  /** Files by person id, locked in one order, in the order of the ids. */
  load(tx: Tx, personIds: readonly string[]): Promise<PersonFile[]> {
    return this.loadWhere(tx, 'p.person_id = any($1::uuid[]) and p.merged_into is null', personIds);
  }

  /** The file that was merged into another, as it was, whoever sees it. @throws PersonNotFound if it is in no such way */
  async loadMerged(tx: Tx, personId: string, into: string): Promise<PersonFile> {
    const [file] = await tx.asService(() =>
      this.loadWhere(tx, 'p.person_id = any($1::uuid[]) and p.merged_into = $2', [personId], into),
    );
    if (!file) throw new PersonNotFound();
    return file;
  }

  /** What these facts said, also if they hold no longer; to be stated again. */
  async factsById(tx: Tx, factIds: readonly string[]): Promise<StatedFact[]> {
    if (factIds.length === 0) return [];
    const rows = await tx.query<FactRow>(
      `select ${FACT_COLUMNS} from facts where fact_id = any($1::uuid[])`,
      [factIds],
    );
    return rows.map((row) => {
      const { factId: _, ...stated } = toFact(row);
      return stated;
    });
  }

  /**
   * Files by search token of the identity number, locked in one order. The token of a file that was merged into another is that one's, and
   * a number that was changed is still its person's, unless their own is among them.
   */
  async loadByTokens(tx: Tx, tokens: readonly string[]): Promise<Map<string, PersonFile>> {
    if (tokens.length === 0) return new Map();
    const known = await tx.query<{ identity_token: string; person_id: string }>(OWNERS_OF_TOKENS, [tokens]);
    const files = await this.load(tx, [...new Set(known.map(({ person_id }) => person_id))]);
    const fileOf = new Map(files.map((file) => [file.person.personId, file]));
    const byToken = new Map<string, PersonFile>();
    const taken = new Set<string>();
    const own = ({ identity_token, person_id }: { identity_token: string; person_id: string }) =>
      fileOf.get(person_id)?.person.identityToken === identity_token;
    for (const row of [...known.filter(own), ...known.filter((row) => !own(row))]) {
      const file = fileOf.get(row.person_id);
      // Two rows of one piece about one person: the second would be decided on what the first has changed.
      if (!file || taken.has(row.person_id)) continue;
      taken.add(row.person_id);
      byToken.set(row.identity_token, file);
    }
    return byToken;
  }

  /** Saves changed files and their facts, set-based: one statement per table, however many persons. */
  async save(tx: Tx, changes: readonly FileChange[]): Promise<void> {
    const added = changes.filter(({ before }) => before === null);
    const updated = changes.filter(
      ({ before, after, secrets }) => before && (before.person !== after.person || secrets),
    );
    const saved: Promise<unknown>[] = [];
    if (added.length > 0) saved.push(this.insertPersons(tx, added));
    if (updated.length > 0) saved.push(this.updatePersons(tx, updated));
    saved.push(
      ...this.saveDeaths(tx, updated),
      ...this.saveFacts(tx, changes),
      ...this.confirmFacts(tx, changes),
      this.searchTokens.write(
        tx,
        changes.filter(foundOtherwise).map(({ after }) => after.person),
        updated.filter(foundOtherwise).map(({ after }) => after.person.personId),
      ),
    );
    await Promise.all(saved);
    audit(tx, changes);
    this.outbox.append(
      tx,
      changes.flatMap(({ events }) => events),
    );
  }

  /** Of a file that was merged into another: that one, and its places. */
  private async placesOf(actor: Actor, personId: string): Promise<{ personId: string; places: string[] }> {
    const [row] = await this.database.query<{
      person_id: string;
      division_code: string;
      away_to: string | null;
    }>(
      lookingWith(actor, 'person:read'),
      `select p.person_id, p.division_code, p.away_to from persons p
       where p.person_id = coalesce((select merged_into from persons where person_id = $1), $1)`,
      [personId],
    );
    if (!row) throw new PersonNotFound();
    return { personId: row.person_id, places: [row.division_code, ...(row.away_to ? [row.away_to] : [])] };
  }

  private async loadWhere(
    tx: Tx,
    where: string,
    keys: readonly string[],
    ...more: readonly string[]
  ): Promise<PersonFile[]> {
    if (keys.length === 0) return [];
    const persons = await tx.query<PersonRow>(
      `select ${PERSON_COLUMNS} from persons p where ${where} order by p.person_id for update`,
      [keys, ...more],
    );
    const ids = persons.map(({ person_id }) => person_id);
    const dead = persons.filter(({ died_on }) => died_on !== null).map(({ person_id }) => person_id);
    const [facts, deaths] = await Promise.all([
      tx.query<FactRow>(
        `select ${FACT_COLUMNS} from facts where person_id = any($1::uuid[]) and state = 'current'`,
        [ids],
      ),
      dead.length === 0
        ? Promise.resolve<DeathRow[]>([])
        : tx.query<DeathRow>(
            `select person_id, source_kind, source_reference, source_as_of
             from deaths where person_id = any($1::uuid[]) and withdrawn_at is null`,
            [dead],
          ),
    ]);
    const deathOf = new Map(deaths.map((death) => [death.person_id, death]));
    const factsOf = new Map(ids.map((id) => [id, new Map<string, RecordedFact>()]));
    const confirmedOf = new Map(ids.map((id) => [id, new Map<string, string>()]));
    for (const fact of facts) {
      factsOf.get(fact.person_id)!.set(fact.name, toFact(fact));
      confirmedOf.get(fact.person_id)!.set(fact.name, fact.confirmed_as_of);
    }
    return persons.map((row) => ({
      person: toPerson(row, deathOf.get(row.person_id)),
      facts: factsOf.get(row.person_id)!,
      confirmed: confirmedOf.get(row.person_id)!,
      ended: [],
      deathWithdrawn: null,
    }));
  }

  private insertPersons(tx: Tx, added: readonly FileChange[]): Promise<unknown> {
    const persons = added.map(({ after }) => after.person);
    return tx.query(
      `insert into persons (person_id, division_code, version, name, sex, birth_date, identity_token, household_id, relation,
                            identity_number, phone, address, search_scheme, created_by, created_role, changed_by, changed_role)
       select u.*, ${SEARCH_SCHEME}, $13, $14, $13, $14
       from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::text[], $8::uuid[], $9::text[],
                   $10::text[], $11::text[], $12::text[]) u`,
      [
        persons.map((person) => person.personId),
        persons.map((person) => person.divisionCode),
        persons.map((person) => person.version),
        persons.map((person) => person.name),
        persons.map((person) => person.sex),
        persons.map((person) => person.birthDate),
        persons.map((person) => person.identityToken),
        persons.map((person) => person.householdId),
        persons.map((person) => person.relation),
        added.map(({ secrets }) => secrets?.identityNumber),
        added.map(({ secrets }) => secrets?.phone ?? null),
        added.map(({ secrets }) => secrets?.address ?? null),
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  /** A secret that is not given stays as it is. */
  private updatePersons(tx: Tx, updated: readonly FileChange[]): Promise<unknown> {
    const persons = updated.map(({ after }) => after.person);
    return tx.query(
      `update persons p
       set division_code = u.division_code, version = u.version, name = u.name, sex = u.sex, birth_date = u.birth_date,
           identity_token = u.identity_token, household_id = u.household_id, relation = u.relation,
           died_on = u.died_on, death_fact_id = u.death_fact_id, away_to = u.away_to, away_on = u.away_on,
           identity_number = coalesce(u.identity_number, p.identity_number),
           phone = coalesce(u.phone, p.phone), address = coalesce(u.address, p.address),
           changed_by = $17, changed_role = $18, changed_at = now()
       from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::text[], $8::uuid[], $9::text[],
                   $10::date[], $11::uuid[], $12::text[], $13::date[], $14::text[], $15::text[], $16::text[])
         as u (person_id, division_code, version, name, sex, birth_date, identity_token, household_id, relation,
               died_on, death_fact_id, away_to, away_on, identity_number, phone, address)
       where p.person_id = u.person_id`,
      [
        persons.map((person) => person.personId),
        persons.map((person) => person.divisionCode),
        persons.map((person) => person.version),
        persons.map((person) => person.name),
        persons.map((person) => person.sex),
        persons.map((person) => person.birthDate),
        persons.map((person) => person.identityToken),
        persons.map((person) => person.householdId),
        persons.map((person) => person.relation),
        persons.map((person) => person.death?.diedOn ?? null),
        persons.map((person) => person.death?.factId ?? null),
        persons.map((person) => person.away?.to ?? null),
        persons.map((person) => person.away?.on ?? null),
        updated.map(({ secrets }) => secrets?.identityNumber ?? null),
        updated.map(({ secrets }) => secrets?.phone ?? null),
        updated.map(({ secrets }) => secrets?.address ?? null),
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  private saveDeaths(tx: Tx, updated: readonly FileChange[]): Promise<unknown>[] {
    const recorded = updated.filter(
      ({ before, after }) => after.person.death && after.person.death.factId !== before?.person.death?.factId,
    );
    const withdrawn = updated.filter(({ after }) => after.deathWithdrawn);
    const saved: Promise<unknown>[] = [];
    if (withdrawn.length > 0) {
      saved.push(
        tx.query(
          `update deaths d set withdrawn_by = $3, withdrawn_role = $4, withdrawn_at = now(), withdrawn_reason = u.reason
           from unnest($1::uuid[], $2::text[]) as u (fact_id, reason) where d.fact_id = u.fact_id`,
          [
            withdrawn.map(({ after }) => after.deathWithdrawn!.factId),
            withdrawn.map(({ after }) => after.deathWithdrawn!.reason),
            tx.actor.id,
            tx.actor.role,
          ],
        ),
      );
    }
    if (recorded.length > 0) {
      const deaths = recorded.map(({ after }) => after.person.death!);
      saved.push(
        tx.query(
          `insert into deaths (fact_id, person_id, division_code, died_on, source_kind, source_reference, source_as_of,
                               recorded_by, recorded_role)
           select u.*, $8, $9
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::text[], $6::text[], $7::date[]) u`,
          [
            deaths.map((death) => death.factId),
            recorded.map(({ after }) => after.person.personId),
            recorded.map(({ after }) => after.person.divisionCode),
            deaths.map((death) => death.diedOn),
            deaths.map((death) => death.source.kind),
            deaths.map((death) => death.source.reference),
            deaths.map((death) => death.source.asOf),
            tx.actor.id,
            tx.actor.role,
          ],
        ),
      );
    }
    return saved;
  }

  /** A source said again what is on file: only the day is kept. */
  private confirmFacts(tx: Tx, changes: readonly FileChange[]): Promise<unknown>[] {
    const confirmed = changes.flatMap(({ before, after }) =>
      before === null || before.confirmed === after.confirmed
        ? []
        : [...after.confirmed]
            .filter(([name, asOf]) => {
              const same = before.facts.get(name)?.factId === after.facts.get(name)?.factId;
              return same && before.confirmed.get(name) !== asOf;
            })
            .map(([name, asOf]) => ({ factId: after.facts.get(name)!.factId, asOf })),
    );
    if (confirmed.length === 0) return [];
    return [
      tx.query(
        `update facts f set confirmed_as_of = u.as_of
         from unnest($1::uuid[], $2::date[]) as u (fact_id, as_of) where f.fact_id = u.fact_id`,
        [confirmed.map(({ factId }) => factId), confirmed.map(({ asOf }) => asOf)],
      ),
    ];
  }

  private saveFacts(tx: Tx, changes: readonly FileChange[]): Promise<unknown>[] {
    const ended = changes.flatMap(({ after }) => after.ended);
    const recorded = changes.flatMap(({ before, after }) =>
      [...after.facts.values()]
        .filter((fact) => before?.facts.get(fact.name)?.factId !== fact.factId)
        .map((fact) => ({ fact, person: after.person })),
    );
    const saved: Promise<unknown>[] = [];
    // First the ends: a name has one current fact.
    if (ended.length > 0) {
      saved.push(
        tx.query(
          `update facts f set state = u.state, ended_reason = u.reason, ended_by = $4, ended_role = $5, ended_at = now()
           from unnest($1::uuid[], $2::text[], $3::text[]) as u (fact_id, state, reason)
           where f.fact_id = u.fact_id`,
          [
            ended.map(({ factId }) => factId),
            ended.map(({ as }) => as),
            ended.map(({ reason }) => reason),
            tx.actor.id,
            tx.actor.role,
          ],
        ),
      );
    }
    if (recorded.length > 0) {
      saved.push(
        tx.query(
          `insert into facts (fact_id, person_id, division_code, version, name, value, source_kind, source_reference,
                              source_as_of, confirmed_as_of, valid_from, valid_to, recorded_by, recorded_role)
           select u.fact_id, u.person_id, u.division_code, u.version, u.name, u.value::jsonb, u.source_kind,
                  u.source_reference, u.source_as_of, u.source_as_of, u.valid_from, u.valid_to, $12, $13
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::date[], $10::date[], $11::date[])
             as u (fact_id, person_id, division_code, version, name, value, source_kind, source_reference,
                   source_as_of, valid_from, valid_to)`,
          [
            recorded.map(({ fact }) => fact.factId),
            recorded.map(({ person }) => person.personId),
            recorded.map(({ person }) => person.divisionCode),
            recorded.map(({ person }) => person.version),
            recorded.map(({ fact }) => fact.name),
            recorded.map(({ fact }) => JSON.stringify(fact.value)),
            recorded.map(({ fact }) => fact.source.kind),
            recorded.map(({ fact }) => fact.source.reference),
            recorded.map(({ fact }) => fact.source.asOf),
            recorded.map(({ fact }) => fact.validFrom),
            recorded.map(({ fact }) => fact.validTo),
            tx.actor.id,
            tx.actor.role,
          ],
        ),
      );
    }
    return saved;
  }
}

/** Whether somebody is seen at other places than before. */
function movedIn({ person: before }: PersonFile, { person: after }: PersonFile): boolean {
  return before.divisionCode !== after.divisionCode || before.away?.to !== after.away?.to;
}

/** Whether a change makes somebody be found by another name, or at another place. */
function foundOtherwise({ before, after }: FileChange): boolean {
  return before === null || before.person.name !== after.person.name || movedIn(before, after);
}

/** What others are told is audited with the telling; this is the rest: reasons, contacts, and statements that were no news. */
function audit(tx: Tx, changes: readonly FileChange[]): void {
  for (const { events, why } of changes) if (why && events[0]) tx.audit({ what: events[0].type, why });
  const secret = changes.filter(({ secrets }) => secrets);
  if (secret.length > 0) {
    const fields = [...new Set(secret.flatMap(({ secrets }) => Object.keys(secrets ?? {})))];
    tx.audit({ what: 'person.secrets-changed', personIds: idsOf(secret), detail: { fields } });
  }
  const noNews = changes.filter(({ events, secrets }) => events.length === 0 && !secrets);
  if (noNews.length > 0) tx.audit({ what: 'person.confirmed', personIds: idsOf(noNews) });
}

function idsOf(changes: readonly FileChange[]): string[] {
  return changes.map(({ after }) => after.person.personId);
}

/** A command's result is kept as JSON for a repeated request, and a Map is none. */
function plain(file: PersonFile) {
  return { ...file, facts: [...file.facts.values()], confirmed: [...file.confirmed] };
}

function withFacts(file: ReturnType<typeof plain>): PersonFile {
  return {
    ...file,
    facts: new Map(file.facts.map((fact) => [fact.name, fact])),
    confirmed: new Map(file.confirmed),
  };
}

/** One number for two files at the same moment: the database lets one through. @returns for `catch` */
export function numberTaken(refusal: () => Error): (error: unknown) => never {
  return (error) => {
    const { code, constraint } = error as { code?: string; constraint?: string };
    const taken = constraint === 'persons_identity_token_key' || constraint === 'former_numbers_theirs';
    throw code === '23505' && taken ? refusal() : error;
  };
}

const onFile = numberTaken(() => new IdentityNumberOnFile(null));
