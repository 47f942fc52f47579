import { Injectable } from '@nestjs/common';
import { type Actor } from '@app/access';
import { Catalogue, type ItemInForce } from '@app/catalogue';
import { TakeOverCases } from '@app/casework';
import { Clock } from '@app/kernel';
import { type Caller, Database } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { TakeOverRows, type KeptRow } from '../adapters/postgres/take-over-rows.js';
import { TakeOverWorld } from '../adapters/postgres/take-over-world.js';
import { compareLists, type World } from '../domain/take-over-checks.js';
import { findingKinds, verdictOf, type FindingKind, type TakeOverFinding } from '../domain/take-over.js';
import { TakeOverNotReady } from '../domain/take-over-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';
import { isRateOfItem } from './take-over-rates.js';

/** Rows of one transaction. */
const CHUNK = 2_000;

export interface CheckedTakeOver {
  readonly rows: number;
  readonly findings: Readonly<Partial<Record<FindingKind, number>>>;
}

/** Compares the lists with each other and with what is known (试运行): what is found is written down, nothing is made. */
@Injectable()
export class CheckTakeOver {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly takeOvers: TakeOverRepository,
    private readonly rows: TakeOverRows,
    private readonly world: TakeOverWorld,
    private readonly cases: TakeOverCases,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /** @throws TakeOverNotFound, NotAllowed, TakeOverNotReady */
  async run(actor: Actor, takeOverId: string): Promise<CheckedTakeOver> {
    const takeOver = await this.takeOvers.find(lookingAtMoney(actor, 'take-over:read'), takeOverId);
    const caller = changingMoney(actor, ['take-over:load'], [`${takeOver.county}000000`]);
    const { state } = takeOver;
    if (state !== 'dry-run' && state !== 'loaded' && state !== 'released') throw new TakeOverNotReady(state);
    // One look at one state of the tables: it only reads, so it holds nothing back however long it takes.
    const { rows, known } = await this.database.read(this.actor, async (tx) => ({
      rows: await this.rows.all(tx, takeOverId),
      known: await this.world.known(tx, takeOverId),
    }));
    const world = { ...known, ...this.rulesOf(takeOver) };
    const found = compareLists(rows, world);
    await this.write(takeOver, rows, found, world);
    await this.database.command(caller, async (tx) => {
      const now = await this.takeOvers.lock(tx, takeOverId);
      tx.audit({ what: 'take-over.checked', detail: { takeOverId, findings: found.length } });
      if (now.version !== takeOver.version) return;
      await this.takeOvers.setChecked(tx, takeOverId);
      await this.takeOvers.followVillages(tx, now);
    });
    return { rows: rows.length, findings: countsOf(found) };
  }

  private async write(
    { takeOverId, county }: TakeOver,
    rows: readonly KeptRow[],
    found: readonly TakeOverFinding[],
    world: World,
  ): Promise<void> {
    const rowOf = new Map(rows.map((row) => [`${row.list} ${row.row}`, row]));
    const kindsOf = new Map<string, FindingKind[]>();
    for (const { list, row, kind } of found) {
      const key = `${list} ${row}`;
      kindsOf.set(key, [...(kindsOf.get(key) ?? []), kind]);
    }
    const placeOf = ({ personId }: KeptRow) => {
      const place = personId === null ? undefined : world.persons.get(personId)?.divisionCode;
      return place?.startsWith(county) ? place : `${county}000000`;
    };
    const judged = rows
      .map((row) => ({
        ...row,
        divisionCode: placeOf(row),
        verdict: verdictOf(kindsOf.get(`${row.list} ${row.row}`) ?? []),
        before: row,
      }))
      .filter(
        ({ before, verdict, divisionCode }) =>
          before.verdict !== verdict || before.divisionCode !== divisionCode,
      );
    for (let at = 0; at < judged.length; at += CHUNK) {
      await this.database.transaction(this.actor, (tx) =>
        this.rows.judge(tx, takeOverId, judged.slice(at, at + CHUNK)),
      );
    }
    await this.database.transaction(this.actor, (tx) => this.rows.clearFindings(tx, takeOverId));
    const placed = found.map((finding, place) => {
      const row = rowOf.get(`${finding.list} ${finding.row}`)!;
      return { ...finding, place, personId: row.personId, divisionCode: placeOf(row) };
    });
    for (let at = 0; at < placed.length; at += CHUNK) {
      await this.database.transaction(this.actor, (tx) =>
        this.rows.addFindings(tx, takeOverId, placed.slice(at, at + CHUNK)),
      );
    }
    await this.database.transaction(this.actor, (tx) => this.rows.listVillages(tx, takeOverId));
  }

  private rulesOf({ county, day }: TakeOver): Pick<World, 'county' | 'day' | 'isRateKnown' | 'isOffered'> {
    const items = new Map<string, ItemInForce | undefined>();
    const today = this.clock.today();
    const itemAt = (itemId: string, divisionCode: string) => {
      if (!items.has(itemId)) {
        items.set(
          itemId,
          this.catalogue.region(divisionCode, today).items.find(({ id }) => id === itemId),
        );
      }
      return items.get(itemId);
    };
    return {
      county,
      day,
      isOffered: (itemId, divisionCode) => this.cases.isOffered(itemId, divisionCode),
      isRateKnown: (itemId, divisionCode, { fen, lastPaid }) => {
        const item = itemAt(itemId, divisionCode);
        if (item?.owner !== 'subsidies' || item.amounts?.per !== 'month' || !item.payment) return 'unknown';
        return isRateOfItem(item, divisionCode, fen, lastPaid);
      },
    };
  }
}

function countsOf(found: readonly TakeOverFinding[]): CheckedTakeOver['findings'] {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const kind of Object.keys(findingKinds) as FindingKind[]) {
    const count = found.filter((finding) => finding.kind === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}
