import { Injectable } from '@nestjs/common';
import { lookingWith, Sensitive, type Actor } from '@app/access';
import {
  wordsOf,
  type MessageChannel,
  type MessageFailure,
  type MessageTemplate,
  type MessageWords,
} from '@app/contracts';
import { Database, spanOf } from '@app/platform';
import type { DeliveryState } from '../../domain/delivery.js';
import { LetterNotFound, PersonNotFound } from '../../domain/errors.js';
import { deliveryColumns, type DeliveryRow } from './delivery-row.js';

/** A message in the file of a person. */
export interface MessageView {
  readonly messageId: string;
  readonly owner: string;
  readonly caseId: string;
  readonly template: MessageTemplate;
  readonly text: string;
  readonly state: DeliveryState;
  readonly channel: MessageChannel | null;
  readonly guardianId: string | null;
  readonly tries: number;
  readonly reason: MessageFailure | null;
  readonly receipt: string | null;
  readonly requestedAt: string;
  readonly stateAt: string;
  readonly handledBy: string | null;
  readonly handledOn: string | null;
  readonly note: string | null;
}

/** A letter that waits to be handed over. */
export interface LetterView {
  readonly letterId: string;
  readonly personId: string;
  readonly name: Sensitive;
  /** To whom it is given in the person's place. */
  readonly guardian: { readonly name: Sensitive; readonly relation: string } | null;
  readonly divisionCode: string;
  readonly title: string;
  readonly requestedAt: string;
  /** After this day it is of no use any more. */
  readonly usefulUntil: string | null;
}

export interface LetterPage {
  readonly letters: readonly LetterView[];
  readonly next: string | null;
}

type FileRow = DeliveryRow & {
  receipt: string | null;
  handled_by: string | null;
  handled_on: string | null;
  note: string | null;
};
type LetterRow = DeliveryRow & {
  name: string;
  guardian_name: string | null;
  guardian_relation: string | null;
};

const LETTERS = `select ${deliveryColumns}, p.name, g.name as guardian_name, g.relation as guardian_relation
  from message_deliveries d join persons p using (person_id) left join guardians g using (guardian_id)
  where d.state = 'letter'`;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What people were told and are to be told, each within the actor's reach and of cases that the actor may look at. */
@Injectable()
export class MessageQueries {
  constructor(private readonly database: Database) {}

  /** Newest first. @throws PersonNotFound */
  async ofPerson(actor: Actor, personId: string, limit: number): Promise<MessageView[]> {
    return this.database.read(lookingWith(actor, 'person:read'), async (tx) => {
      const seen = await tx.query('select 1 from persons where person_id = $1', [personId]);
      if (seen.length === 0) throw new PersonNotFound();
      const rows = await tx.query<FileRow>(
        `select ${deliveryColumns}, d.receipt, d.handled_by, d.handled_on, d.note from message_deliveries d
         where d.person_id = $1 order by d.requested_at desc, d.message_id limit $2`,
        [personId, limit],
      );
      return rows.map(toMessage);
    });
  }

  /** Village by village. @param range of division codes; `after`: the `next` of the page before */
  async letters(
    actor: Actor,
    range: { from: string; to: string; after: string | null; limit: number },
  ): Promise<LetterPage> {
    const reader = lookingWith(actor, 'letter:deliver');
    const span = spanOf(reader);
    const [place = '', letterId = NOBODY] = range.after?.split('.') ?? [];
    const rows = await this.database.query<LetterRow>(
      reader,
      `${LETTERS} and d.division_code between $1 and $2 and (d.division_code, d.message_id) > ($3, $4::uuid)
       order by d.division_code, d.message_id limit $5`,
      [
        range.from > span.from ? range.from : span.from,
        range.to < span.to ? range.to : span.to,
        place,
        letterId,
        range.limit,
      ],
    );
    const last = rows.length === range.limit ? rows.at(-1) : undefined;
    return { letters: rows.map(toLetter), next: last ? `${last.division_code}.${last.message_id}` : null };
  }

  /** @throws LetterNotFound */
  async letter(actor: Actor, letterId: string): Promise<LetterView & { readonly words: MessageWords }> {
    const [row] = await this.database.query<LetterRow>(
      lookingWith(actor, 'letter:deliver'),
      `${LETTERS} and d.message_id = $1`,
      [letterId],
    );
    if (!row) throw new LetterNotFound();
    return { ...toLetter(row), words: wordsOf(row.template, row.params) };
  }
}

function toMessage(row: FileRow): MessageView {
  return {
    messageId: row.message_id,
    owner: row.owner,
    caseId: row.case_id,
    template: row.template,
    text: wordsOf(row.template, row.params).text,
    state: row.state,
    channel: row.channel,
    guardianId: row.guardian_id,
    tries: row.tries,
    reason: row.reason,
    receipt: row.receipt,
    requestedAt: row.requested_at.toISOString(),
    stateAt: row.state_at.toISOString(),
    handledBy: row.handled_by,
    handledOn: row.handled_on,
    note: row.note,
  };
}

function toLetter(row: LetterRow): LetterView {
  return {
    letterId: row.message_id,
    personId: row.person_id,
    name: new Sensitive('name', row.name),
    guardian:
      row.guardian_name === null
        ? null
        : { name: new Sensitive('name', row.guardian_name), relation: row.guardian_relation! },
    divisionCode: row.division_code,
    title: wordsOf(row.template, row.params).letter.title,
    requestedAt: row.requested_at.toISOString(),
    usefulUntil: row.useful_until,
  };
}
