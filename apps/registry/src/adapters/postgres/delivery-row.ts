import type { MessageChannel, MessageFailure, MessageParams, MessageTemplate } from '@app/contracts';
import type { Delivery, DeliveryState, Standing } from '../../domain/delivery.js';

/** Columns of `DeliveryRow`, of the table `d`. */
export const deliveryColumns = `d.message_id, d.owner, d.case_id, d.person_id, d.division_code, d.template, d.params, d.useful_until, d.state,
  d.channel, d.guardian_id, d.tries, d.polls, d.next_at, d.reason, d.version, d.requested_at, d.sent_at, d.state_at`;

export interface DeliveryRow {
  readonly message_id: string;
  readonly owner: string;
  readonly case_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly template: MessageTemplate;
  readonly params: MessageParams;
  readonly useful_until: string | null;
  readonly state: DeliveryState;
  readonly channel: MessageChannel | null;
  readonly guardian_id: string | null;
  readonly tries: number;
  readonly polls: number;
  readonly next_at: Date | null;
  readonly reason: MessageFailure | null;
  readonly version: number;
  readonly requested_at: Date;
  readonly sent_at: Date | null;
  readonly state_at: Date;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    state: row.state,
    channel: row.channel,
    guardianId: row.guardian_id,
    tries: row.tries,
    polls: row.polls,
    sentAt: row.sent_at,
    usefulUntil: row.useful_until,
  };
}

/** A message whose standing has changed, and what of it is written beside. */
export interface MovedDelivery {
  readonly row: DeliveryRow;
  readonly standing: Standing;
  /** What the gateway calls it. */
  readonly receipt?: string | null;
}
