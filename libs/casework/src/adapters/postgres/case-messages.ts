import { Injectable } from '@nestjs/common';
import type { MessageChannel, MessageFailure, MessageParams, MessageTemplate } from '@app/contracts';
import { Database, type Caller, type Tx } from '@app/platform';
import type { CaseMessage, MessageState } from '../../domain/message.js';

/** What a message needs of its case. */
export interface MessagedCase {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly readers: readonly string[];
}

/** A message as it is written down. */
export interface MessageRow {
  readonly of: MessagedCase;
  readonly messageId: string;
  readonly template: MessageTemplate;
  readonly params: MessageParams;
  readonly text: string;
  readonly notBefore: Date | null;
  readonly usefulUntil: string | null;
}

/** What registry told of a message. */
export interface DeliveryNews {
  readonly messageId: string;
  readonly version: number;
  readonly state: MessageState;
  readonly channel: MessageChannel | null;
  readonly reason: MessageFailure | null;
  readonly tries: number;
  readonly at: Date;
}

/** The messages about the cases of one service: who sees the case sees them. */
@Injectable()
export class CaseMessages {
  constructor(private readonly database: Database) {}

  async casesOf(tx: Tx, caseIds: readonly string[]): Promise<ReadonlyMap<string, MessagedCase>> {
    const rows = await tx.query<MessagedCase>(
      `select case_id as "caseId", person_id as "personId", division_code as "divisionCode", item_id as "itemId",
         item_version as "itemVersion", readers from cases where case_id = any($1::uuid[])`,
      [caseIds],
    );
    return new Map(rows.map((row) => [row.caseId, row]));
  }

  /** @returns the ids of those that were not there before */
  async add(tx: Tx, rows: readonly MessageRow[], now: Date): Promise<string[]> {
    const added = await tx.query<{ message_id: string }>(
      `insert into case_messages (message_id, case_id, person_id, division_code, template, params, text, not_before, useful_until,
         state_at, requested_at, requested_by, requested_by_role)
       select u.id, u.case_id, u.person_id, u.division_code, u.template, u.params::jsonb, u.text, u.not_before, u.useful_until,
         $10, $10, $11, $12
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::date[])
         as u (id, case_id, person_id, division_code, template, params, text, not_before, useful_until)
       on conflict (message_id) do nothing returning message_id`,
      [
        rows.map(({ messageId }) => messageId),
        rows.map(({ of }) => of.caseId),
        rows.map(({ of }) => of.personId),
        rows.map(({ of }) => of.divisionCode),
        rows.map(({ template }) => template),
        rows.map(({ params }) => JSON.stringify(params)),
        rows.map(({ text }) => text),
        rows.map(({ notBefore }) => notBefore),
        rows.map(({ usefulUntil }) => usefulUntil),
        now,
        tx.actor.id,
        tx.actor.role,
      ],
    );
    return added.map(({ message_id }) => message_id);
  }

  /** Of these, the ones that are not sent yet, or lie there as a letter. */
  async withdraw(tx: Tx, messageIds: readonly string[], now: Date) {
    return tx.query<{ messageId: string; caseId: string; personId: string; divisionCode: string }>(
      `update case_messages set state = 'withdrawn', state_at = $2
       where message_id = any($1::uuid[]) and (state = 'requested' or state = 'sent' and channel = 'paper')
       returning message_id as "messageId", case_id as "caseId", person_id as "personId", division_code as "divisionCode"`,
      [messageIds, now],
    );
  }

  /** Set-based; of several facts about one message the newest counts. What was sent all the same is not withdrawn. */
  async follow(tx: Tx, news: readonly DeliveryNews[]): Promise<void> {
    await tx.query(
      `update case_messages m set state = n.state, channel = n.channel, reason = n.reason, tries = n.tries, state_at = n.at,
         delivery_version = n.version
       from (select distinct on (u.id) * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[])
               as u (id, version, state, channel, reason, tries, at) order by u.id, u.version desc) n
       where m.message_id = n.id and m.delivery_version < n.version`,
      [
        news.map(({ messageId }) => messageId),
        news.map(({ version }) => version),
        news.map(({ state }) => state),
        news.map(({ channel }) => channel),
        news.map(({ reason }) => reason),
        news.map(({ tries }) => tries),
        news.map(({ at }) => at),
      ],
    );
  }

  /** Oldest first. */
  async of(reader: Caller, caseId: string): Promise<CaseMessage[]> {
    return this.database.query<CaseMessage>(
      reader,
      `select message_id as "messageId", case_id as "caseId", template, params, text, state, channel, reason, tries,
         state_at as "stateAt", requested_at as "requestedAt",
         jsonb_build_object('id', requested_by, 'role', requested_by_role) as "requestedBy"
       from case_messages where case_id = $1 order by requested_at, message_id`,
      [caseId],
    );
  }
}
