import { Injectable } from '@nestjs/common';
import {
  actingAs,
  ColumnCipher,
  lookingWith,
  permissions,
  type Actor,
  type Hand,
  type Sensitive,
} from '@app/access';
import { Clock } from '@app/kernel';
import { lockAliases, remember } from '@app/messaging';
import { Database, type Caller, type Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import type { Proposal, TakenFact } from '../../domain/merge.js';
import { DecisionAlreadyProposed, DecisionNotFound, SplitNotPossible } from '../../domain/merge-errors.js';
import { PersonNotFound } from '../../domain/errors.js';
import type { PersonFile } from '../../domain/person.js';
import type { NumberChange } from '../../domain/person-number.js';

const NEW_NUMBER = 'registry.identity_decisions.new_number';

/** A decision about who is whom, as it stands in the table. */
export interface IdentityDecision extends Proposal {
  readonly decisionId: string;
  readonly kind: 'merge' | 'split' | 'number';
  readonly personId: string;
  readonly absorbedId: string | null;
  readonly subjects: readonly string[];
  /** Ciphertext of who the second person is. */
  readonly newPerson: string | null;
  /** Ciphertext of another identity number, while it is proposed. */
  readonly newNumber: string | null;
  readonly numberChange: NumberChange | null;
  readonly reason: string;
  readonly taken: readonly TakenFact[];
}

/** What a list shows of one. */
export interface DecisionLine {
  readonly decisionId: string;
  readonly kind: 'merge' | 'split' | 'number';
  readonly personId: string;
  readonly absorbedId: string | null;
  readonly subjects: readonly string[];
  readonly reason: string;
  /** Another identity number, with its proof. */
  readonly number: (NumberChange & { readonly identityNumber: Sensitive }) | null;
  readonly proposedBy: string;
  readonly proposedAt: string;
}

interface Row {
  decision_id: string;
  kind: 'merge' | 'split' | 'number';
  person_id: string;
  absorbed_id: string | null;
  person_version: number;
  absorbed_version: number | null;
  subjects: string[];
  new_person: string | null;
  new_number: string | null;
  number_change: NumberChange | null;
  reason: string;
  status: Proposal['status'];
  taken: TakenFact[];
  proposed_by: string;
  proposed_role: string;
  proposed_on_behalf_of: string | null;
  proposed_at: Date;
}

const COLUMNS = `decision_id, kind, person_id, absorbed_id, person_version, absorbed_version, subjects, new_person, new_number, number_change, reason, status,
  taken, proposed_by, proposed_role, proposed_on_behalf_of, proposed_at`;

/** Where a person is seen, and how far their file is. */
export interface Seen {
  readonly divisionCode: string;
  readonly places: readonly string[];
  readonly version: number;
  readonly identityToken: string;
}

/** Proposals to merge and split files and to change numbers, and what a decision moves in registry's own tables. */
@Injectable()
export class IdentityDecisions {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound also for a file that was merged into another */
  async seen(actor: Actor, personId: string): Promise<Seen> {
    const [row] = await this.database.query<{
      division_code: string;
      away_to: string | null;
      version: number;
      identity_token: string;
    }>(
      lookingWith(actor, 'person:read'),
      'select division_code, away_to, version, identity_token from persons where person_id = $1 and merged_into is null',
      [personId],
    );
    if (!row) throw new PersonNotFound();
    return {
      divisionCode: row.division_code,
      places: row.away_to ? [row.division_code, row.away_to] : [row.division_code],
      version: row.version,
      identityToken: row.identity_token,
    };
  }

  /** @throws DecisionAlreadyProposed; SplitNotPossible if the file that is to come out again never went into this one */
  async propose(
    actor: Actor,
    proposal: Pick<
      IdentityDecision,
      'kind' | 'personId' | 'absorbedId' | 'subjects' | 'newPerson' | 'newNumber' | 'numberChange' | 'reason'
    > &
      Pick<Proposal, 'personVersion' | 'absorbedVersion'>,
    seen: { readonly person: Seen; readonly absorbed: Seen | null },
  ): Promise<{ decisionId: string }> {
    const who = this.mayAct(actor, seen.person, seen.absorbed);
    return this.database.command(who, async (tx) => {
      if (proposal.kind === 'split' && proposal.absorbedId) {
        await this.checkMerged(tx, proposal.absorbedId, proposal.personId);
      }
      const decisionId = randomUUID();
      const added = await tx.query(
        `insert into identity_decisions (decision_id, kind, person_id, division_code, absorbed_id, absorbed_division_code, person_version,
           absorbed_version, subjects, new_person, reason, status, proposed_by, proposed_role, proposed_on_behalf_of, proposed_at,
           new_number, number_change)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'proposed', $12, $13, $14, $15, $16, $17)
         on conflict do nothing returning 1`,
        [
          decisionId,
          proposal.kind,
          proposal.personId,
          seen.person.divisionCode,
          proposal.absorbedId,
          seen.absorbed?.divisionCode ?? null,
          proposal.personVersion,
          proposal.absorbedVersion,
          proposal.subjects,
          proposal.newPerson,
          proposal.reason,
          who.id,
          who.role,
          who.onBehalfOf ?? null,
          this.clock.now(),
          proposal.newNumber,
          proposal.numberChange ? JSON.stringify(proposal.numberChange) : null,
        ],
      );
      if (added.length === 0) throw new DecisionAlreadyProposed();
      tx.audit({
        what: `person.${proposal.kind}-proposed`,
        personIds: [proposal.personId, ...(proposal.absorbedId ? [proposal.absorbedId] : [])],
        why: proposal.reason,
        detail: { decisionId },
      });
      return { decisionId };
    });
  }

  /** A file that was merged is seen by nobody by itself. @throws SplitNotPossible */
  private async checkMerged(tx: Tx, personId: string, into: string): Promise<void> {
    const rows = await tx.asService(() =>
      tx.query('select 1 from persons where person_id = $1 and merged_into = $2', [personId, into]),
    );
    if (rows.length === 0) throw new SplitNotPossible();
  }

  /** Whoever decides about two files may act at the place of each. @throws NotAllowed */
  private mayAct(actor: Actor, person: Seen, absorbed: Seen | null): Caller {
    if (absorbed) actingAs(actor, permissions['person:correct'], absorbed.places);
    return actingAs(actor, permissions['person:correct'], person.places);
  }

  /**
   * A user's decision about a proposal, under a lock on it.
   * @throws DecisionNotFound; PersonNotFound, NotAllowed unless both files are in reach
   */
  async decide<Result>(
    actor: Actor,
    decisionId: string,
    work: (tx: Tx, decision: IdentityDecision, by: Hand) => Promise<Result>,
  ): Promise<Result> {
    const [row] = await this.database.query<Pick<Row, 'person_id' | 'absorbed_id' | 'kind'>>(
      lookingWith(actor, 'person:read'),
      'select person_id, absorbed_id, kind from identity_decisions where decision_id = $1',
      [decisionId],
    );
    if (!row) throw new DecisionNotFound();
    const person = await this.seen(actor, row.person_id).catch(notMerged);
    // A split gives back a file that was merged: it is not seen by itself.
    const absorbed =
      row.kind === 'merge' && row.absorbed_id
        ? await this.seen(actor, row.absorbed_id).catch(notMerged)
        : null;
    const who = person
      ? this.mayAct(actor, person, absorbed)
      : actingAs(actor, permissions['person:correct'], await this.placesOf(actor, row.person_id));
    return this.database.command(who, async (tx) => {
      const [locked] = await tx.query<Row>(
        `select ${COLUMNS} from identity_decisions where decision_id = $1 for update`,
        [decisionId],
      );
      if (!locked) throw new DecisionNotFound();
      return work(tx, toDecision(locked), who);
    });
  }

  private async placesOf(actor: Actor, personId: string): Promise<string[]> {
    const [row] = await this.database.query<{ division_code: string }>(
      lookingWith(actor, 'person:read'),
      'select division_code from persons where person_id = $1',
      [personId],
    );
    if (!row) throw new PersonNotFound();
    return [row.division_code];
  }

  async close(
    tx: Tx,
    decisionId: string,
    end: {
      readonly status: 'approved' | 'refused';
      readonly reason?: string | null;
      readonly taken?: readonly TakenFact[];
      readonly newPersonId?: string;
    },
  ): Promise<void> {
    await tx.query(
      `update identity_decisions set status = $2, decision_reason = $3, taken = $4, new_person_id = $5, new_number = null,
         decided_by = $6, decided_role = $7, decided_on_behalf_of = $8, decided_at = $9
       where decision_id = $1`,
      [
        decisionId,
        end.status,
        end.reason ?? null,
        JSON.stringify(end.taken ?? []),
        end.newPersonId ?? null,
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
        this.clock.now(),
      ],
    );
  }

  /** What is proposed in the actor's reach, oldest first. */
  async open(actor: Actor, page: { after: string | null; limit: number }): Promise<DecisionLine[]> {
    const rows = await this.database.query<Row>(
      lookingWith(actor, 'person:read'),
      `select ${COLUMNS} from identity_decisions
       where status = 'proposed' and ($1::uuid is null or (proposed_at, decision_id) >
         ((select a.proposed_at from identity_decisions a where a.decision_id = $1), $1::uuid))
       order by proposed_at, decision_id limit $2`,
      [page.after, page.limit],
    );
    return rows.map((row) => ({
      decisionId: row.decision_id,
      kind: row.kind,
      personId: row.person_id,
      absorbedId: row.absorbed_id,
      subjects: row.subjects,
      reason: row.reason,
      number:
        row.number_change && row.new_number
          ? { ...row.number_change, identityNumber: this.cipher.open('identity', NEW_NUMBER, row.new_number) }
          : null,
      proposedBy: row.proposed_by,
      proposedAt: row.proposed_at.toISOString(),
    }));
  }

  /** What a merge of two files had taken over, if it is the last that was done with them. */
  async takenBy(tx: Tx, personId: string, absorbedId: string): Promise<readonly TakenFact[]> {
    const [row] = await tx.query<{ taken: TakenFact[] }>(
      `select taken from identity_decisions
       where kind = 'merge' and status = 'approved' and person_id = $1 and absorbed_id = $2
       order by decided_at desc limit 1`,
      [personId, absorbedId],
    );
    return row?.taken ?? [];
  }

  /**
   * The one file's rows beside its facts go to the other: guardians and contact preference are copied, so that the absorbed file stays
   * as it was; what is placed with whom, and messages on their way, follow the person. As the service: a message may be of a case elsewhere.
   */
  async absorb(tx: Tx, survivor: PersonFile, absorbedId: string, version: number): Promise<void> {
    const { personId } = survivor.person;
    const by = [tx.actor.id, tx.actor.role];
    await tx.asService(async () => {
      await lockAliases(tx, 'alone');
      await tx.query(
        `insert into guardians (guardian_id, person_id, division_code, basis, relation, name, identity_number, identity_token, phone,
           since, kind, acts, until_on, proof, organisation, officer, created_by, created_role, changed_by, changed_role)
         select gen_random_uuid(), $2, $3, basis, relation, name, identity_number, identity_token, phone, since, kind, acts, until_on, proof,
           organisation, officer, $4, $5, $4, $5
         from guardians where person_id = $1 and ended_on is null
         on conflict do nothing`,
        [absorbedId, personId, survivor.person.divisionCode, ...by],
      );
      await tx.query(
        `insert into contact_preferences (person_id, channel, language, guardian_id, changed_by, changed_role, changed_at)
         select $2, c.channel, c.language, o.guardian_id, c.changed_by, c.changed_role, c.changed_at
         from contact_preferences c
         left join guardians g on g.guardian_id = c.guardian_id
         left join guardians o on o.person_id = $2 and o.identity_token = g.identity_token and o.kind = g.kind and o.ended_on is null
         where c.person_id = $1 and (c.guardian_id is null or o.guardian_id is not null)
         on conflict do nothing`,
        [absorbedId, personId],
      );
      await tx.query(
        `update persons s set phone = coalesce(s.phone, a.phone), address = coalesce(s.address, a.address)
         from persons a where s.person_id = $2 and a.person_id = $1`,
        [absorbedId, personId],
      );
      await tx.query(
        `update households set head_person_id = $2, changed_by = $3, changed_role = $4, changed_at = now()
         where head_person_id = $1 and household_id = (select household_id from persons where person_id = $2)`,
        [absorbedId, personId, ...by],
      );
      await tx.query('update placements set person_id = $2 where person_id = $1', [absorbedId, personId]);
      await tx.query('update message_deliveries set person_id = $2 where person_id = $1', [
        absorbedId,
        personId,
      ]);
      await tx.query('delete from person_search_tokens where person_id = $1', [absorbedId]);
      await tx.query(
        `update persons set merged_into = $2, version = version + (person_id = $1)::int,
           changed_by = $3, changed_role = $4, changed_at = now()
         where person_id = $1 or merged_into = $1`,
        [absorbedId, personId, ...by],
      );
      await remember(tx, [absorbedId], personId, version);
    });
  }

  /** What a split names, and the file that stands for the new person now. @returns whether that file had been merged into this one */
  async part(
    tx: Tx,
    part: {
      readonly personId: string;
      readonly newPersonId: string;
      readonly absorbedId: string | null;
      readonly subjects: readonly string[];
      readonly version: number;
    },
  ): Promise<void> {
    const { newPersonId, absorbedId, subjects } = part;
    await tx.asService(async () => {
      await lockAliases(tx, 'alone');
      for (const table of ['placements', 'message_deliveries']) {
        await tx.query(`update ${table} set person_id = $2 where case_id = any($1::uuid[])`, [
          subjects,
          newPersonId,
        ]);
      }
      if (absorbedId) {
        await tx.query(
          `update persons set merged_into = $2, changed_by = $3, changed_role = $4, changed_at = now() where person_id = $1`,
          [absorbedId, newPersonId, tx.actor.id, tx.actor.role],
        );
        await tx.query(
          `insert into guardians (guardian_id, person_id, division_code, basis, relation, name, identity_number, identity_token, phone,
             since, kind, acts, until_on, proof, organisation, officer, created_by, created_role, changed_by, changed_role)
           select gen_random_uuid(), $2, division_code, basis, relation, name, identity_number, identity_token, phone, since, kind, acts,
             until_on, proof, organisation, officer, $3, $4, $3, $4
           from guardians where person_id = $1 and ended_on is null`,
          [absorbedId, newPersonId, tx.actor.id, tx.actor.role],
        );
        await tx.query(
          `update identity_decisions set status = 'undone'
           where kind = 'merge' and status = 'approved' and absorbed_id = $1`,
          [absorbedId],
        );
      }
      await remember(tx, [...subjects, ...(absorbedId ? [absorbedId] : [])], newPersonId, part.version);
    });
  }

  /** A file that was merged: its number is the new file's from now on. @returns secrets as they are stored @throws PersonNotFound */
  async releaseNumber(
    tx: Tx,
    absorbedId: string,
    mergedInto: string,
  ): Promise<{ identityNumber: string | null; phone: string | null; address: string | null }> {
    return tx.asService(async () => {
      const [row] = await tx.query<{
        identity_number: string | null;
        phone: string | null;
        address: string | null;
      }>(
        `select identity_number, phone, address from persons where person_id = $1 and merged_into = $2 for update`,
        [absorbedId, mergedInto],
      );
      if (!row) throw new PersonNotFound();
      await tx.query(`update persons set identity_token = 'merged:' || person_id where person_id = $1`, [
        absorbedId,
      ]);
      return { identityNumber: row.identity_number, phone: row.phone, address: row.address };
    });
  }
}

/** A file of which the decision was carried out already: the decision itself says so. */
function notMerged(error: unknown): null {
  if (error instanceof PersonNotFound) return null;
  throw error;
}

function toDecision(row: Row): IdentityDecision {
  return {
    decisionId: row.decision_id,
    kind: row.kind,
    personId: row.person_id,
    absorbedId: row.absorbed_id,
    personVersion: row.person_version,
    absorbedVersion: row.absorbed_version,
    subjects: row.subjects,
    newPerson: row.new_person,
    newNumber: row.new_number,
    numberChange: row.number_change,
    reason: row.reason,
    status: row.status,
    taken: row.taken,
    proposedBy: {
      id: row.proposed_by,
      role: row.proposed_role,
      onBehalfOf: row.proposed_on_behalf_of,
    },
  };
}
