import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';
import type { Benefit } from '../../domain/benefit.js';
import type { MonthSum } from '../../domain/ledger.js';
import {
  openFen,
  type Overpayment,
  type OverpaymentState,
  type RecoveryMethod,
} from '../../domain/overpayment.js';
import { OverpaymentNotFound } from '../../domain/overpayment-errors.js';

interface OverpaymentRow {
  readonly overpayment_id: string;
  readonly benefit_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly state: OverpaymentState;
  readonly months: readonly string[];
  readonly fens: readonly string[];
  readonly found_fen: number;
  readonly found_in_run: number;
  readonly benefit_version: number;
  readonly method: RecoveryMethod | null;
  readonly instalment: number | null;
  readonly asked_by: string | null;
  readonly asked_by_role: string | null;
  readonly asked_on_behalf_of: string | null;
  readonly version: number;
}

/** An overpayment with what it was found by. */
export interface ShownOverpayment extends Overpayment {
  readonly personId: string;
  /** 分 when it was found. */
  readonly foundFen: number;
  readonly foundInRun: number;
  /** State of the benefit by which it shows: in the benefit's history. */
  readonly benefitVersion: number;
}

/** An overpayment with whose benefit it is of, as that stands now. */
export interface FoundWith extends ShownOverpayment {
  readonly holder: { readonly personId: string; readonly divisionCode: string; readonly itemId: string };
}

/** What a run finds of one benefit. */
export interface FoundOverpayment {
  readonly benefit: Benefit;
  /** The live one, if there is one. */
  readonly known: Overpayment | null;
  /** As the months stand by the entries, less what was waived. */
  readonly months: readonly MonthSum[];
}

const columns = `o.overpayment_id, o.benefit_id, o.person_id, o.state, o.months, o.fens, o.found_fen::float8 as found_fen,
  o.found_in_run::float8 as found_in_run, o.benefit_version, o.method, o.instalment::float8 as instalment, o.asked_by, o.asked_by_role,
  o.asked_on_behalf_of, o.version`;

/** Overpayments: found by runs, decided by persons, each step with its reason. */
@Injectable()
export class Overpayments {
  constructor(private readonly database: Database) {}

  /** Live and waived ones of these benefits. */
  async of(tx: Tx, benefitIds: readonly string[]): Promise<Overpayment[]> {
    if (benefitIds.length === 0) return [];
    const rows = await tx.query<OverpaymentRow>(
      `select ${columns} from overpayments o where benefit_id = any($1::uuid[]) and state <> 'settled'
       order by o.overpayment_id for update`,
      [benefitIds],
      'overpayments-of',
    );
    return rows.map(toOverpayment);
  }

  /** New ones come on the list, known ones follow the books, and those of which nothing is left are settled. */
  async found(tx: Tx, runNo: number, found: readonly FoundOverpayment[]): Promise<void> {
    const fresh = found.filter(({ known, months }) => known === null && months.length > 0);
    const id = new Map(fresh.map(({ benefit }) => [benefit.id, randomUUID()]));
    if (fresh.length > 0) {
      await tx.query(
        `insert into overpayments (overpayment_id, benefit_id, person_id, state, months, fens, found_fen, found_in_run, benefit_version)
         select n.id, n.benefit_id, n.person_id, 'open', string_to_array(n.months, ','), string_to_array(n.fens, ',')::bigint[], n.fen, $7,
           n.version
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $8::int[])
           as n (id, benefit_id, person_id, months, fens, fen, version)`,
        [
          fresh.map(({ benefit }) => id.get(benefit.id)),
          fresh.map(({ benefit }) => benefit.id),
          fresh.map(({ benefit }) => benefit.personId),
          fresh.map(({ months }) => months.map(({ month }) => month).join(',')),
          fresh.map(({ months }) => months.map(({ fen }) => fen).join(',')),
          fresh.map(openFen),
          runNo,
          fresh.map(({ benefit }) => benefit.version),
        ],
      );
    }
    const moved = found.flatMap(({ known, months }): Overpayment[] =>
      known && JSON.stringify(known.months) !== JSON.stringify(months)
        ? [
            {
              ...known,
              months,
              state: months.length === 0 ? 'settled' : known.state,
              waiverAskedBy: months.length === 0 ? null : known.waiverAskedBy,
              version: known.version + 1,
            },
          ]
        : [],
    );
    const steps = [
      ...fresh.map(({ benefit, months }) => ({
        id: id.get(benefit.id)!,
        version: 1,
        state: 'open' as const,
        months,
      })),
      ...moved,
    ];
    await this.update(tx, moved);
    await this.remember(tx, steps, `run:${runNo}`);
  }

