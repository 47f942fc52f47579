import { Injectable } from '@nestjs/common';
import {
  actingAs,
  ColumnCipher,
  lookingWith,
  permissions,
  Sensitive,
  type Actor,
  type Permission,
} from '@app/access';
import { deathClearedV1, deathSuspectedV1 } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import {
  openStatuses,
  placeAround,
  type Candidate,
  type DeathMatch,
  type ListedDeath,
  type MatchReason,
  type MatchStatus,
  type PersonOnFile,
} from '../../domain/death-match.js';
import { DeathMatchNotFound } from '../../domain/death-match-errors.js';
import { readingOf } from '@app/names';
import { SearchTokens } from './search-tokens.js';

/** A row of a death list that may mean somebody on file. */
export interface NewMatch {
  readonly row: number;
  readonly said: ListedDeath & { readonly rowToken: string; readonly address: string | null };
  readonly candidates: readonly Candidate[];
  /** Where the candidates live. */
  readonly places: readonly string[];
}

/** What became of the same row before. */
export interface KnownMatch {
  readonly matchId: string;
  readonly isOpen: boolean;
  readonly isMatched: boolean;
  readonly candidates: readonly string[];
}

/** A person whom a row may mean, as the list shows them. */
export interface ShownCandidate {
  readonly personId: string;
  readonly name: Sensitive;
  /** Null: there is none yet. */
  readonly identityNumber: Sensitive | null;
  readonly birthDate: string;
  readonly divisionCode: string;
  readonly diedOn: string | null;
  readonly reasons: readonly MatchReason[];
}

/** A row that waits for a decision, as the list shows it. */
export interface ShownMatch {
  readonly matchId: string;
  readonly status: MatchStatus;
  readonly importId: string;
  readonly row: number;
  readonly name: Sensitive;
  readonly identityNumber: Sensitive | null;
  readonly birthDate: string | null;
  readonly divisionCode: string | null;
  readonly address: Sensitive | null;
  readonly diedOn: string;
  readonly candidates: readonly ShownCandidate[];
  /** Whom somebody proposed. */
  readonly chosenId: string | null;
  readonly proposedBy: string | null;
  /** Why it was proposed, or what the sender was asked. */
  readonly reason: string | null;
  readonly foundAt: string;
}

/** A row under its lock, with the list that it stands on. */
export interface LockedMatch extends DeathMatch {
  readonly matchId: string;
  readonly diedOn: string;
  readonly asOf: string;
  readonly importId: string;
  readonly row: number;
}

/** What a user's decision makes of it. */
export type MatchStep =
  | { readonly status: 'proposed'; readonly chosenId: string; readonly reason: string }
  | { readonly status: 'open' | 'asked' | 'nobody'; readonly reason: string }
  | { readonly status: 'matched' };

interface Said {
  readonly name: string;
  readonly number: string | null;
  readonly birthDate: string | null;
  readonly divisionCode: string | null;
  readonly address: string | null;
}

interface MatchRow {
  match_id: string;
  status: MatchStatus;
  import_id: string;
  row_no: number;
  said: string | null;
  died_on: string;
  as_of: string;
  chosen_id: string | null;
  reason: string | null;
  proposed_by: string | null;
  proposed_role: string | null;
  proposed_on_behalf_of: string | null;
  found_at: Date;
}

interface CandidateRow {
  match_id: string;
  person_id: string;
  reasons: MatchReason[];
  name: string;
  identity_number: string | null;
  birth_date: string;
  division_code: string;
  died_on: string | null;
}

interface SuspectedPerson {
  readonly matchId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly diedOn: string;
  /** The file that stands for theirs. */
  readonly current: string;
}

const SAID = 'registry.death_matches.said';
const NUMBER = 'registry.persons.identity_number';
const OPEN = openStatuses.map((status) => `'${status}'`).join(', ');
const COLUMNS = `m.match_id, m.status, m.import_id, m.row_no, m.said, m.died_on, m.as_of, m.chosen_id, m.reason, m.proposed_by,
  m.proposed_role, m.proposed_on_behalf_of, m.found_at`;

/** Rows of death lists that may mean somebody on file, and what users decided about them. */
@Injectable()
export class DeathMatches {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly tokens: SearchTokens,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Of all that a row says: the same row on another list has the same. */
  tokenOf({ name, number, birthDate, divisionCode, diedOn }: Omit<ListedDeath, 'reading'>): string {
    return this.cipher.blindIndex('name', ['death', name, number, birthDate, divisionCode, diedOn].join('|'));
  }

