import type { MessageChannel, MessageFailure } from '@app/contracts';
import type { Way } from './contact.js';
import { LetterNotWaiting } from './errors.js';

/**
 * How far a message is: `waiting` for its moment or its next try, `no-gateway`: nothing to send it with (未配置网关), `sending`, `sent`: taken
 * by the gateway, its receipt is awaited, `letter`: to be printed and handed over (待送纸质通知), and then `delivered`, `failed` or `withdrawn`.
 */
export const deliveryStates = [
  'waiting',
  'no-gateway',
  'sending',
  'sent',
  'letter',
  'delivered',
  'failed',
  'withdrawn',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What is told to the service that asked for the message. */
export type Told =
  | { readonly what: 'sent'; readonly channel: MessageChannel }
  | { readonly what: 'delivered'; readonly channel: MessageChannel }
  | {
      readonly what: 'failed';
      readonly channel: MessageChannel | null;
      readonly reason: MessageFailure;
      readonly letterFollows: boolean;
      /** How often it was tried by this channel. */
      readonly tries: number;
    };

/** A message on its way, as far as it decides what happens next. */
export interface Delivery {
  readonly state: DeliveryState;
  readonly channel: MessageChannel | null;
  readonly guardianId: string | null;
  /** How often it was tried by the present channel, the try under way included. */
  readonly tries: number;
  /** How often its receipt was asked for. */
  readonly polls: number;
  readonly sentAt: Date | null;
  /** `YYYY-MM-DD`: after this day it would mislead. */
  readonly usefulUntil: string | null;
}

/** Where it stands then. */
export interface Standing extends Omit<Delivery, 'usefulUntil'> {
  /** When something is to be done about it again; null: by itself nothing. */
  readonly nextAt: Date | null;
  /** Why it did not arrive by a telephone, or at all; null: nothing of that kind. */
  readonly reason: MessageFailure | null;
  readonly told: readonly Told[];
}

/** What the place has settled. */
export interface DeliveryRules {
  /** Whether there is a gateway. */
  readonly gateway: boolean;
  /** After so many tries it becomes a letter (local parameter); null: it is tried on. */
  readonly paperAfterTries: number | null;
}

/** What a gateway answered. */
export type GatewayAnswer =
  | { readonly kind: 'taken'; readonly receipt: string | null }
  /** For good: the number is none, or cannot be sent this. */
  | { readonly kind: 'refused' }
  /** Busy, broken or out of reach. @property afterMs how long it asks to wait */
  | { readonly kind: 'later'; readonly afterMs: number | null };

export type GatewayReceipt = 'delivered' | 'not-reached' | 'not-yet';

/** What is known of who is to be told. */
export interface Addressee {
  readonly diedOn: string | null;
  readonly way: Way;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A process that died while sending is given up after this; the gateway knows a second try by its key. */
const LEASE_MS = 2 * MINUTE;
const FIRST_WAIT_MS = MINUTE / 2;
const LONGEST_WAIT_MS = HOUR;
const LONGEST_POLL_MS = 6 * HOUR;
/** A gateway that has not said by then whether it arrived will not say it any more. */
const RECEIPT_MS = 72 * HOUR;

/** The wait doubles from try to try. */
function doubled(firstMs: number, times: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(times, 30), longestMs);
}

/** Its moment has come: what is done with it now. @param addressee undefined: nobody of this id is on file */
export function begin(
  delivery: Delivery,
  addressee: Addressee | undefined,
  rules: DeliveryRules,
  now: Date,
  today: string,
): Standing {
  if (!addressee) return failed(delivery, 'person-unknown');
  if (addressee.diedOn !== null) return failed(delivery, 'person-died');
  if (delivery.usefulUntil !== null && delivery.usefulUntil < today) return failed(delivery, 'outdated');
  if (delivery.state === 'letter') return letter(delivery, delivery.guardianId, []);
  const { channel, guardianId } = addressee.way;
  if (channel === 'paper') return letter(delivery, guardianId, []);
  const tries = delivery.channel === channel ? delivery.tries + 1 : 1;
  const trying = { ...delivery, channel, guardianId, tries };
  if (rules.gateway)
    return { ...standing(trying), state: 'sending', nextAt: new Date(now.getTime() + LEASE_MS) };
  return tryAgain(trying, 'no-gateway', null, rules, now);
}

/** The gateway has answered, or has not. */
export function afterTry(
  delivery: Delivery,
  answer: GatewayAnswer,
  rules: DeliveryRules,
  now: Date,
): Standing {
  switch (answer.kind) {
    case 'taken':
      return {
        ...standing(delivery),
        state: 'sent',
        sentAt: now,
        nextAt: new Date(now.getTime() + MINUTE),
        told: [{ what: 'sent', channel: delivery.channel! }],
      };
    case 'refused':
      return letterInstead(delivery, 'refused');
    case 'later':
      return tryAgain(delivery, 'waiting', answer.afterMs, rules, now);
  }
}

/** The gateway was asked what became of what it took. */
export function afterReceipt(delivery: Delivery, receipt: GatewayReceipt, now: Date): Standing {
  switch (receipt) {
    case 'delivered':
      return {
        ...standing(delivery),
        state: 'delivered',
        told: [{ what: 'delivered', channel: delivery.channel! }],
      };
    case 'not-reached':
      return letterInstead(delivery, 'not-reached');
    case 'not-yet': {
      const polls = delivery.polls + 1;
      const next = new Date(now.getTime() + doubled(MINUTE, polls, LONGEST_POLL_MS));
      const askedEnough = next.getTime() - (delivery.sentAt ?? now).getTime() > RECEIPT_MS;
      return { ...standing(delivery), polls, nextAt: askedEnough ? null : next };
    }
  }
}

/** Somebody gave the letter to whom it is for. @throws LetterNotWaiting */
export function handedOver(delivery: Delivery): Standing {
  if (delivery.state !== 'letter') throw new LetterNotWaiting();
  return {
    ...standing(delivery),
    state: 'delivered',
    tries: delivery.tries + 1,
    told: [{ what: 'delivered', channel: 'paper' }],
  };
}

/** Nobody could be found to give the letter to. @throws LetterNotWaiting */
export function undeliverable(delivery: Delivery): Standing {
  if (delivery.state !== 'letter') throw new LetterNotWaiting();
  return failed({ ...delivery, tries: delivery.tries + 1 }, 'undeliverable');
}

/** Whether what the message says may still be taken back. */
export function isUnsent(state: DeliveryState): boolean {
  return state === 'waiting' || state === 'no-gateway' || state === 'letter';
}

function standing({ usefulUntil: _, ...delivery }: Delivery): Standing {
  return { ...delivery, nextAt: null, reason: null, told: [] };
}

function failed(delivery: Delivery, reason: MessageFailure): Standing {
  const { channel, tries } = delivery;
  return {
    ...standing(delivery),
    state: 'failed',
    reason,
    told: [{ what: 'failed', channel, reason, letterFollows: false, tries }],
  };
}

function tryAgain(
  delivery: Delivery,
  state: DeliveryState,
  afterMs: number | null,
  { paperAfterTries }: DeliveryRules,
  now: Date,
): Standing {
  if (paperAfterTries !== null && delivery.tries >= paperAfterTries)
    return letterInstead(delivery, 'tries-used-up');
  const waitMs = Math.max(doubled(FIRST_WAIT_MS, delivery.tries - 1, LONGEST_WAIT_MS), afterMs ?? 0);
  return { ...standing(delivery), state, nextAt: new Date(now.getTime() + waitMs) };
}

function letterInstead(delivery: Delivery, reason: MessageFailure): Standing {
  const { channel, guardianId, tries } = delivery;
  return letter(
    delivery,
    guardianId,
    [{ what: 'failed', channel, reason, letterFollows: true, tries }],
    reason,
  );
}

/** It lies ready until it is handed over, or its day has passed. */
function letter(
  delivery: Delivery,
  guardianId: string | null,
  told: readonly Told[],
  reason: MessageFailure | null = null,
): Standing {
  const { usefulUntil, state } = delivery;
  return {
    ...standing(delivery),
    state: 'letter',
    channel: 'paper',
    guardianId,
    tries: 0,
    reason,
    nextAt: usefulUntil === null ? null : endOf(usefulUntil),
    told: state === 'letter' ? told : [...told, { what: 'sent', channel: 'paper' }],
  };
}

/** The first moment after a calendar day in Asia/Shanghai. */
function endOf(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + 24 * HOUR);
}
