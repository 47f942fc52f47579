import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import { dayColumn, textColumn, type Row } from '@app/tabular';
import { randomUUID } from 'node:crypto';
import { PersonRepository, type FileChange } from '../../adapters/postgres/person-repository.js';
import { recordDeath, type PersonFile } from '../../domain/person.js';
import {
  decideRow,
  identityColumn,
  identityOf,
  isProblem,
  NAME_DIFFERS,
  NOT_ON_FILE,
  reaches,
  type CheckedRow,
  type Roster,
  type RosterRun,
  type RowProblem,
  type RowResult,
} from './roster.js';

const columns = {
  name: textColumn({ header: '姓名', required: true, max: 50, example: '张三' }),
  identityNumber: identityColumn('身份证号', true),
  diedOn: dayColumn({ header: '死亡日期', aliases: ['死亡时间', '注销日期'], required: true }),
};

interface DeathRow {
  readonly token: string;
  readonly name: string;
  readonly diedOn: string;
}

/** The list of deaths that police, civil affairs or health send. Each row stops what a person has, so a doubt is an error. */
@Injectable()
export class DeathRoster implements Roster<typeof columns, DeathRow> {
  readonly kind = 'death';
  readonly department = 'civil-affairs';
  readonly table = { name: 'death', title: '死亡名单', columns };

  constructor(private readonly persons: PersonRepository) {}

  check({ values }: Row<typeof columns>, run: RosterRun): DeathRow | readonly RowProblem[] {
    const number = identityOf('身份证号', values.identityNumber!, run);
    if (isProblem(number)) return [number];
    const diedOn = values.diedOn!;
    if (diedOn > run.today) {
      return [{ column: '死亡日期', reason: '死亡日期晚于今天', suggestion: '请核对死亡日期。' }];
    }
    if (diedOn < number.birthDate) {
      return [
        {
          column: '死亡日期',
          reason: '死亡日期早于身份证号中的出生日期',
          suggestion: '请核对死亡日期和身份证号，可能匹配了别人。',
        },
      ];
    }
    return { token: this.persons.tokenOf(number.number), name: values.name!, diedOn };
  }

  keyOf(row: DeathRow): string {
    return row.token;
  }

  async apply(tx: Tx, rows: readonly CheckedRow<DeathRow>[], run: RosterRun) {
    const fileOf = await this.persons.loadByTokens(
      tx,
      rows.map(({ value }) => value.token),
    );
    const takenBack = await this.persons.deathsTakenBack(
      tx,
      [...fileOf.values()].map(({ person }) => person.personId),
    );
    const changes: FileChange[] = [];
    const results = new Map<number, RowResult>();
    for (const { row, value } of rows) {
      const file = fileOf.get(value.token);
      results.set(
        row,
        decideRow(() => decide(file, value, takenBack, run, changes)),
      );
    }
    await this.persons.save(tx, changes);
    return results;
  }
}

function decide(
  file: PersonFile | undefined,
  row: DeathRow,
  takenBack: ReadonlyMap<string, ReadonlySet<string>>,
  run: RosterRun,
  changes: FileChange[],
): RowResult {
  if (!file || !reaches(run, file.person.divisionCode)) return NOT_ON_FILE;
  if (file.person.name !== row.name) return NAME_DIFFERS;
  if (file.person.death && file.person.death.diedOn !== row.diedOn) {
    return {
      column: '死亡日期',
      reason: `档案中已登记的死亡日期是${file.person.death.diedOn}`,
      suggestion: '请核实死亡日期；档案有误的，请先撤回原登记，再上传本行。',
    };
  }
  if (!file.person.death && takenBack.get(file.person.personId)?.has(row.diedOn)) {
    return {
      column: null,
      reason: '同一死亡登记曾因核实有误被撤回',
      suggestion: '请再次核实；确已死亡的，请在该人档案中人工登记。',
    };
  }
  const source = { kind: 'roster:death', reference: run.importId, asOf: run.asOf };
  const { state, events } = recordDeath(file, row.diedOn, source, run.today, randomUUID);
  if (events.length === 0) return 'unchanged';
  changes.push({ before: file, after: state, events });
  return 'applied';
}
