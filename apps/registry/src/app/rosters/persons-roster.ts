import { Injectable } from '@nestjs/common';
import type { FactDefinition } from '@app/catalogue';
import type { Tx } from '@app/platform';
import {
  choiceColumn,
  dayColumn,
  digitsColumn,
  freeTextColumn,
  numberColumn,
  textColumn,
  yesNoColumn,
  type Column,
  type Row,
} from '@app/tabular';
import { randomUUID } from 'node:crypto';
import { GuardianRepository } from '../../adapters/postgres/guardian-repository.js';
import { HouseholdRepository } from '../../adapters/postgres/household-repository.js';
import {
  PersonRepository,
  type Contacts,
  type FileChange,
  type SealedSecrets,
} from '../../adapters/postgres/person-repository.js';
import { checkGuardian, guardianBases, type GuardianBasis } from '../../domain/guardian.js';
import { ageOn, type IdentityNumber } from '../../domain/identity-number.js';
import {
  changePerson,
  countyOf,
  recordFacts,
  registerPerson,
  type FactValue,
  type FileDecision,
  type PersonFile,
  type StatedFact,
} from '../../domain/person.js';
import { HEAD } from '../change-household.js';
import { registryFacts } from '../fact-vocabulary.js';
import {
  decideRow,
  identityColumn,
  identityOf,
  IS_DEAD,
  isProblem,
  NAME_DIFFERS,
  olderThanFile,
  reaches,
  type CheckedRow,
  type Roster,
  type RosterRun,
  type RowProblem,
  type RowResult,
} from './roster.js';

const who = {
  name: freeTextColumn({ header: '姓名', required: true, max: 50, example: '张三' }),
  identityNumber: identityColumn('身份证号', true),
  divisionCode: digitsColumn({
    header: '户籍区划代码',
    aliases: ['村（社区）代码', '村社区代码', '区划代码', '户籍地代码'],
    required: true,
    min: 12,
    max: 12,
    hint: '户籍所在村（社区）的12位统计用区划代码',
    example: '338801001001',
  }),
  sex: choiceColumn({ header: '性别', words: { 男: 'male', 女: 'female' } }),
  birthDate: dayColumn({ header: '出生日期', aliases: ['出生年月日'], example: '1985-06-15' }),
  phone: digitsColumn({
    header: '联系电话',
    aliases: ['电话', '手机', '手机号', '手机号码'],
    min: 7,
    max: 15,
  }),
  address: textColumn({ header: '住址', aliases: ['家庭住址', '详细地址', '现住址'] }),
  householdNo: textColumn({ header: '户号', aliases: ['户籍号', '户编号'], max: 30 }),
  relation: freeTextColumn({ header: '与户主关系', aliases: ['户主关系'], max: 20, example: HEAD }),
  guardianName: freeTextColumn({ header: '监护人姓名', aliases: ['监护人'], max: 50 }),
  guardianNumber: identityColumn('监护人身份证号', false),
  guardianRelation: freeTextColumn({ header: '监护人关系', aliases: ['与监护人关系'], max: 20 }),
  guardianPhone: digitsColumn({ header: '监护人电话', aliases: ['监护人联系电话'], min: 7, max: 15 }),
  guardianBasis: choiceColumn({
    header: '监护事由',
    words: { 未成年人: 'minor', 精神残疾: 'mental', 智力残疾: 'intellectual' } satisfies Record<
      string,
      GuardianBasis
    >,
  }),
};

function factColumn(fact: FactDefinition): Column<FactValue> {
  const options = { header: fact.zh, aliases: [fact.name], example: ' ' };
  switch (fact.type) {
    case 'boolean':
      return yesNoColumn(options);
    case 'number':
      return numberColumn(options);
    case 'day':
      return dayColumn(options);
    case 'choice':
      return choiceColumn({
        ...options,
        words: Object.fromEntries(Object.entries(fact.values ?? {}).map(([value, word]) => [word, value])),
      });
  }
}

