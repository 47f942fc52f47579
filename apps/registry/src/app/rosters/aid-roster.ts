import { Injectable } from '@nestjs/common';
import { lookingWith } from '@app/access';
import type { Tx } from '@app/platform';
import { freeTextColumn, monthColumn, type Row, type TableKind } from '@app/tabular';
import { randomUUID } from 'node:crypto';
import { FactQueries } from '../../adapters/postgres/fact-queries.js';
import { PersonRepository, type FileChange } from '../../adapters/postgres/person-repository.js';
import { recordFacts, saysTheSame, type PersonFile, type StatedFact } from '../../domain/person.js';
import {
  decideRow,
  identityColumn,
  identityOf,
  IS_DEAD,
  isProblem,
  NAME_DIFFERS,
  NOT_ON_FILE,
  olderThanFile,
  reaches,
  type CheckedRow,
  type FullRoster,
  type Leavers,
  type Roster,
  type RosterRun,
  type RowProblem,
  type RowResult,
} from './roster.js';

const columns = {
  name: freeTextColumn({ header: '姓名', required: true, max: 50, example: '张三' }),
  identityNumber: identityColumn('身份证号', true),
  from: monthColumn({ header: '起始月', aliases: ['享受起始月', '救助起始月', '起始年月'], required: true }),
  to: monthColumn({ header: '终止月', aliases: ['享受终止月', '救助终止月', '终止年月'], example: ' ' }),
};

interface AidRow {
  readonly token: string;
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Civil affairs' roster of who receives one kind of aid: 低保, 低保边缘 or 特困. */
export class AidRoster implements Roster<typeof columns, AidRow>, FullRoster<AidRow> {
  readonly department = 'civil-affairs';
  readonly table: TableKind<typeof columns>;

  constructor(
    readonly kind: string,
    title: string,
    /** The fact that being on the roster says. */
    private readonly factName: string,
    private readonly persons: PersonRepository,
    private readonly facts: FactQueries,
  ) {
    this.table = { name: kind, title, columns };
  }

  check({ values }: Row<typeof columns>, run: RosterRun): AidRow | readonly RowProblem[] {
    const number = identityOf('身份证号', values.identityNumber!, run);
    const from = values.from!;
    const problems: RowProblem[] = isProblem(number) ? [number] : [];
    if (values.to && values.to < from) {
      problems.push({
        column: '终止月',
        reason: '终止月早于起始月',
        suggestion: '请核对起始月和终止月；仍在享受的，终止月请留空。',
      });
    }
    if (isProblem(number) || problems.length > 0) return problems;
    return {
      token: this.persons.tokenOf(number.number),
      name: values.name!,
      validFrom: `${from}-01`,
      validTo: values.to ? lastDayOf(values.to) : null,
    };
  }

  keyOf(row: AidRow): string {
    return row.token;
  }

  async apply(tx: Tx, rows: readonly CheckedRow<AidRow>[], run: RosterRun) {
    const fileOf = await this.persons.loadByTokens(
      tx,
      rows.map(({ value }) => value.token),
    );
    const changes: FileChange[] = [];
    const results = new Map<number, RowResult>();
    for (const { row, value } of rows) {
      const file = fileOf.get(value.token);
      results.set(
        row,
        decideRow(() => this.decide(file, value, run, changes)),
      );
    }
    await this.persons.save(tx, changes);
    return results;
  }

  private decide(
    file: PersonFile | undefined,
    row: AidRow,
    run: RosterRun,
    changes: FileChange[],
  ): RowResult {
    if (!file || !reaches(run, file.person.divisionCode)) return NOT_ON_FILE;
    if (file.person.name !== row.name) return NAME_DIFFERS;
    const stated = this.stated(true, row.validFrom, row.validTo, run);
    if (file.person.death) return IS_DEAD;
    const current = file.facts.get(this.factName);
    const confirmed = file.confirmed.get(this.factName);
    if (current && !saysTheSame(current, stated) && confirmed && confirmed > run.asOf) {
      return olderThanFile(confirmed, run.asOf);
    }
    const { state, events } = recordFacts(file, [stated], run.today, randomUUID);
    changes.push({ before: file, after: state, events });
    return events.length > 0 ? 'applied' : 'unchanged';
  }

  async leavers(
    run: RosterRun,
    reach: { from: string; to: string },
    keys: readonly string[],
  ): Promise<Leavers> {
    return this.facts.holdersNotAmong(
      lookingWith(run.actor, 'roster:import'),
      this.factName,
      reach,
      run.asOf,
      keys,
    );
  }

  async remove(tx: Tx, personIds: readonly string[], run: RosterRun): Promise<number> {
    const files = await this.persons.load(tx, personIds);
    const changes: FileChange[] = [];
    for (const file of files) {
      const current = file.facts.get(this.factName);
      // Somebody may have changed it since the list of leavers was made.
      const confirmed = file.confirmed.get(this.factName) ?? '';
      if (current?.value !== true || confirmed > run.asOf || file.person.death) continue;
      const gone = this.stated(false, run.asOf, null, run);
      const { state, events } = recordFacts(file, [gone], run.today, randomUUID);
      changes.push({ before: file, after: state, events });
    }
    await this.persons.save(tx, changes);
    return changes.length;
  }

  private stated(value: boolean, validFrom: string, validTo: string | null, run: RosterRun): StatedFact {
    return {
      name: this.factName,
      value,
      source: { kind: `roster:${this.kind}`, reference: run.importId, asOf: run.asOf },
      validFrom,
      validTo,
    };
  }
}

/** The three rosters of civil affairs. */
@Injectable()
export class AidRosters {
  readonly all: readonly AidRoster[];

  constructor(persons: PersonRepository, facts: FactQueries) {
    this.all = [
      new AidRoster('dibao', '低保名册', 'aid.dibao', persons, facts),
      new AidRoster('dibian', '低保边缘名册', 'aid.dibian', persons, facts),
      new AidRoster('tekun', '特困名册', 'aid.tekun', persons, facts),
    ];
  }
}

/** Last day of a month `YYYY-MM`. */
function lastDayOf(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