  /**
   * Everybody whose name is read in one of these ways, wherever they live: the caller keeps to the reach of who sends the list. A member
   * unit may not search by name, so it is the service that looks. Numbers are opened in memory only.
   */
  async soundingAlike(tx: Tx, readings: readonly string[]): Promise<Map<string, PersonOnFile[]>> {
    const wanted = new Map(
      [...new Set(readings)].map((reading) => [this.tokens.tokenOf(reading.replaceAll(' ', '')), reading]),
    );
    const rows = await tx.asService(() =>
      tx.query<Omit<CandidateRow, 'match_id' | 'reasons'> & { token: string }>(
        `select distinct t.token, p.person_id, p.name, p.birth_date, p.division_code, p.identity_number, p.died_on
         from person_search_tokens t join persons p using (person_id)
         where t.token = any($1::bigint[]) and p.merged_into is null`,
        [[...wanted.keys()]],
      ),
    );
    const alike = new Map<string, PersonOnFile[]>();
    for (const row of rows) {
      const reading = wanted.get(row.token)!;
      // The beginning of a longer name has the same token.
      if (readingOf(row.name) !== reading) continue;
      const person: PersonOnFile = {
        personId: row.person_id,
        name: row.name,
        reading,
        birthDate: row.birth_date,
        divisionCode: row.division_code,
        number: row.identity_number && this.cipher.decrypt(NUMBER, row.identity_number),
        diedOn: row.died_on,
      };
      alike.set(reading, [...(alike.get(reading) ?? []), person]);
    }
    return alike;
  }

  /** What became of these rows on other lists, or before. */
  async known(tx: Tx, rowTokens: readonly string[]): Promise<Map<string, KnownMatch[]>> {
    if (rowTokens.length === 0) return new Map();
    const rows = await tx.asService(() =>
      tx.query<{ row_token: string; match_id: string; status: MatchStatus; candidates: string[] }>(
        `select m.row_token, m.match_id, m.status,
           array(select c.person_id::text from death_match_candidates c where c.match_id = m.match_id) as candidates
         from death_matches m where m.row_token = any($1::text[])`,
        [rowTokens],
      ),
    );
    const known = new Map<string, KnownMatch[]>();
    for (const { row_token, match_id, status, candidates } of rows) {
      const match: KnownMatch = {
        matchId: match_id,
        isOpen: status !== 'matched' && status !== 'nobody',
        isMatched: status === 'matched',
        candidates,
      };
      known.set(row_token, [...(known.get(row_token) ?? []), match]);
    }
    return known;
  }

  /**
   * New ones, and rows that wait for the decision about one that is known. A row that another list brought at the same moment meets the
   * unique token, and the piece is worked through again.
   */
  async add(
    tx: Tx,
    list: { readonly importId: string; readonly asOf: string },
    matches: readonly NewMatch[],
    repeated: readonly { readonly row: number; readonly matchId: string }[],
  ): Promise<void> {
    const made = matches.map((match) => ({ ...match, matchId: randomUUID() }));
    const rows = [...repeated, ...made];
    if (rows.length === 0) return;
    await tx.asService(async () => {
      await tx.query(
        `insert into death_matches (match_id, division_code, row_token, said, died_on, as_of, import_id, row_no, status, found_at, told)
         select u.match_id, u.division_code, u.row_token, u.said, u.died_on, $6, $7, u.row_no, 'open', $8, true
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $9::int[])
           as u (match_id, division_code, row_token, said, died_on, row_no)`,
        [
          made.map(({ matchId }) => matchId),
          made.map(({ places }) => placeAround(places)),
          made.map(({ said }) => said.rowToken),
          made.map(({ said }) => this.seal(said)),
          made.map(({ said }) => said.diedOn),
          list.asOf,
          list.importId,
          this.clock.now(),
          made.map(({ row }) => row),
        ],
      );
      const candidates = made.flatMap(({ matchId, candidates: these }) =>
        these.map((candidate) => ({ matchId, ...candidate })),
      );
      await tx.query(
        `insert into death_match_candidates (match_id, person_id, reasons)
         select u.match_id, u.person_id, string_to_array(u.reasons, ',')
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as u (match_id, person_id, reasons)`,
        [
          candidates.map(({ matchId }) => matchId),
          candidates.map(({ personId }) => personId),
          candidates.map(({ reasons }) => reasons.join(',')),
        ],
      );
      await tx.query(
        `insert into death_match_rows (import_id, row_no, match_id)
         select $1, u.row_no, u.match_id from unnest($2::int[], $3::uuid[]) as u (row_no, match_id)
         on conflict do nothing`,
        [list.importId, rows.map(({ row }) => row), rows.map(({ matchId }) => matchId)],
      );
    });
    await this.tell(
      tx,
      made.map(({ matchId }) => matchId),
    );
  }

