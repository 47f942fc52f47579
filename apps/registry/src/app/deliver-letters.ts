import { Injectable } from '@nestjs/common';
import { actingAs, lookingWith, permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { DeliveryRepository } from '../adapters/postgres/delivery-repository.js';
import { toDelivery } from '../adapters/postgres/delivery-row.js';
import { handedOver, undeliverable } from '../domain/delivery.js';
import { DayNotPossible, LetterNotFound } from '../domain/errors.js';

/** What became of a letter. */
export interface LetterDone {
  readonly letterId: string;
  readonly state: 'delivered' | 'failed';
}

/** Those who stand beside the people hand the letters over, and say so. */
@Injectable()
export class DeliverLetters {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws LetterNotFound, NotAllowed, LetterNotWaiting, DayNotPossible */
  handOver(actor: Actor, letterId: string, on: string | null, note: string | null): Promise<LetterDone> {
    return this.end(actor, letterId, on, note, handedOver);
  }

  /** Nobody was found to give it to. @throws LetterNotFound, NotAllowed, LetterNotWaiting, DayNotPossible */
  undeliverable(actor: Actor, letterId: string, on: string | null, note: string): Promise<LetterDone> {
    return this.end(actor, letterId, on, note, undeliverable);
  }

  private async end(
    actor: Actor,
    letterId: string,
    on: string | null,
    note: string | null,
    decide: typeof handedOver,
  ): Promise<LetterDone> {
    const today = this.clock.today();
    const [place] = await this.database.query<{ division_code: string }>(
      lookingWith(actor, 'letter:deliver'),
      'select division_code from message_deliveries where message_id = $1',
      [letterId],
    );
    if (!place) throw new LetterNotFound();
    const who = actingAs(actor, permissions['letter:deliver'], place.division_code);
    if (on !== null && on > today) throw new DayNotPossible('送达日期晚于今天，请核对后重新填写。');
    return this.database.command(who, async (tx) => {
      const row = await this.deliveries.lock(tx, letterId);
      if (!row) throw new LetterNotFound();
      const standing = decide(toDelivery(row));
      await this.deliveries.move(tx, [{ row, standing }]);
      await tx.query(
        `update message_deliveries set handled_by = $2, handled_by_role = $3, handled_on = $4, note = $5 where message_id = $1`,
        [letterId, who.id, who.role, on ?? today, note],
      );
      const state = standing.state as LetterDone['state'];
      tx.audit({
        what: state === 'delivered' ? 'letter.handed-over' : 'letter.undeliverable',
        personIds: [row.person_id],
        caseIds: [row.case_id],
        why: note,
      });
      return { letterId, state };
    });
  }
}
