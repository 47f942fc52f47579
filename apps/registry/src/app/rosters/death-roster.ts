import { Injectable } from '@nestjs/common';
import { normaliseNumber } from '@app/access';
import type { Tx } from '@app/platform';
import { dayColumn, digitsColumn, freeTextColumn, textColumn, type Row } from '@app/tabular';
import { randomUUID } from 'node:crypto';
import { DeathMatches, type KnownMatch, type NewMatch } from '../../adapters/postgres/death-matches.js';
import { PersonRepository, type FileChange } from '../../adapters/postgres/person-repository.js';
import { readingOf } from '@app/names';
import { possibleMatches, type ListedDeath, type PersonOnFile } from '../../domain/death-match.js';
import { isCalendarDay } from '../../domain/identity-number.js';
import { recordDeath, type PersonFile } from '../../domain/person.js';
import {
  decideRow,
  identityColumn,
  identityOf,
  isProblem,
  NOT_ON_FILE,
  reaches,
  type CheckedRow,
  type Roster,
  type RosterRun,
  type RowProblem,
  type RowResult,
} from './roster.js';

const columns = {
  name: freeTextColumn({ header: '姓名', required: true, max: 50, example: '张三' }),
  identityNumber: identityColumn('身份证号', false),
  diedOn: dayColumn({ header: '死亡日期', aliases: ['死亡时间', '注销日期'], required: true }),
  birthDate: dayColumn({ header: '出生日期', aliases: ['出生年月日'], example: ' ' }),
  divisionCode: digitsColumn({
    header: '户籍区划代码',
    aliases: ['村（社区）代码', '村社区代码', '区划代码', '户籍地代码'],
    min: 12,
    max: 12,
    hint: '所在村（社区）或乡镇（街道）的12位统计用区划代码；没有的留空',
    example: ' ',
  }),
  address: textColumn({
    header: '户籍地址',
    aliases: ['住址', '家庭住址', '村（社区）', '村社区', '户籍所在地'],
    hint: '只供核实时对照，不作比对',
    example: ' ',
  }),
};

interface DeathRow extends ListedDeath {
  /** Search token of the number, if it is one that can exist. */
  readonly token: string | null;
  /** Token of all that the row says. */
  readonly rowToken: string;
  readonly numberProblem: RowProblem | null;
  readonly address: string | null;
}

/** So many may be meant by one row at most: with more the row says too little. */
const MOST_CANDIDATES = 20;

/**
 * The list of deaths that police, civil affairs or health send. Each row stops what a person has, so only number and name together record
 * a death; what may be a namesake or a slip of the pen waits for a user.
 */
@Injectable()
export class DeathRoster implements Roster<typeof columns, DeathRow> {
  readonly kind = 'death';
  readonly department = 'civil-affairs';
  readonly table = { name: 'death', title: '死亡名单', columns };

  constructor(
    private readonly persons: PersonRepository,
    private readonly matches: DeathMatches,
  ) {}

  check({ values }: Row<typeof columns>, run: RosterRun): DeathRow | readonly RowProblem[] {
    const written = normaliseNumber(values.identityNumber ?? '');
    // 无, 不详, a dash: no number.
    const number = /\d/.test(written) ? written : null;
    const read = number === null ? null : identityOf('身份证号', number, run);
    const right = read && !isProblem(read) ? read : null;
    const diedOn = values.diedOn!;
    if (diedOn > run.today) {
      return [{ column: '死亡日期', reason: '死亡日期晚于今天', suggestion: '请核对死亡日期。' }];
    }
    const birthDate = right?.birthDate ?? values.birthDate ?? birthDateIn(number);
    if (right && values.birthDate && values.birthDate !== right.birthDate) {
      return [
        {
          column: '出生日期',
          reason: '与身份证号第7至14位不符',
          suggestion: '请核对出生日期和身份证号，可能匹配了别人。',
        },
      ];
    }
    if (birthDate && diedOn < birthDate) {
      return [
        {
          column: '死亡日期',
          reason: right ? '死亡日期早于身份证号中的出生日期' : '死亡日期早于出生日期',
          suggestion: '请核对死亡日期和身份证号，可能匹配了别人。',
        },
      ];
    }
    const divisionCode = values.divisionCode ?? null;
    const listed = { name: values.name!, number, birthDate, divisionCode, diedOn };
    return {
      ...listed,
      reading: readingOf(listed.name),
      token: right && this.persons.tokenOf(right.number),
      rowToken: this.matches.tokenOf(listed),
      numberProblem: read && isProblem(read) ? read : null,
      address: values.address ?? null,
    };
  }

  keyOf(row: DeathRow): string {
    return row.token ?? row.rowToken;
  }

  keyColumn(row: DeathRow): string {
    return row.token ? '身份证号' : '内容';
  }