  /** @throws OverpaymentNotFound */
  async lock(tx: Tx, id: string): Promise<Overpayment> {
    const [row] = await tx.query<OverpaymentRow>(
      `select ${columns} from overpayments o where overpayment_id = $1 for update`,
      [id],
    );
    if (!row) throw new OverpaymentNotFound();
    return toOverpayment(row);
  }

  /** Keeps new states with why they are. */
  async save(tx: Tx, states: readonly Overpayment[], note: string | null): Promise<void> {
    await this.update(tx, states);
    await this.remember(tx, states, note);
  }

  /** @throws OverpaymentNotFound */
  async find(reader: Caller, id: string): Promise<FoundWith> {
    const [row] = await this.database.query<OverpaymentRow & { holder_id: string; item_id: string }>(
      reader,
      `select ${columns}, b.division_code, b.person_id as holder_id, b.item_id from overpayments o join benefits b using (benefit_id) where o.overpayment_id = $1`,
      [id],
    );
    if (!row) throw new OverpaymentNotFound();
    const { holder_id: personId, division_code: divisionCode, item_id: itemId } = row;
    return { ...toShown(row), holder: { personId, divisionCode, itemId } };
  }

  async list(
    reader: Caller,
    query: {
      state?: string | undefined;
      personId?: string | undefined;
      after?: string | undefined;
      limit: number;
    },
  ): Promise<ShownOverpayment[]> {
    const rows = await this.database.query<OverpaymentRow>(
      reader,
      `select ${columns} from overpayments o
       where ($1::text is null or state = $1) and ($2::uuid is null or person_id = $2) and ($3::uuid is null or overpayment_id > $3)
       order by overpayment_id limit $4`,
      [query.state ?? null, query.personId ?? null, query.after ?? null, query.limit],
    );
    return rows.map(toShown);
  }

  private async update(tx: Tx, states: readonly Overpayment[]): Promise<void> {
    if (states.length === 0) return;
    await tx.query(
      `update overpayments o set state = n.state, months = string_to_array(n.months, ','),
         fens = string_to_array(n.fens, ',')::bigint[], method = n.method, instalment = n.instalment, asked_by = n.asked_by,
         asked_by_role = n.asked_by_role, asked_on_behalf_of = n.asked_on_behalf_of, version = n.version, changed_at = now()
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::int[])
         as n (id, state, months, fens, method, instalment, asked_by, asked_by_role, asked_on_behalf_of, version)
       where o.overpayment_id = n.id`,
      [
        states.map(({ id }) => id),
        states.map(({ state }) => state),
        states.map(({ months }) => months.map(({ month }) => month).join(',')),
        states.map(({ months }) => months.map(({ fen }) => fen).join(',')),
        states.map(({ method }) => method),
        states.map(({ instalment }) => instalment),
        states.map(({ waiverAskedBy }) => waiverAskedBy?.id ?? null),
        states.map(({ waiverAskedBy }) => waiverAskedBy?.role ?? null),
        states.map(({ waiverAskedBy }) => waiverAskedBy?.onBehalfOf ?? null),
        states.map(({ version }) => version),
      ],
    );
  }

  private async remember(
    tx: Tx,
    states: readonly Pick<Overpayment, 'id' | 'version' | 'state' | 'months'>[],
    note: string | null,
  ): Promise<void> {
    if (states.length === 0) return;
    await tx.query(
      `insert into overpayment_steps (overpayment_id, version, state, fen, note, done_by, done_by_role, on_behalf_of)
       select n.*, $5, $6, $7, $8 from unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[]) as n`,
      [
        states.map(({ id }) => id),
        states.map(({ version }) => version),
        states.map(({ state }) => state),
        states.map(openFen),
        note,
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
    );
  }
}

function toOverpayment(row: OverpaymentRow): Overpayment {
  return {
    id: row.overpayment_id,
    benefitId: row.benefit_id,
    state: row.state,
    months: row.months.map((month, place) => ({ month, fen: Number(row.fens[place]) })),
    method: row.method,
    instalment: row.instalment,
    waiverAskedBy:
      row.asked_by && row.asked_by_role
        ? { id: row.asked_by, role: row.asked_by_role, onBehalfOf: row.asked_on_behalf_of }
        : null,
    version: row.version,
  };
}

function toShown(row: OverpaymentRow): ShownOverpayment {
  return {
    ...toOverpayment(row),
    personId: row.person_id,
    foundFen: row.found_fen,
    foundInRun: row.found_in_run,
    benefitVersion: row.benefit_version,
  };
}
