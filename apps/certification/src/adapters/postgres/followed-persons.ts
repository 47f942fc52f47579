import { Injectable } from '@nestjs/common';
import { CasePersonFollower, type SingleThing } from '@app/casework';
import type { FollowedTable, PersonMove, PersonPart } from '@app/messaging';
import type { Tx } from '@app/platform';
import { mergeFormer } from './former-identities.js';

/** Cards and applications follow their persons, beside the cases. No machine freezes or cancels a card: of two in force the younger is listed. */
@Injectable()
export class FollowedPersons extends CasePersonFollower {
  protected override readonly tables: readonly FollowedTable[] = [
    { table: 'cards', ids: ['card_id'] },
    { table: 'applications', ids: ['application_id', 'card_id'] },
  ];
  protected override readonly single: readonly SingleThing[] = [
    { table: 'cards', id: 'card_id', by: [], lives: `t.status <> 'cancelled'`, ofCase: false },
    {
      table: 'applications',
      id: 'application_id',
      by: [],
      lives: `t.status not in ('approved', 'rejected')`,
      ofCase: false,
    },
  ];

  protected override async beforeMerge(tx: Tx, move: PersonMove): Promise<void> {
    await this.knowOf(tx, move);
    await mergeFormer(tx, move.from, move.to, this.clock.today());
  }

  protected override async afterMerge(tx: Tx, { from }: PersonMove): Promise<void> {
    await tx.query('delete from persons where person_id = $1', [from]);
  }

  override async split(tx: Tx, part: PersonPart): Promise<void> {
    await this.knowOf(tx, part);
    await super.split(tx, part);
  }

  /** Cards stand on persons: who has not been told of yet gets a row, as by a death or a move. */
  private async knowOf(tx: Tx, { to, divisionCode }: PersonMove): Promise<void> {
    await tx.query('insert into persons (person_id, division_code) values ($1, $2) on conflict do nothing', [
      to,
      divisionCode,
    ]);
  }
}