  /** Tells whom the next so many open rows may mean of which nobody was told. @returns how many */
  async tellUntold(tx: Tx, limit: number): Promise<number> {
    const untold = await tx.query<{ match_id: string }>(
      `update death_matches set told = true where match_id in (
         select match_id from death_matches where not told and status in (${OPEN}) order by found_at limit $1 for update)
       returning match_id`,
      [limit],
    );
    await this.tell(
      tx,
      untold.map(({ match_id }) => match_id),
    );
    return untold.length;
  }

  private async tell(tx: Tx, matchIds: readonly string[]): Promise<void> {
    const suspected = await this.suspectedBy(tx, matchIds);
    this.outbox.append(
      tx,
      suspected.map(({ current: _, ...person }) => deathSuspectedV1.of(person)),
    );
  }

  /** Who is suspected to be dead by these rows, under the id that it was told of. Whose death is on file already is none of them. */
  private async suspectedBy(tx: Tx, matchIds: readonly string[]): Promise<SuspectedPerson[]> {
    if (matchIds.length === 0) return [];
    return tx.asService(() =>
      tx.query<SuspectedPerson>(
        `select c.match_id as "matchId", c.person_id as "personId", p.division_code as "divisionCode", m.died_on as "diedOn",
           coalesce(p.merged_into, p.person_id) as current
         from death_match_candidates c join death_matches m using (match_id) join persons p using (person_id)
         where c.match_id = any($1::uuid[]) and not 'dead-that-day' = any(c.reasons)
         order by c.match_id, c.person_id`,
        [matchIds],
      ),
    );
  }

  private seal({ name, number, birthDate, divisionCode, address }: Said): string {
    const said: Said = { name, number, birthDate, divisionCode, address };
    return this.cipher.encrypt(SAID, JSON.stringify(said));
  }

  /** What waits for a decision and has all its candidates in the actor's reach, oldest first. */
  async page(actor: Actor, page: { after: string | null; limit: number }): Promise<ShownMatch[]> {
    const reader = lookingWith(actor, 'person:record-death', 'person:withdraw-death');
    const rows = await this.database.query<MatchRow>(
      reader,
      `select ${COLUMNS} from death_matches m
       where m.status in (${OPEN}) and ($1::uuid is null or (m.found_at, m.match_id) >
         ((select a.found_at from death_matches a where a.match_id = $1), $1::uuid))
       order by m.found_at, m.match_id limit $2`,
      [page.after, page.limit],
    );
    // A file that was merged into another stands for that one.
    const candidates = await this.database.query<CandidateRow>(
      reader,
      `select c.match_id, p.person_id, c.reasons, p.name, p.identity_number, p.birth_date, p.division_code, p.died_on
       from death_match_candidates c join persons o on o.person_id = c.person_id
       join persons p on p.person_id = coalesce(o.merged_into, o.person_id)
       where c.match_id = any($1::uuid[]) order by c.match_id, p.person_id`,
      [rows.map(({ match_id }) => match_id)],
    );
    return rows.map((row) =>
      this.shown(
        row,
        candidates.filter(({ match_id }) => match_id === row.match_id),
      ),
    );
  }

  /** The place of a row that may mean several: whoever decides reaches all of them. @throws DeathMatchNotFound */
  private async placeOf(actor: Actor, matchId: string): Promise<string> {
    const [row] = await this.database.query<{ division_code: string }>(
      lookingWith(actor, 'person:record-death', 'person:withdraw-death'),
      'select division_code from death_matches where match_id = $1',
      [matchId],
    );
    if (!row) throw new DeathMatchNotFound();
    return row.division_code;
  }

  /** A row as it stands, without a lock. @throws DeathMatchNotFound */
  seen(actor: Actor, matchId: string): Promise<LockedMatch> {
    return this.database.read(lookingWith(actor, 'person:record-death', 'person:withdraw-death'), (tx) =>
      this.one(tx, matchId),
    );
  }

  /** @throws DeathMatchNotFound, NotAllowed, and as the decision */
  async decide(
    actor: Actor,
    needed: Permission,
    matchId: string,
    decide: (match: LockedMatch, by: Tx['actor']) => MatchStep,
  ): Promise<void> {
    const who = actingAs(actor, permissions[needed], await this.placeOf(actor, matchId));
    await this.database.command(who, async (tx) => {
      const match = await this.lock(tx, matchId);
      await this.step(tx, match, decide(match, tx.actor));
    });
  }