  async apply(tx: Tx, rows: readonly CheckedRow<DeathRow>[], run: RosterRun) {
    const fileOf = await this.persons.loadByTokens(
      tx,
      rows.flatMap(({ value }) => value.token ?? []),
    );
    const exact: (CheckedRow<DeathRow> & { file: PersonFile })[] = [];
    const doubtful: (CheckedRow<DeathRow> & { file: PersonFile | null })[] = [];
    for (const each of rows) {
      const found = each.value.token ? fileOf.get(each.value.token) : undefined;
      const file = found && reaches(run, found.person.divisionCode) ? found : null;
      if (file?.person.name === each.value.name) exact.push({ ...each, file });
      else doubtful.push({ ...each, file });
    }
    const takenBack = await this.persons.deathsTakenBack(
      tx,
      exact.map(({ file }) => file.person.personId),
    );
    const changes: FileChange[] = [];
    const results = new Map<number, RowResult>();
    for (const { row, value, file } of exact) {
      results.set(
        row,
        decideRow(() => decide(file, value, takenBack, sourceOf(run, row), run, changes)),
      );
    }
    await this.persons.save(tx, changes);
    for (const [row, result] of await this.compare(tx, doubtful, run)) results.set(row, result);
    return results;
  }

  /** Rows that name nobody with certainty: whom they may mean. */
  private async compare(
    tx: Tx,
    rows: readonly (CheckedRow<DeathRow> & { file: PersonFile | null })[],
    run: RosterRun,
  ): Promise<Map<number, RowResult>> {
    const results = new Map<number, RowResult>();
    if (rows.length === 0) return results;
    const alike = await this.matches.soundingAlike(
      tx,
      rows.map(({ value }) => value.reading),
    );
    const found = rows.map(({ row, value, file }) => {
      const people = (alike.get(value.reading) ?? []).filter(({ divisionCode }) =>
        reaches(run, divisionCode),
      );
      const owner = file && ownerOf(file, value);
      const all =
        owner && !people.some(({ personId }) => personId === owner.personId) ? [...people, owner] : people;
      return { row, value, candidates: possibleMatches(value, all), all };
    });
    const possible = found.filter(({ candidates }) => candidates.length > 0);
    const known = await this.matches.known(
      tx,
      possible.map(({ value }) => value.rowToken),
    );
    const takenBack = await this.persons.deathsTakenBack(
      tx,
      possible.flatMap(({ candidates }) => candidates.map(({ personId }) => personId)),
    );
    const made: NewMatch[] = [];
    const repeated: { row: number; matchId: string }[] = [];
    for (const { row, value, candidates, all } of found) {
      const before = known.get(value.rowToken) ?? [];
      const open = before.find(({ isOpen }) => isOpen);
      if (candidates.length === 0) results.set(row, nobody(value));
      else if (open) {
        repeated.push({ row, matchId: open.matchId });
        results.set(row, 'undecided');
      } else {
        const refused = refusedBefore(before);
        const left = candidates.filter(
          ({ personId }) => !refused.has(personId) && !takenBack.get(personId)?.has(value.diedOn),
        );
        const isMeant = before.some(({ isMatched }) => isMatched);
        const living = left.filter(({ reasons }) => !reasons.includes('dead-that-day'));
        if (isMeant || living.length === 0) results.set(row, 'unchanged');
        else if (left.length > MOST_CANDIDATES) results.set(row, TOO_MANY);
        else {
          const places = all.filter(({ personId }) => left.some((each) => each.personId === personId));
          made.push({
            row,
            said: value,
            candidates: left,
            places: places.map(({ divisionCode }) => divisionCode),
          });
          results.set(row, 'undecided');
        }
      }
    }
    await this.matches.add(tx, run, made, repeated);
    return results;
  }
}

/** The day that stands in a number, also in one that is wrong elsewhere. */
function birthDateIn(number: string | null): string | null {
  if (number === null) return null;
  const digits = number.length === 15 ? `19${number.slice(6, 12)}` : number.slice(6, 14);
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isCalendarDay(day) ? day : null;
}

/** Who has the number of the row, under another name. */
function ownerOf({ person }: PersonFile, { number }: DeathRow): PersonOnFile {
  const { personId, name, birthDate, divisionCode, death } = person;
  return {
    personId,
    name,
    reading: readingOf(name),
    birthDate,
    divisionCode,
    number,
    diedOn: death?.diedOn ?? null,
  };
}

/** Of whom somebody said before that the row does not mean them. */
function refusedBefore(before: readonly KnownMatch[]): ReadonlySet<string> {
  return new Set(
    before.flatMap(({ isOpen, isMatched, candidates }) => (isOpen || isMatched ? [] : candidates)),
  );
}

function nobody({ number, numberProblem }: DeathRow): RowProblem {
  if (numberProblem) return numberProblem;
  return number
    ? NOT_ON_FILE
    : {
        ...NOT_ON_FILE,
        column: '姓名',
        suggestion: '本行没有身份证号，按姓名没有找到此人；确为服务对象的，请补充身份证号后重新上传。',
      };
}

const TOO_MANY: RowProblem = {
  column: '姓名',
  reason: `同名的超过${MOST_CANDIDATES}人，无法逐一核实`,
  suggestion: '请向名单提供单位补充身份证号、出生日期或户籍区划代码后重新上传本行。',
};

/** The list and the row that say it. */
function sourceOf(run: RosterRun, row: number) {
  return { kind: 'roster:death', reference: `${run.importId}#${row}`, asOf: run.asOf };
}

function decide(
  file: PersonFile,
  row: DeathRow,
  takenBack: ReadonlyMap<string, ReadonlySet<string>>,
  source: ReturnType<typeof sourceOf>,
  run: RosterRun,
  changes: FileChange[],
): RowResult {
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
  const { state, events } = recordDeath(file, row.diedOn, source, run.today, randomUUID);
  if (events.length === 0) return 'unchanged';
  changes.push({ before: file, after: state, events });
  return 'applied';
}