/** Every fact of the vocabulary that is kept here is a column that may stand in the roster. */
const factColumns = Object.fromEntries(registryFacts.map((fact) => [fact.name, factColumn(fact)]));
type PersonColumns = typeof who & Record<string, Column<FactValue>>;
const columns = { ...who, ...factColumns } as PersonColumns;

interface GuardianOnRow {
  readonly name: string;
  readonly number: IdentityNumber;
  readonly relation: string;
  readonly phone: string | null;
  readonly basis: GuardianBasis;
}

interface PersonRow {
  readonly token: string;
  readonly number: IdentityNumber;
  readonly name: string;
  readonly divisionCode: string;
  readonly phone: string | null;
  readonly address: string | null;
  readonly householdNo: string | null;
  readonly relation: string | null;
  readonly guardian: GuardianOnRow | null;
  readonly facts: readonly StatedFact[];
}

/** The roster of people: who they are, their household and guardian, and any facts that the sender knows. */
@Injectable()
export class PersonsRoster implements Roster<PersonColumns, PersonRow> {
  readonly kind = 'persons';
  readonly department = null;
  readonly table = { name: 'persons', title: '人员名册', columns };

  constructor(
    private readonly persons: PersonRepository,
    private readonly households: HouseholdRepository,
    private readonly guardians: GuardianRepository,
  ) {}

  check({ values }: Row<PersonColumns>, run: RosterRun): PersonRow | readonly RowProblem[] {
    const number = identityOf('身份证号', values.identityNumber!, run);
    if (isProblem(number)) return [number];
    const problems: RowProblem[] = [];
    const divisionCode = values.divisionCode!;
    if (!reaches(run, divisionCode)) {
      problems.push({
        column: '户籍区划代码',
        reason: '该地不在您的管辖区域，或代码有误',
        suggestion: '请核对12位区划代码；其他地区的人员请由当地登记。',
      });
    }
    if (values.sex && values.sex !== number.sex) {
      problems.push({
        column: '性别',
        reason: '与身份证号第17位不符',
        suggestion: '请对照身份证核对性别和号码。',
      });
    }
    if (values.birthDate && values.birthDate !== number.birthDate) {
      problems.push({
        column: '出生日期',
        reason: '与身份证号第7至14位不符',
        suggestion: '请对照身份证核对日期和号码。',
      });
    }
    if (values.relation && !values.householdNo) {
      problems.push({
        column: '户号',
        reason: '填写了与户主关系，但没有户号',
        suggestion: '请补充户号；不清楚户号的，请把与户主关系留空。',
      });
    }
    const token = this.persons.tokenOf(number.number);
    const guardian = this.guardianOf(values, { birthDate: number.birthDate, identityToken: token }, run);
    if (Array.isArray(guardian)) problems.push(...(guardian as RowProblem[]));
    if (problems.length > 0) return problems;
    return {
      token,
      number,
      name: values.name!,
      divisionCode,
      phone: values.phone,
      address: values.address,
      householdNo: values.householdNo,
      relation: values.relation,
      guardian: guardian as GuardianOnRow | null,
      facts: registryFacts.flatMap(({ name }) => {
        const value = values[name] as FactValue | null | undefined;
        if (value === null || value === undefined) return [];
        const source = { kind: 'roster:persons', reference: run.importId, asOf: run.asOf };
        return [{ name, value, source, validFrom: null, validTo: null }];
      }),
    };
  }

