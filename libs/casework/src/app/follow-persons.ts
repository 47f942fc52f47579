import { Injectable } from '@nestjs/common';
import { lookingWith, type Actor } from '@app/access';
import { ClosedFiles } from '@app/files';
import { Clock } from '@app/kernel';
import {
  moveRows,
  partRows,
  PersonFollower,
  type FollowedTable,
  type PersonMove,
  type PersonPart,
} from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { endedStatuses } from '../domain/case.js';
import { CaseTwinLives, keepTwin, setAsideTwin } from '../domain/twin-case.js';

/** What a person has once at most while it lives. Its table has `created_at` and `twin_of`, and its unique index leaves out who has a twin. */
export interface SingleThing {
  readonly table: string;
  /** Its own id. */
  readonly id: string;
  /** Columns within which it is single, beside the person. */
  readonly by: readonly string[];
  /** SQL of the table `t`: it lives. */
  readonly lives: string;
  /** Whether it has a `case_id`: of a twin that case is put on hold, too. */
  readonly ofCase: boolean;
}

/** Two things of which a person may have one. */
export interface Twin {
  /** Of what kind: the table. */
  readonly kind: string;
  /** The younger, which waits. */
  readonly id: string;
  readonly twinOf: string;
  readonly personId: string;
  readonly divisionCode: string;
}

const CASES: SingleThing = {
  table: 'cases',
  id: 'case_id',
  by: ['item_id', 'period'],
  lives: `t.status not in (${endedStatuses.map((status) => `'${status}'`).join(', ')})`,
  ofCase: true,
};

/** Cases first: whoever works on one holds its lock, and what belongs to it is seen once that is through. */
const TABLES: readonly FollowedTable[] = [
  { table: 'cases', ids: ['case_id'] },
  { table: 'case_challenges', ids: ['case_id'] },
  { table: 'case_messages', ids: ['case_id'] },
  { table: 'known_papers', ids: ['case_id', 'paper_id'] },
  { table: 'proposed_stops', ids: [] },
];

/**
 * A service's cases and files follow their persons when files are merged or split. Of what may be there once only the older stays, and
 * the younger is set aside: its case is on hold and stands in the queue of who decides, and in the list of twins. A service that keeps
 * more of a person names its tables in a class of its own.
 */
@Injectable()
export class CasePersonFollower extends PersonFollower {
  /** What the service keeps beside its cases. */
  protected readonly tables: readonly FollowedTable[] = [];
  /** What of that a person has once. */
  protected readonly single: readonly SingleThing[] = [];

  constructor(
    protected readonly cases: CaseRepository,
    private readonly files: ClosedFiles,
    private readonly database: Database,
    protected readonly clock: Clock,
  ) {
    super();
  }

  /** What else has to be settled before rows are moved, so that no unique key is in the way. */
  protected async beforeMerge(_tx: Tx, _move: PersonMove): Promise<void> {}

  /** What else there is to do once rows are moved. */
  protected async afterMerge(_tx: Tx, _move: PersonMove): Promise<void> {}

  private get things(): readonly SingleThing[] {
    return [CASES, ...this.single];
  }

  async merge(tx: Tx, move: PersonMove): Promise<void> {
    const asideCases = new Set<string>();
    const keptFor = new Map<string, string>();
    for (const thing of this.things) {
      for (const { caseId, twinOf } of await setAside(tx, thing, move)) {
        asideCases.add(caseId);
        if (thing === CASES) keptFor.set(twinOf, caseId);
      }
    }
    await this.beforeMerge(tx, move);
    await moveRows(tx, [...TABLES, ...this.tables], move);
    await this.files.moveTo(tx, move.from, move.to);
    await tx.query('delete from case_persons where person_id = $1', [move.from]);
    await tx.query('delete from case_representatives where person_id = $1', [move.from]);
    await this.afterMerge(tx, move);
    const today = this.clock.today();
    await this.cases.changeEach(tx, [...asideCases], move.cause, (state) =>
      setAsideTwin(state, move.cause.id, today),
    );
    // Who knows one case of a person and item must know that which goes on, not that which waits.
    await this.cases.changeEach(tx, [...keptFor.keys()], move.cause, (state) =>
      keepTwin(state, keptFor.get(state.id)!),
    );
  }