  /** @throws DeathMatchNotFound */
  lock(tx: Tx, matchId: string): Promise<LockedMatch> {
    return this.one(tx, matchId, 'for update');
  }

  private async one(tx: Tx, matchId: string, lock: 'for update' | '' = ''): Promise<LockedMatch> {
    const [row] = await tx.query<MatchRow>(
      `select ${COLUMNS} from death_matches m where m.match_id = $1 ${lock}`,
      [matchId],
    );
    if (!row) throw new DeathMatchNotFound();
    const candidates = await tx.query<{ person_id: string }>(
      `select coalesce(p.merged_into, p.person_id) as person_id
       from death_match_candidates c join persons p using (person_id) where c.match_id = $1`,
      [matchId],
    );
    return {
      matchId,
      status: row.status,
      candidates: candidates.map(({ person_id }) => person_id),
      chosenId: row.chosen_id,
      proposedBy:
        row.proposed_by && row.proposed_role
          ? { id: row.proposed_by, role: row.proposed_role, onBehalfOf: row.proposed_on_behalf_of }
          : null,
      diedOn: row.died_on,
      asOf: row.as_of,
      importId: row.import_id,
      row: row.row_no,
    };
  }

  /** Writes a step down; what is decided becomes the outcome of the rows that wait for it. */
  async step(tx: Tx, match: LockedMatch, step: MatchStep): Promise<void> {
    const { matchId } = match;
    const { id, role, onBehalfOf } = tx.actor;
    const isDecided = step.status === 'matched' || step.status === 'nobody';
    const chosenId =
      step.status === 'proposed' ? step.chosenId : step.status === 'matched' ? match.chosenId : null;
    const reason = step.status === 'matched' ? null : step.reason;
    const proposed =
      step.status === 'proposed'
        ? { id, role, onBehalfOf }
        : step.status === 'matched'
          ? match.proposedBy
          : null;
    await tx.query(
      `update death_matches set status = $2, chosen_id = $3, reason = coalesce($4, reason),
         proposed_by = $5, proposed_role = $6, proposed_on_behalf_of = $7,
         decided_by = $8, decided_role = $9, decided_on_behalf_of = $10, decided_at = $11
       where match_id = $1`,
      [
        matchId,
        step.status,
        chosenId,
        reason,
        proposed?.id ?? null,
        proposed?.role ?? null,
        proposed?.onBehalfOf ?? null,
        ...(isDecided ? [id, role, onBehalfOf ?? null, this.clock.now()] : [null, null, null, null]),
      ],
    );
    if (isDecided) {
      // The list may be that of a whole county, out of reach of who decides about one of its rows.
      await tx.asService(() =>
        tx.query(
          `update import_rows r set state = $2 from death_match_rows m
           where m.match_id = $1 and r.import_id = m.import_id and r.row_no = m.row_no and r.state = 'undecided'`,
          [matchId, step.status === 'matched' ? 'applied' : 'unchanged'],
        ),
      );
      const suspected = await this.suspectedBy(tx, [matchId]);
      this.outbox.append(
        tx,
        suspected.map(({ current, diedOn: _, ...person }) =>
          deathClearedV1.of({
            ...person,
            because: chosenId === null ? 'nobody' : current === chosenId ? 'recorded' : 'another',
          }),
        ),
      );
    }
    tx.audit({
      what: `death-match.${step.status}`,
      personIds: chosenId ? [chosenId] : [...match.candidates],
      why: reason,
      detail: { matchId },
    });
  }

  private shown(row: MatchRow, candidates: readonly CandidateRow[]): ShownMatch {
    const said = row.said ? (JSON.parse(this.cipher.decrypt(SAID, row.said)) as Said) : null;
    return {
      matchId: row.match_id,
      status: row.status,
      importId: row.import_id,
      row: row.row_no,
      name: new Sensitive('name', said?.name ?? ''),
      identityNumber: Sensitive.orNull('identity', said?.number ?? null),
      birthDate: said?.birthDate ?? null,
      divisionCode: said?.divisionCode ?? null,
      address: Sensitive.orNull('address', said?.address ?? null),
      diedOn: row.died_on,
      candidates: candidates.map((person) => ({
        personId: person.person_id,
        name: new Sensitive('name', person.name),
        identityNumber: person.identity_number
          ? this.cipher.open('identity', NUMBER, person.identity_number)
          : null,
        birthDate: person.birth_date,
        divisionCode: person.division_code,
        diedOn: person.died_on,
        reasons: person.reasons,
      })),
      chosenId: row.chosen_id,
      proposedBy: row.proposed_by,
      reason: row.reason,
      foundAt: row.found_at.toISOString(),
    };
  }
}