  private guardianOf(
    values: Row<PersonColumns>['values'],
    ward: { birthDate: string; identityToken: string },
    run: RosterRun,
  ): GuardianOnRow | null | readonly RowProblem[] {
    const { guardianName: name, guardianNumber: text, guardianRelation: relation } = values;
    if (!name && !text && !relation && !values.guardianPhone && !values.guardianBasis) return null;
    const missing = [
      ['监护人姓名', name],
      ['监护人身份证号', text],
      ['监护人关系', relation],
    ].flatMap(([column, value]) =>
      value
        ? []
        : [
            {
              column: column!,
              reason: `填写了监护人，但没有${column}`,
              suggestion: '请补充，或把监护人各列都留空。',
            },
          ],
    );
    if (missing.length > 0) return missing;
    const number = identityOf('监护人身份证号', text!, run);
    if (isProblem(number)) return [number];
    const basis = values.guardianBasis ?? (ageOn(ward.birthDate, run.today) < 18 ? 'minor' : null);
    if (!basis) {
      return [
        {
          column: '监护事由',
          reason: '成年人的监护人需填写监护事由',
          suggestion: `请填写：${Object.values(guardianBases).slice(1).join('、')}。`,
        },
      ];
    }
    const guardianToken = this.persons.tokenOf(number.number);
    const checked = decideRow(() => {
      checkGuardian(ward, { birthDate: number.birthDate, identityToken: guardianToken }, basis, run.today);
      return 'applied';
    });
    if (typeof checked === 'object') return [{ ...checked, column: '监护人身份证号' }];
    return { name: name!, number, relation: relation!, phone: values.guardianPhone, basis };
  }

  keyOf(row: PersonRow): string {
    return row.token;
  }

  alsoUnique(row: PersonRow) {
    if (row.relation !== HEAD || !row.householdNo) return null;
    return {
      key: `${countyOf(row.divisionCode)}:${row.householdNo}`,
      problem: {
        column: '与户主关系',
        reason: '同一户号有两个户主',
        suggestion: '请核对户号和与户主关系，每户只填一个户主。',
      },
    };
  }

  async apply(tx: Tx, rows: readonly CheckedRow<PersonRow>[], run: RosterRun) {
    const tokens = rows.map(({ value }) => value.token);
    // In this order: whoever is registered between the two looks meets the unique number, and the piece is worked through again.
    const onFile = await this.persons.tokensOnFile(tx, tokens);
    const loaded = await this.persons.loadByTokens(tx, tokens);
    // This roster says who somebody is: under the number of a merged file it would say it of the wrong one.
    const files = [...loaded].flatMap(([token, file]) => (file.person.identityToken === token ? [file] : []));
    const fileOf = new Map(files.map((file) => [file.person.identityToken, file]));
    const contacts =
      files.length === 0
        ? new Map<string, Contacts>()
        : await this.persons.contactsOf(
            tx,
            files.map(({ person }) => person.personId),
          );
    const results = new Map<number, RowResult>();
    const accepted: CheckedRow<PersonRow>[] = [];
    for (const row of rows) {
      const { token } = row.value;
      const file = fileOf.get(token);
      const problem =
        onFile.has(token) && !file
          ? loaded.has(token)
            ? FORMER_NUMBER
            : OF_ANOTHER_PLACE
          : conflict(file, row.value, run);
      if (problem) results.set(row.row, problem);
      else accepted.push(row);
    }
    const householdOf = await this.householdsOf(tx, accepted);
    const changes: (FileChange & { row: number; value: PersonRow })[] = [];
    for (const { row, value } of accepted) {
      const householdId = householdOf.get(householdKey(value)) ?? null;
      const file = fileOf.get(value.token);
      results.set(
        row,
        decideRow(() => {
          const { state, events } = decide(file, value, householdId, run);
          const secrets = this.newSecrets(file, value, contacts);
          changes.push({ before: file ?? null, after: state, events, secrets, row, value });
          return events.length > 0 || secrets ? 'applied' : 'unchanged';
        }),
      );
    }
    await this.persons.save(tx, changes);
    const told = await this.guardians.addMany(
      tx,
      changes.flatMap(({ after, value }) =>
        value.guardian
          ? [
              {
                ...value.guardian,
                identityNumber: value.guardian.number.number,
                personId: after.person.personId,
                divisionCode: after.person.divisionCode,
                since: run.asOf,
              },
            ]
          : [],
      ),
    );
    for (const { after, row } of changes) if (told.has(after.person.personId)) results.set(row, 'applied');
    await this.households.setHeads(
      tx,
      changes.flatMap(({ after: { person } }) =>
        person.householdId && person.relation === HEAD
          ? [{ householdId: person.householdId, personId: person.personId }]
          : [],
      ),
    );
    return results;
  }

