import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import type { Tx } from '@app/platform';
import { holdingKey, type Holding, type Round, type RoundItem } from '../../domain/holding.js';

interface HoldingRow {
  person_id: string;
  item_id: string;
  period: string;
  division_code: string;
  item_version: string;
  owner: Holding['owner'];
  status: Holding['status'];
  case_id: string | null;
  case_version: number;
  next_step: string | null;
  since: Date | null;
  held_from: Holding['heldFrom'];
  round_id: string | null;
  opened_in: number;
  stops: Holding['stops'];
}

interface RoundRow {
  round_id: string;
  person_id: string;
  division_code: string;
  cause: Round['cause'];
  caused_on: string;
  status: Round['status'];
  changed_by: string;
  changed_role: string;
}

interface ItemRow {
  round_id: string;
  item_id: string;
  action: RoundItem['action'];
  period: string;
  owner: RoundItem['owner'];
  item_version: string;
  mode: RoundItem['mode'];
  case_id: string | null;
  status: RoundItem['status'];
  case_version: number;
  outcome: string | null;
}

/** A person's change of the chain, to be written. */
export interface ChainChange {
  readonly personId: string;
  readonly divisionCode: string;
  /** null: nothing was published. */
  readonly version: number | null;
  readonly by: ActorRef;
  readonly rounds: readonly Round[];
  readonly items: readonly RoundItem[];
  readonly holdings: readonly Holding[];
}

/** Chains with their rounds, and what persons have; written only under the lock of the person's row. */
@Injectable()
export class Chains {
  /** Versions of the chains that exist, by person. */
  async versions(tx: Tx, personIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.query<{ chain_id: string; version: number }>(
      'select chain_id, version from chains where chain_id = any($1::uuid[])',
      [personIds],
      'lifecycle-load-chains',
    );
    return new Map(rows.map((row) => [row.chain_id, row.version]));
  }

  /** What persons have or have under way, by person. */
  async holdings(tx: Tx, personIds: readonly string[]): Promise<Map<string, Holding[]>> {
    const rows = await tx.query<HoldingRow>(
      `select person_id, item_id, period, division_code, item_version, owner, status, case_id, case_version, next_step, since, held_from,
              round_id, opened_in, stops
       from holdings where person_id = any($1::uuid[]) order by item_id, period`,
      [personIds],
      'lifecycle-load-holdings',
    );
    return group(rows, (row) => [
      row.person_id,
      {
        itemId: row.item_id,
        period: row.period,
        itemVersion: row.item_version,
        owner: row.owner,
        divisionCode: row.division_code,
        status: row.status,
        caseId: row.case_id,
        caseVersion: row.case_version,
        nextStep: row.next_step,
        since: row.since?.toISOString() ?? null,
        heldFrom: row.held_from,
        roundId: row.round_id,
        openedIn: row.opened_in,
        stops: row.stops,
      },
    ]);
  }

  /** Cases that wait for their twins since files were merged: of two holdings of one item that of the other counts. */
  async setAside(tx: Tx, twins: readonly { twinId: string; keptId: string }[]): Promise<void> {
    if (twins.length === 0) return;
    await tx.query(
      `insert into set_aside_cases (case_id, kept_id) select * from unnest($1::uuid[], $2::uuid[])
       on conflict (case_id) do update set kept_id = excluded.kept_id`,
      [twins.map(({ twinId }) => twinId), twins.map(({ keptId }) => keptId)],
    );
  }

  /** On which day the cause came that planned what no owner has answered, by person and `holdingKey`. */
  async plannedOn(tx: Tx, personIds: readonly string[]): Promise<Map<string, Map<string, string>>> {
    const rows = await tx.query<{ person_id: string; item_id: string; period: string; caused_on: string }>(
      `select h.person_id, h.item_id, h.period, r.caused_on from holdings h join rounds r using (round_id)
       where h.person_id = any($1::uuid[]) and h.status = 'planned'`,
      [personIds],
      'lifecycle-planned-on',
    );
    const byPerson = new Map<string, Map<string, string>>();
    for (const row of rows) {
      let own = byPerson.get(row.person_id);
      if (!own) byPerson.set(row.person_id, (own = new Map()));
      own.set(holdingKey(row.item_id, row.period), row.caused_on);
    }
    return byPerson;
  }

