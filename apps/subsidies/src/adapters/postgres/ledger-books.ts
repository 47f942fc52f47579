import { Injectable } from '@nestjs/common';
import type { Caller, Tx } from '@app/platform';
import type { BookedMonth, Books, Entry } from '../../domain/ledger.js';
import type { Month } from '../../domain/month.js';

/** Where entries are booked: whose books, in which month of them, and by which run. */
export interface Booking {
  readonly county: string;
  readonly bookedIn: Month;
  /** Null: no run. */
  readonly runNo: number | null;
  readonly by: Pick<Caller, 'id' | 'role'>;
}

/** Sums of a benefit after its entries were added. */
export interface BooksOf extends Pick<Books, 'through' | 'version' | 'owed' | 'paid' | 'even'> {
  readonly benefitId: string;
}

/** Entries and their sums, written only by the service's own work: runs, returns and recoveries, in the transaction that decides them. */
@Injectable()
export class LedgerBooks {
  /** The month in which a county books. @param forUpdate null: nobody has booked yet */
  async openMonth(tx: Tx, county: string): Promise<Month | null> {
    const [row] = await tx.query<{ open_month: string }>(
      'select open_month from ledger_months where county = $1 for share',
      [county],
    );
    return row?.open_month ?? null;
  }

  /** The books of a county move on to a month; those before it are closed. */
  async moveTo(tx: Tx, county: string, month: Month): Promise<void> {
    await tx.query(
      `insert into ledger_months as m (county, open_month) values ($1, $2)
       on conflict (county) do update set open_month = excluded.open_month, moved_at = now() where m.open_month < excluded.open_month`,
      [county, month],
    );
  }

  /** The months of these benefits that have entries, by benefit. */
  async monthsOf(tx: Tx, benefitIds: readonly string[]): Promise<ReadonlyMap<string, BookedMonth[]>> {
    const found = new Map<string, BookedMonth[]>(benefitIds.map((id) => [id, []]));
    if (benefitIds.length === 0) return found;
    // Sums of one benefit are far below what a double holds exactly.
    const rows = await tx.query<{ benefit_id: string } & BookedMonth>(
      `select benefit_id, month, sum(fen) filter (where kind in ('entitlement', 'correction'))::float8 as owed,
         sum(case when kind in ('payment', 'top-up') then fen when kind in ('return', 'recovery') then -fen else 0 end)::float8 as paid
       from benefit_entries where benefit_id = any($1::uuid[]) group by benefit_id, month`,
      [benefitIds],
      'ledger-months',
    );
    for (const { benefit_id, month, owed, paid } of rows) {
      found.get(benefit_id)!.push({ month, owed: owed ?? 0, paid });
    }
    return found;
  }

  /** @throws where an entry of the same benefit, month, kind and cause is there, or the month of the books is closed */
  async add(tx: Tx, entries: readonly Entry[], { county, bookedIn, runNo, by }: Booking): Promise<void> {
    if (entries.length === 0) return;
    await tx.query(
      `insert into benefit_entries (benefit_id, month, kind, cause, fen, county, booked_in, run_no, booked_by, booked_by_role)
       select e.*, $6, $7, $8, $9, $10
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as e`,
      [
        entries.map(({ benefitId }) => benefitId),
        entries.map(({ month }) => month),
        entries.map(({ kind }) => kind),
        entries.map(({ cause }) => cause),
        entries.map(({ fen }) => fen),
        county,
        bookedIn,
        runNo,
        by.id,
        by.role,
      ],
      'ledger-add',
    );
  }

  async keep(tx: Tx, books: readonly BooksOf[]): Promise<void> {
    if (books.length === 0) return;
    await tx.query(
      `insert into benefit_books (benefit_id, through, version, owed, paid, even)
       select * from unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bool[])
       on conflict (benefit_id) do update set through = excluded.through, version = excluded.version, owed = excluded.owed,
         paid = excluded.paid, even = excluded.even`,
      [
        books.map(({ benefitId }) => benefitId),
        books.map(({ through }) => through),
        books.map(({ version }) => version),
        books.map(({ owed }) => owed),
        books.map(({ paid }) => paid),
        books.map(({ even }) => even),
      ],
      'ledger-keep',
    );
  }

  /** Adds to what was paid for these benefits; less than nothing where it came back. `even`: every month is paid as it is owed now. */
  async addPaid(
    tx: Tx,
    sums: readonly { readonly benefitId: string; readonly fen: number; readonly even: boolean }[],
  ): Promise<void> {
    if (sums.length === 0) return;
    await tx.query(
      `update benefit_books b set paid = b.paid + s.fen, even = s.even
       from unnest($1::uuid[], $2::bigint[], $3::bool[]) as s (benefit_id, fen, even) where b.benefit_id = s.benefit_id`,
      [sums.map(({ benefitId }) => benefitId), sums.map(({ fen }) => fen), sums.map(({ even }) => even)],
      'ledger-paid',
    );
  }
}
