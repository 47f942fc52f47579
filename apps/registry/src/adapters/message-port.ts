import type { Sensitive } from '@app/access';
import type { GatewayAnswer, GatewayReceipt } from '../domain/delivery.js';

/** A message as it leaves the house. */
export interface OutgoingMessage {
  /** The same at every try: who has taken it once, takes it no second time. */
  readonly key: string;
  readonly channel: 'text' | 'voice';
  /** Telephone number of whom it is for. */
  readonly to: Sensitive;
  readonly text: string;
}

/** The way out by telephone. Letters need none: people print them and hand them over. */
export abstract class MessagePort {
  /** Whether there is anything to send with. */
  abstract readonly usable: boolean;
  /** Never throws for what goes wrong outside: that is an answer, too. */
  abstract send(message: OutgoingMessage): Promise<GatewayAnswer>;
  /** What became of what was taken under this key. */
  abstract receiptOf(key: string): Promise<GatewayReceipt>;
}

/** This installation has no gateway (yet). */
export class NoGateway extends MessagePort {
  readonly usable = false;

  async send(): Promise<GatewayAnswer> {
    return { kind: 'later', afterMs: null };
  }

  async receiptOf(): Promise<GatewayReceipt> {
    return 'not-yet';
  }
}
