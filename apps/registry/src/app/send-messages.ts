import { Injectable, Logger } from '@nestjs/common';
import { ColumnCipher, type Sensitive } from '@app/access';
import { wordsOf } from '@app/contracts';
import { Jobs, jobIdOf } from '@app/jobs';
import { Clock } from '@app/kernel';
import { type Caller, Database } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { MessagePort } from '../adapters/message-port.js';
import { DeliveryRepository, type DueDelivery } from '../adapters/postgres/delivery-repository.js';
import { toDelivery, type DeliveryRow } from '../adapters/postgres/delivery-row.js';
import { afterReceipt, afterTry, begin, type DeliveryRules, type Standing } from '../domain/delivery.js';

export const MESSAGE_QUEUE = 'messages';

/** A job knows which message, and nothing of it. */
export interface MessageJob {
  readonly messageId: string;
}

/** What the place has settled about messages that do not go out. */
export abstract class SendingRules {
  /** Local parameter `MESSAGES_PAPER_AFTER_TRIES`; null: not settled. */
  abstract readonly paperAfterTries: number | null;
}

const BATCH = 50;
/** Calls of the gateway at the same time. */
const AT_ONCE = 5;

/**
 * Sends what is due, and asks what became of it. The database says what is due; the queue only wakes. A message is claimed before it is
 * sent and its outcome is written after, so that one whose process died in between is sent again under the same key.
 */
@Injectable()
export class SendMessages {
  private readonly logger = new Logger('messages');

  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly port: MessagePort,
    private readonly settled: SendingRules,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** Tells the queue of messages whose moment has come. A courtesy: what gets lost there, the sweep sends. */
  announce(messageIds: readonly string[]): void {
    if (messageIds.length === 0) return;
    void this.jobs.queue<MessageJob>(MESSAGE_QUEUE).addMany(
      messageIds.map((messageId) => ({
        data: { messageId },
        jobId: jobIdOf(messageId, 'send'),
        attempts: 1,
      })),
    );
  }

  /** Does what is to be done about every message that is due. @returns for how many */
  async sweep(): Promise<number> {
    for (let done = 0; ;) {
      const handled = await this.handle(BATCH, null);
      done += handled;
      if (handled < BATCH) return done;
    }
  }

  /** The same for one message, if it is due. */
  async one(messageId: string): Promise<void> {
    await this.handle(1, messageId);
  }

  private async handle(limit: number, only: string | null): Promise<number> {
    const rules: DeliveryRules = {
      gateway: this.port.usable,
      paperAfterTries: this.settled.paperAfterTries,
    };
    const { begun, count } = await this.database.transaction(this.service, async (tx) => {
      const due = await this.deliveries.lockDue(tx, limit, only);
      const now = this.clock.now();
      const today = this.clock.today();
      const begun = due.map((each) => ({ due: each, standing: this.begun(each, rules, now, today) }));
      await this.deliveries.move(
        tx,
        begun.map(({ due: { row }, standing }) => ({ row, standing })),
      );
      return { begun, count: due.length };
    });
    const outgoing = begun.filter(({ standing }) => ['sending', 'sent'].includes(standing.state));
    for (let first = 0; first < outgoing.length; first += AT_ONCE) {
      await Promise.all(
        outgoing.slice(first, first + AT_ONCE).map(({ due, standing }) =>
          // One that cannot be sent holds up no other, and is tried again when its claim has run out.
          (due.row.state === 'sent' ? this.ask(due.row) : this.send(due, standing, rules)).catch(
            (error: unknown) =>
              this.logger.error(`message ${due.row.message_id} was not sent: ${nameOf(error)}`),
          ),
        ),
      );
    }
    return count;
  }

  /** A message that the gateway has is only asked about: meanwhile nobody else asks. */
  private begun({ row, addressee }: DueDelivery, rules: DeliveryRules, now: Date, today: string): Standing {
    const delivery = toDelivery(row);
    return row.state === 'sent'
      ? afterReceipt(delivery, 'not-yet', now)
      : begin(delivery, addressee, rules, now, today);
  }

  private async send(due: DueDelivery, { channel, guardianId, tries }: Standing, rules: DeliveryRules) {
    const { row } = due;
    const answer = await this.port.send({
      key: keyOf(row.message_id, channel!),
      channel: channel === 'voice' ? 'voice' : 'text',
      to: this.phoneOf(due, guardianId),
      text: wordsOf(row.template, row.params).text,
    });
    await this.record(row.message_id, answer.kind === 'taken' ? answer.receipt : null, (now) =>
      // Another try has taken over, or somebody has withdrawn it.
      now.state === 'sending' && now.tries === tries
        ? afterTry(toDelivery(now), answer, rules, this.clock.now())
        : null,
    );
  }

  private async ask(row: DeliveryRow): Promise<void> {
    const receipt = await this.port.receiptOf(keyOf(row.message_id, row.channel!));
    if (receipt === 'not-yet') return;
    await this.record(row.message_id, null, (now) =>
      now.state === 'sent' ? afterReceipt(toDelivery(now), receipt, this.clock.now()) : null,
    );
  }

  private async record(
    messageId: string,
    receipt: string | null,
    decide: (now: DeliveryRow) => Standing | null,
  ): Promise<void> {
    await this.database.transaction(this.service, async (tx) => {
      const row = await this.deliveries.lock(tx, messageId);
      const standing = row && decide(row);
      if (row && standing) await this.deliveries.move(tx, [{ row, standing, receipt }]);
    });
  }

  private phoneOf({ phone, guardianPhones }: DueDelivery, guardianId: string | null): Sensitive {
    return guardianId === null
      ? this.cipher.open('phone', 'registry.persons.phone', phone!)
      : this.cipher.open('phone', 'registry.guardians.phone', guardianPhones.get(guardianId)!);
  }
}

/** What the gateway knows a message by: the same at each try, and another one for another channel. */
function keyOf(messageId: string, channel: string): string {
  return `${messageId}-${channel}`;
}

/** Never the text of an error: it might quote what was to be sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
