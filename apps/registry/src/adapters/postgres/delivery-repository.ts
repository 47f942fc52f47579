import { Injectable } from '@nestjs/common';
import {
  messageDeliveredV1,
  messageFailedV1,
  messageSentV1,
  type MessageParams,
  type MessageTemplate,
  type NewEvent,
} from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { wayTo, type ContactPreference } from '../../domain/contact.js';
import {
  deliveryStates,
  isUnsent,
  type Addressee,
  type DeliveryState,
  type Standing,
  type Told,
} from '../../domain/delivery.js';
import { guardiansOf } from './contact-preferences.js';
import { deliveryColumns, type DeliveryRow, type MovedDelivery } from './delivery-row.js';

/** What an owner of cases asks for. */
export interface NewDelivery {
  readonly messageId: string;
  readonly owner: string;
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly readers: readonly string[];
  readonly template: MessageTemplate;
  readonly params: MessageParams;
  readonly notBefore: string | null;
  readonly usefulUntil: string | null;
}

/** A message whose moment has come, with what is on file of whom it is for. */
export interface DueDelivery {
  readonly row: DeliveryRow;
  /** Undefined: nobody of this id is on file. */
  readonly addressee: Addressee | undefined;
  /** Stored telephone numbers (ciphertext): the person's, and those of the guardians by their id. */
  readonly phone: string | null;
  readonly guardianPhones: ReadonlyMap<string, string>;
}

/** How many messages stand where: what an operator looks at. */
export interface SendingHealth {
  readonly waiting: number;
  readonly noGateway: number;
  readonly sending: number;
  readonly awaitingReceipt: number;
  readonly letters: number;
  readonly failed: number;
  /** For how long the oldest one that should have gone out waits. */
  readonly oldestWaitingSeconds: number | null;
}

interface AddresseeRow {
  readonly on_file: boolean;
  readonly died_on: string | null;
  readonly phone: string | null;
  readonly preferred_channel: ContactPreference['channel'] | null;
  readonly preferred_guardian: string | null;
  readonly guardians: readonly { guardianId: string; phone: string | null }[];
}

const UNSENT: readonly DeliveryState[] = deliveryStates.filter(isUnsent);

