import { Injectable } from '@nestjs/common';
import { moveRows, partRows, PersonFollower, type PersonMove, type PersonPart } from '@app/messaging';
import type { Tx } from '@app/platform';

const TABLES = [{ table: 'work_items', ids: ['case_id'] }];

/** The queue follows its persons when files are merged or split. Of whom registry has one file, it tells the name anew. */
@Injectable()
export class FollowWorkPersons extends PersonFollower {
  async merge(tx: Tx, move: PersonMove): Promise<void> {
    await moveRows(tx, TABLES, move);
    await tx.query('delete from work_persons where person_id = $1', [move.from]);
    await this.findThere(tx, move.to);
  }

  async split(tx: Tx, part: PersonPart): Promise<void> {
    await partRows(tx, TABLES, part);
    await this.findThere(tx, part.to);
  }

  /** The cases that came stand where nobody looked for this person before. */
  private async findThere(tx: Tx, personId: string): Promise<void> {
    await tx.query(
      `insert into work_name_tokens (token, division_code, person_id)
       select distinct t.token, w.division_code, t.person_id
       from work_name_tokens t join work_items w on w.person_id = t.person_id
       where t.person_id = $1 on conflict do nothing`,
      [personId],
    );
  }
}