  async split(tx: Tx, part: PersonPart): Promise<void> {
    const tables = [...TABLES, ...this.tables, { table: 'files', ids: ['file_id', 'case_id'] }];
    await partRows(tx, tables, part);
    // A stop is of an item and a period: it goes where the case of these goes, unless who stays has one, too.
    await tx.query(
      `update proposed_stops s set person_id = $2 from cases c
       where c.case_id = any($1::uuid[]) and c.person_id = $2 and s.person_id = $3 and s.item_id = c.item_id and s.period = c.period
         and not exists (select from cases o where o.person_id = $3 and o.item_id = s.item_id and o.period = s.period)`,
      [part.subjects, part.to, part.from],
    );
    // Of different persons, they are no twins any more; a hold is lifted by a person.
    for (const { table, id } of this.things) {
      await tx.query(
        `update ${table} t set twin_of = null from ${table} o
         where o.${id} = t.twin_of and o.person_id <> t.person_id and (t.person_id = any($1::uuid[]) or o.person_id = any($1::uuid[]))`,
        [[part.from, part.to]],
      );
    }
  }

  /** A case goes on only once its twin, and that of what rests on it, is over. @throws CaseTwinLives */
  async assertNoTwinLives(tx: Tx, caseId: string): Promise<void> {
    // The twin may lie out of the user's reach.
    const living = await tx.asService(async () => {
      const found: string[] = [];
      for (const { table, id, lives, ofCase } of this.things) {
        if (!ofCase) continue;
        const rows = await tx.query<{ id: string }>(
          `select t.${id} as id from ${table} t join ${table} y on y.twin_of = t.${id} where y.case_id = $1 and ${lives} for update of t`,
          [caseId],
        );
        found.push(...rows.map((row) => row.id));
      }
      return found;
    });
    if (living[0]) throw new CaseTwinLives(living[0]);
  }

  /** The case goes on: neither it nor what rests on it has a twin any more. */
  async settle(tx: Tx, caseId: string): Promise<void> {
    await tx.asService(async () => {
      for (const { table, ofCase } of this.things) {
        if (ofCase) {
          await tx.query(`update ${table} set twin_of = null where case_id = $1 and twin_of is not null`, [
            caseId,
          ]);
        }
      }
    });
  }

  /** Twins that both live, of which the actor may see the younger. */
  async twins(actor: Actor, limit: number): Promise<Twin[]> {
    const found: Twin[] = [];
    for (const { table, id, lives } of this.things) {
      const rows = await this.database.query<{
        id: string;
        twin_of: string;
        person_id: string;
        division_code: string;
      }>(
        lookingWith(actor, 'person:correct'),
        `select t.${id} as id, t.twin_of, t.person_id, t.division_code from ${table} t
         where t.twin_of is not null and ${lives}
           and not exists (select from ${table} o where o.${id} = t.twin_of and not (${lives.replaceAll('t.', 'o.')}))
         order by t.division_code, t.${id} limit $1`,
        [limit - found.length],
      );
      found.push(
        ...rows.map((row) => ({
          kind: table,
          id: row.id,
          twinOf: row.twin_of,
          personId: row.person_id,
          divisionCode: row.division_code,
        })),
      );
    }
    return found;
  }
}

/**
 * Marks the younger of each two; what rests on a case waits with it, whichever of the two came to be first, so that one of them goes on.
 * @returns the cases that wait with them, each with that of which its thing is the twin
 */
async function setAside(
  tx: Tx,
  { table, id, by, lives, ofCase }: SingleThing,
  move: PersonMove,
): Promise<{ caseId: string; twinOf: string }[]> {
  const rests = ofCase && table !== CASES.table;
  const cases = rests
    ? 'join cases ca on ca.case_id = a.case_id join cases cb on cb.case_id = b.case_id'
    : '';
  const age = (thing: 'a' | 'b') =>
    rests
      ? `(c${thing}.twin_of is not null, ${thing}.created_at, ${thing}.case_id)`
      : `(${thing}.created_at, ${thing}.${id})`;
  const same = ['a.person_id = $1', 'b.person_id = $2', ...by.map((column) => `a.${column} = b.${column}`)];
  const alive = [lives.replaceAll('t.', 'a.'), lives.replaceAll('t.', 'b.')];
  const rows = await tx.query<{ case_id: string | null; twin_of: string }>(
    `with pairs as (
       select a.${id} as one, b.${id} as other, ${age('a')} > ${age('b')} as one_is_younger
       from ${table} a join ${table} b on true ${cases}
       where ${[...same, ...alive].join(' and ')} and a.twin_of is null and b.twin_of is null
       for update of a, b)
     update ${table} t set twin_of = case when p.one_is_younger then p.other else p.one end
     from pairs p where t.${id} = case when p.one_is_younger then p.one else p.other end
     returning ${ofCase ? 't.case_id' : 'null::uuid as case_id'}, t.twin_of`,
    [move.from, move.to],
  );
  return rows.flatMap(({ case_id, twin_of }) => (case_id ? [{ caseId: case_id, twinOf: twin_of }] : []));
}