/** Messages on their way. Every change of a standing is written with what is told of it. */
@Injectable()
export class DeliveryRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** Set-based. @returns the ids of those that were not there before and whose moment has come */
  async add(tx: Tx, messages: readonly NewDelivery[]): Promise<string[]> {
    const now = this.clock.now();
    const rows = await tx.query<{ message_id: string; next_at: Date }>(
      `insert into message_deliveries (message_id, owner, case_id, person_id, division_code, readers, template, params, useful_until,
         state, next_at, requested_at, state_at)
       select u.id, u.owner, u.case_id, u.person_id, u.division_code, u.readers::jsonb, u.template, u.params::jsonb, u.useful_until,
         'waiting', greatest(coalesce(u.not_before, $11), $11), $11, $11
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[],
           $10::timestamptz[])
         as u (id, owner, case_id, person_id, division_code, readers, template, params, useful_until, not_before)
       on conflict (message_id) do nothing returning message_id, next_at`,
      [
        messages.map(({ messageId }) => messageId),
        messages.map(({ owner }) => owner),
        messages.map(({ caseId }) => caseId),
        messages.map(({ personId }) => personId),
        messages.map(({ divisionCode }) => divisionCode),
        messages.map(({ readers }) => JSON.stringify(readers)),
        messages.map(({ template }) => template),
        messages.map(({ params }) => JSON.stringify(params)),
        messages.map(({ usefulUntil }) => usefulUntil),
        messages.map(({ notBefore }) => notBefore),
        now,
      ],
    );
    return rows.filter(({ next_at }) => next_at <= now).map(({ message_id }) => message_id);
  }

  /** Of these, what has not gone out yet is not sent any more. */
  async withdraw(tx: Tx, messageIds: readonly string[]): Promise<void> {
    await tx.query(
      `update message_deliveries set state = 'withdrawn', next_at = null, state_at = $2
       where message_id = any($1::uuid[]) and state = any($3::text[])`,
      [messageIds, this.clock.now(), UNSENT],
    );
  }

  /** The record of these was destroyed by who keeps it: how they went is forgotten here, too. */
  async destroy(tx: Tx, messageIds: readonly string[]): Promise<void> {
    await tx.query('delete from message_deliveries where message_id = any($1::uuid[])', [messageIds]);
  }

  /** Locks messages of which something is to be done now; what another process holds is its own. @param only one of them */
  async lockDue(tx: Tx, limit: number, only: string | null = null): Promise<DueDelivery[]> {
    const locked = await tx.query<DeliveryRow>(
      `select ${deliveryColumns} from message_deliveries d
       where d.next_at <= $1 and ($3::uuid is null or d.message_id = $3)
       order by d.next_at, d.message_id limit $2 for update skip locked`,
      [this.clock.now(), limit, only],
    );
    if (locked.length === 0) return [];
    const found = await tx.query<AddresseeRow & { person_id: string }>(
      `select p.person_id, p.died_on, p.phone, c.channel as preferred_channel, c.guardian_id as preferred_guardian,
         ${guardiansOf(`'phone', g.phone`)}
       from persons p left join contact_preferences c using (person_id) where p.person_id = any($1::uuid[])`,
      [locked.map(({ person_id }) => person_id)],
    );
    const byPerson = new Map(found.map((row) => [row.person_id, row]));
    return locked.map((row) => toDue(row, byPerson.get(row.person_id)));
  }

  /** One message, locked. */
  async lock(tx: Tx, messageId: string): Promise<DeliveryRow | undefined> {
    const [row] = await tx.query<DeliveryRow>(
      `select ${deliveryColumns} from message_deliveries d where d.message_id = $1 for update`,
      [messageId],
    );
    return row;
  }

  /** Writes where messages stand now, and tells their owners. */
  async move(tx: Tx, moved: readonly MovedDelivery[]): Promise<void> {
    if (moved.length === 0) return;
    const now = this.clock.now();
    await tx.query(
      `update message_deliveries d set state = n.state, channel = n.channel, guardian_id = n.guardian_id, tries = n.tries,
         polls = n.polls, next_at = n.next_at, sent_at = n.sent_at, reason = coalesce(n.reason, d.reason), version = d.version + n.told,
         receipt = coalesce(n.receipt, d.receipt), state_at = $12
       from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int[], $6::int[], $7::timestamptz[], $8::timestamptz[],
           $9::text[], $10::int[], $11::text[])
         as n (id, state, channel, guardian_id, tries, polls, next_at, sent_at, reason, told, receipt)
       where d.message_id = n.id`,
      [
        moved.map(({ row }) => row.message_id),
        moved.map(({ standing }) => standing.state),
        moved.map(({ standing }) => standing.channel),
        moved.map(({ standing }) => standing.guardianId),
        moved.map(({ standing }) => standing.tries),
        moved.map(({ standing }) => standing.polls),
        moved.map(({ standing }) => standing.nextAt),
        moved.map(({ standing }) => standing.sentAt),
        moved.map(({ standing }) => standing.reason),
        moved.map(({ standing }) => standing.told.length),
        moved.map(({ receipt }) => receipt ?? null),
        now,
      ],
    );
    this.outbox.append(
      tx,
      moved.flatMap(({ row, standing }) =>
        standing.told.map((told, at) => factOf(row, standing, told, row.version + at + 1, now)),
      ),
    );
  }

  async health(): Promise<SendingHealth> {
    const [row] = await this.database.query<SendingHealth>(
      this.service,
      `select count(*) filter (where state = 'waiting')::int as waiting,
         count(*) filter (where state = 'no-gateway')::int as "noGateway",
         count(*) filter (where state = 'sending')::int as sending,
         count(*) filter (where state = 'sent')::int as "awaitingReceipt",
         count(*) filter (where state = 'letter')::int as letters,
         (select count(*)::int from message_deliveries where state = 'failed' and state_at > $1::timestamptz - interval '7 days') as failed,
         extract(epoch from $1 - min(requested_at) filter (where state in ('no-gateway', 'sending') or state = 'waiting' and next_at <= $1))::float
           as "oldestWaitingSeconds"
       from message_deliveries where state in ('waiting', 'no-gateway', 'sending', 'sent', 'letter')`,
      [this.clock.now()],
    );
    return row!;
  }
}

function toDue(row: DeliveryRow, found: AddresseeRow | undefined): DueDelivery {
  if (!found) return { row, addressee: undefined, phone: null, guardianPhones: new Map() };
  const { preferred_channel: channel, preferred_guardian: guardianId, guardians, phone } = found;
  return {
    row,
    addressee: {
      diedOn: found.died_on,
      way: wayTo(channel && { channel, guardianId }, {
        hasPhone: phone !== null,
        guardians: guardians.map((each) => ({
          guardianId: each.guardianId,
          hasPhone: each.phone !== null,
        })),
      }),
    },
    phone,
    guardianPhones: new Map(
      guardians.flatMap((each) => (each.phone === null ? [] : [[each.guardianId, each.phone]])),
    ),
  };
}

function factOf(row: DeliveryRow, standing: Standing, told: Told, version: number, now: Date): NewEvent {
  const common = {
    personId: row.person_id,
    divisionCode: row.division_code,
    version,
    messageId: row.message_id,
    owner: row.owner,
    caseId: row.case_id,
    tries: told.what === 'failed' ? told.tries : standing.tries,
    at: now.toISOString(),
  };
  switch (told.what) {
    case 'sent':
      return messageSentV1.of({ ...common, channel: told.channel });
    case 'delivered':
      return messageDeliveredV1.of({ ...common, channel: told.channel });
    case 'failed':
      return messageFailedV1.of({
        ...common,
        channel: told.channel,
        reason: told.reason,
        letterFollows: told.letterFollows,
      });
  }
}