  /** Rounds that are still open, and all of their items, by person. */
  async openRounds(
    tx: Tx,
    personIds: readonly string[],
  ): Promise<{ rounds: Map<string, Round[]>; items: Map<string, RoundItem[]> }> {
    const [rounds, items] = await Promise.all([
      tx.query<RoundRow>(
        `select round_id, person_id, division_code, cause, caused_on, status, changed_by, changed_role
         from rounds where person_id = any($1::uuid[]) and status = 'open' order by opened_at, round_id`,
        [personIds],
        'lifecycle-load-open-rounds',
      ),
      tx.query<ItemRow & { person_id: string }>(
        `select r.person_id, i.round_id, i.item_id, i.action, i.period, i.owner, i.item_version, i.mode, i.case_id, i.status,
                i.case_version, i.outcome
         from rounds r join round_items i using (round_id)
         where r.person_id = any($1::uuid[]) and r.status = 'open' order by i.item_id, i.action`,
        [personIds],
        'lifecycle-load-open-items',
      ),
    ]);
    return {
      rounds: group(rounds, (row) => [row.person_id, roundOf(row)]),
      items: group(items, (row) => [row.person_id, itemOf(row)]),
    };
  }

  /** Those of these persons who have a round of what they have from before this system came. */
  async takenOver(tx: Tx, personIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (personIds.length === 0) return new Set();
    const rows = await tx.query<{ person_id: string }>(
      `select person_id from rounds where person_id = any($1::uuid[]) and cause = 'taken-over'`,
      [personIds],
      'lifecycle-taken-over',
    );
    return new Set(rows.map((row) => row.person_id));
  }

  async save(tx: Tx, changes: readonly ChainChange[]): Promise<void> {
    const chains = changes
      .filter(({ version }) => version !== null)
      .map(({ personId, divisionCode, version, by }) => ({
        chain_id: personId,
        division_code: divisionCode,
        version,
        ...who(by),
      }));
    const rounds = changes.flatMap((change) =>
      change.rounds.map((round) => ({
        round_id: round.roundId,
        person_id: round.personId,
        division_code: round.divisionCode,
        cause: round.cause,
        caused_on: round.causedOn,
        status: round.status,
        ...who(round.by),
      })),
    );
    const items = changes.flatMap((change) =>
      change.items.map((item) => ({
        round_id: item.roundId,
        item_id: item.itemId,
        action: item.action,
        period: item.period,
        division_code: change.divisionCode,
        owner: item.owner,
        item_version: item.itemVersion,
        mode: item.mode,
        case_id: item.caseId,
        status: item.status,
        case_version: item.caseVersion,
        outcome: item.outcome,
        ...who(change.by),
      })),
    );
    const holdings = changes.flatMap((change) =>
      change.holdings.map((holding) => ({
        person_id: change.personId,
        item_id: holding.itemId,
        period: holding.period,
        division_code: holding.divisionCode,
        item_version: holding.itemVersion,
        owner: holding.owner,
        status: holding.status,
        case_id: holding.caseId,
        case_version: holding.caseVersion,
        next_step: holding.nextStep,
        since: holding.since,
        held_from: holding.heldFrom,
        round_id: holding.roundId,
        opened_in: holding.openedIn,
        stops: holding.stops,
        ...who(change.by),
      })),
    );
    // In this order: a round belongs to a chain, an item to a round.
    await Promise.all([
      chains.length > 0 && tx.query(UPSERT_CHAINS, [JSON.stringify(chains)], 'lifecycle-upsert-chains'),
      rounds.length > 0 && tx.query(UPSERT_ROUNDS, [JSON.stringify(rounds)], 'lifecycle-upsert-rounds'),
      items.length > 0 && tx.query(UPSERT_ITEMS, [JSON.stringify(items)], 'lifecycle-upsert-items'),
      holdings.length > 0 &&
        tx.query(UPSERT_HOLDINGS, [JSON.stringify(holdings)], 'lifecycle-upsert-holdings'),
    ]);
  }
}