  private async householdsOf(tx: Tx, rows: readonly CheckedRow<PersonRow>[]): Promise<Map<string, string>> {
    const wanted = new Map<string, { householdNo: string; divisionCode: string }>();
    for (const { value } of rows) {
      if (!value.householdNo || wanted.has(householdKey(value))) continue;
      wanted.set(householdKey(value), { householdNo: value.householdNo, divisionCode: value.divisionCode });
    }
    const known = new Map<string, string>();
    for (const county of new Set([...wanted.values()].map(({ divisionCode }) => countyOf(divisionCode)))) {
      const here = [...wanted.values()]
        .filter(({ divisionCode }) => countyOf(divisionCode) === county)
        .map((household) => ({ ...household, householdId: randomUUID() }));
      const ids = await this.households.ensure(tx, county, here);
      for (const [householdNo, householdId] of ids) known.set(`${county}:${householdNo}`, householdId);
    }
    return known;
  }

  /** Only what is new: encrypting the same phone again would look like a change. */
  private newSecrets(
    file: PersonFile | undefined,
    row: PersonRow,
    contacts: ReadonlyMap<string, Contacts>,
  ): Partial<SealedSecrets> | undefined {
    const { phone, address } = row;
    if (!file) return this.persons.seal({ identityNumber: row.number.number, phone, address });
    const known = contacts.get(file.person.personId);
    return this.persons.sealSome({
      ...(phone && phone !== known?.phone ? { phone } : {}),
      ...(address && address !== known?.address ? { address } : {}),
    });
  }
}

function householdKey(row: PersonRow): string {
  return `${countyOf(row.divisionCode)}:${row.householdNo ?? ''}`;
}

const OF_ANOTHER_PLACE: RowProblem = {
  column: '身份证号',
  reason: '该身份证号已由其他地区登记',
  suggestion: '请核对号码；人已迁入的，请联系县级残联数据岗位办理迁入。',
};

const FORMER_NUMBER: RowProblem = {
  column: '身份证号',
  reason: '该身份证号是此人的曾用号码，或属于已并入其他档案的原档案',
  suggestion: '请按此号码查到本人档案，以档案中现在的身份证号填写本行。',
};

function conflict(file: PersonFile | undefined, row: PersonRow, run: RosterRun): RowProblem | null {
  if (!file) return null;
  const { person } = file;
  if (!reaches(run, person.divisionCode)) return OF_ANOTHER_PLACE;
  if (person.name !== row.name) return NAME_DIFFERS;
  if (person.divisionCode !== row.divisionCode) {
    return {
      column: '户籍区划代码',
      reason: '与档案中的户籍地不一致',
      suggestion: '已迁移的，请先在档案中办理迁移；未迁移的，请核对区划代码。',
    };
  }
  if (person.death) return IS_DEAD;
  for (const fact of row.facts) {
    const current = file.facts.get(fact.name);
    const confirmed = file.confirmed.get(fact.name) ?? '';
    if (current && current.value !== fact.value && confirmed > run.asOf) {
      return { ...olderThanFile(confirmed, run.asOf), column: columns[fact.name]!.header };
    }
  }
  return null;
}

function decide(
  file: PersonFile | undefined,
  row: PersonRow,
  householdId: string | null,
  run: RosterRun,
): FileDecision {
  const known: FileDecision = file
    ? changePerson(file, householdId ? { householdId, relation: row.relation ?? file.person.relation } : {})
    : registerPerson({
        personId: randomUUID(),
        divisionCode: row.divisionCode,
        name: row.name,
        sex: row.number.sex,
        birthDate: row.number.birthDate,
        identityToken: row.token,
        householdId,
        relation: row.relation,
      });
  if (row.facts.length === 0) return known;
  // A roster has no validity of its own: it confirms what is on file with one.
  const stated = row.facts.map((fact) => {
    const current = known.state.facts.get(fact.name);
    return current?.value === fact.value
      ? { ...fact, validFrom: current.validFrom, validTo: current.validTo }
      : fact;
  });
  const recorded = recordFacts(known.state, stated, run.today, randomUUID);
  return { state: recorded.state, events: [...known.events, ...recorded.events] };
}
