import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { type Caller, Database, type Tx } from '@app/platform';
import type { TakeOverList, TakeOverState } from '../../domain/take-over.js';
import { TakeOverNotFound, TakeOverUnderWay } from '../../domain/take-over-errors.js';

/** A take-over as its row has it. */
export interface TakeOver {
  readonly takeOverId: string;
  /** Six digits. */
  readonly county: string;
  readonly day: string;
  readonly state: TakeOverState;
  readonly checked: boolean;
  readonly version: number;
}

const columns = `take_over_id as "takeOverId", county, day, state, checked, version`;

/** Take-overs themselves: opened by a user, moved on under the lock of the row. */
@Injectable()
export class TakeOverRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The one that is under way, or a new one. @throws TakeOverUnderWay where one of another day is */
  async open(
    caller: Caller,
    takeOverId: string,
    { county, day }: { readonly county: string; readonly day: string },
  ): Promise<TakeOver> {
    return this.database.command(caller, async (tx) => {
      tx.audit({ what: 'take-over.opened', detail: { county, day } });
      await tx.query(
        `insert into take_overs (take_over_id, county, division_code, day, state, opened_by, opened_by_role, changed_by, changed_by_role,
           created_at)
         values ($1, $2::text, $2::text || '000000', $3, 'dry-run', $4, $5, $4, $5, $6) on conflict do nothing`,
        [takeOverId, county, day, tx.actor.id, tx.actor.role, this.clock.now()],
      );
      const [found] = await tx.query<TakeOver>(
        `select ${columns} from take_overs where county = $1 and state not in ('closed', 'undone')`,
        [county],
      );
      if (!found) throw new TakeOverNotFound();
      if (found.day !== day) throw new TakeOverUnderWay(found.day);
      return found;
    });
  }

  async list(reader: Caller, county: string | null): Promise<TakeOver[]> {
    return this.database.query<TakeOver>(
      reader,
      `select ${columns} from take_overs where $1::text is null or county = $1 order by created_at desc limit 100`,
      [county],
    );
  }

  /** @throws TakeOverNotFound */
  async find(reader: Caller, takeOverId: string): Promise<TakeOver> {
    const [row] = await this.database.query<TakeOver>(
      reader,
      `select ${columns} from take_overs where take_over_id = $1`,
      [takeOverId],
    );
    if (!row) throw new TakeOverNotFound();
    return row;
  }

  /** Of the county whose first run is not signed yet; null: there is none. */
  async unsigned(tx: Tx, county: string): Promise<TakeOver | null> {
    const [row] = await tx.query<TakeOver>(
      `select ${columns} from take_overs where county = $1 and state in ('loaded', 'released', 'undoing')`,
      [county],
    );
    return row ?? null;
  }

  /** The one whose first run this is, by its signatures; null: nobody has signed it. */
  async signedWith(tx: Tx, runNo: number): Promise<TakeOver | null> {
    const [row] = await tx.query<TakeOver>(
      `select ${columns} from take_overs
       where take_over_id in (select take_over_id from take_over_signatures where run_no = $1)`,
      [runNo],
    );
    return row ?? null;
  }

  /** @throws TakeOverNotFound */
  async lock(tx: Tx, takeOverId: string): Promise<TakeOver> {
    const [row] = await tx.query<TakeOver>(
      `select ${columns} from take_overs where take_over_id = $1 for update`,
      [takeOverId],
    );
    if (!row) throw new TakeOverNotFound();
    return row;
  }

  async moveTo(
    tx: Tx,
    takeOverId: string,
    state: TakeOverState,
    reason: string | null = null,
  ): Promise<void> {
    await tx.query(
      `update take_overs set state = $2, reason = coalesce($3, reason), version = version + 1, changed_by = $4, changed_by_role = $5,
         changed_at = now() where take_over_id = $1`,
      [takeOverId, state, reason, tx.actor.id, tx.actor.role],
    );
  }

  /** Rows came in: what was compared before is no longer what there is. */
  async setUnchecked(tx: Tx, takeOverId: string): Promise<void> {
    await tx.query(
      'update take_overs set checked = false, version = version + 1, changed_at = now() where take_over_id = $1',
      [takeOverId],
    );
  }

  async setChecked(tx: Tx, takeOverId: string): Promise<void> {
    await tx.query('update take_overs set checked = true, changed_at = now() where take_over_id = $1', [
      takeOverId,
    ]);
  }

  /** A take-over that is loaded is released while no village waits, and no longer once one does. */
  async followVillages(tx: Tx, { takeOverId, state }: Pick<TakeOver, 'takeOverId' | 'state'>): Promise<void> {
    if (state !== 'loaded' && state !== 'released') return;
    const [row] = await tx.query<{ open: boolean }>(
      `select exists (select from take_over_villages
         where take_over_id = $1 and released_digest is distinct from digest) as open`,
      [takeOverId],
    );
    const next = row!.open ? 'loaded' : 'released';
    if (next !== state) await this.moveTo(tx, takeOverId, next);
  }

  /** The content of the file that counts now; null: the list is not whole. */
  async fileOf(tx: Tx, takeOverId: string, list: TakeOverList): Promise<string | null> {
    const [row] = await tx.query<{ sha256: string }>(
      'select sha256 from take_over_lists where take_over_id = $1 and list = $2 and is_whole',
      [takeOverId, list],
    );
    return row?.sha256 ?? null;
  }

  async keepFile(
    tx: Tx,
    takeOverId: string,
    list: TakeOverList,
    { sha256, isWhole }: { readonly sha256: string; readonly isWhole: boolean },
  ): Promise<void> {
    await tx.query(
      `insert into take_over_lists (take_over_id, list, sha256, is_whole, sent_by, sent_by_role) values ($1, $2, $3, $4, $5, $6)
       on conflict (take_over_id, list) do update set sha256 = excluded.sha256, is_whole = excluded.is_whole, sent_by = excluded.sent_by,
         sent_by_role = excluded.sent_by_role, sent_at = now()`,
      [takeOverId, list, sha256, isWhole, tx.actor.id, tx.actor.role],
    );
  }
}