export function roundOf(row: RoundRow): Round {
  return {
    roundId: row.round_id,
    personId: row.person_id,
    divisionCode: row.division_code,
    cause: row.cause,
    causedOn: row.caused_on,
    status: row.status,
    by: { id: row.changed_by, role: row.changed_role },
  };
}

function itemOf(row: ItemRow): RoundItem {
  return {
    roundId: row.round_id,
    itemId: row.item_id,
    action: row.action,
    period: row.period,
    owner: row.owner,
    itemVersion: row.item_version,
    mode: row.mode,
    caseId: row.case_id,
    status: row.status,
    caseVersion: row.case_version,
    outcome: row.outcome,
  };
}

function who(by: ActorRef) {
  return { changed_by: by.id, changed_role: by.role };
}

function group<Row, Value>(
  rows: readonly Row[],
  entry: (row: Row) => readonly [string, Value],
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const [key, value] = entry(row);
    const list = groups.get(key);
    if (list) list.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

const UPSERT_CHAINS = `
  insert into chains (chain_id, division_code, version, changed_by, changed_role)
  select chain_id, division_code, version, changed_by, changed_role
  from json_to_recordset($1::json) as u (chain_id uuid, division_code text, version int, changed_by text, changed_role text)
  on conflict (chain_id) do update set division_code = excluded.division_code, version = excluded.version,
    changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()`;

const UPSERT_ROUNDS = `
  insert into rounds (round_id, person_id, division_code, cause, caused_on, status, completed_at, changed_by, changed_role)
  select round_id, person_id, division_code, cause, caused_on, status, case when status = 'complete' then now() end,
    changed_by, changed_role
  from json_to_recordset($1::json) as u (round_id uuid, person_id uuid, division_code text, cause text, caused_on date, status text,
    changed_by text, changed_role text)
  on conflict (round_id) do update set status = excluded.status, completed_at = excluded.completed_at, changed_at = now()
  where rounds.status = 'open'`;

const UPSERT_ITEMS = `
  insert into round_items (round_id, item_id, action, period, division_code, owner, item_version, mode, case_id, status,
    case_version, outcome, changed_by, changed_role)
  select round_id, item_id, action, period, division_code, owner, item_version, mode, case_id, status,
    case_version, outcome, changed_by, changed_role
  from json_to_recordset($1::json) as u (round_id uuid, item_id text, action text, period text, division_code text, owner text,
    item_version text, mode text, case_id uuid, status text, case_version int, outcome text, changed_by text, changed_role text)
  on conflict (round_id, item_id, period, action) do update set case_id = excluded.case_id, status = excluded.status,
    case_version = excluded.case_version, outcome = excluded.outcome, changed_by = excluded.changed_by,
    changed_role = excluded.changed_role, changed_at = now()`;

const UPSERT_HOLDINGS = `
  insert into holdings (person_id, item_id, period, division_code, item_version, owner, status, case_id, case_version, next_step,
    since, held_from, round_id, opened_in, stops, changed_by, changed_role)
  select person_id, item_id, period, division_code, item_version, owner, status, case_id, case_version, next_step,
    since, held_from, round_id, opened_in, stops, changed_by, changed_role
  from json_to_recordset($1::json) as u (person_id uuid, item_id text, period text, division_code text, item_version text,
    owner text, status text, case_id uuid, case_version int, next_step text, since timestamptz, held_from text, round_id uuid, opened_in int,
    stops jsonb, changed_by text, changed_role text)
  on conflict (person_id, item_id, period) do update set division_code = excluded.division_code,
    item_version = excluded.item_version, status = excluded.status, case_id = excluded.case_id,
    case_version = excluded.case_version, next_step = excluded.next_step, since = excluded.since, held_from = excluded.held_from,
    round_id = excluded.round_id, opened_in = excluded.opened_in, stops = excluded.stops, changed_by = excluded.changed_by,
    changed_role = excluded.changed_role, changed_at = now()`;
