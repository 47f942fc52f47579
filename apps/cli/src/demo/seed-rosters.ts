import { factNamed } from '@app/catalogue';
import type { DisabilityCategory } from '@app/contracts';
import type { DemoCard, DemoPerson } from './demo-person.js';

/** The files that a county sends when it begins: its people, civil affairs' three rosters, the cards that are out already. */
export interface CountyFiles {
  readonly persons: Buffer;
  readonly aid: Readonly<Record<'dibao' | 'dibian' | 'tekun', Buffer>>;
  readonly cards: Buffer;
}

/** Since when the demo county's families have been on their rosters. */
const AID_SINCE = '2025-07';

const CATEGORY_WORDS: Readonly<Record<DisabilityCategory, string>> = {
  visual: '视力',
  hearing: '听力',
  speech: '言语',
  physical: '肢体',
  intellectual: '智力',
  mental: '精神',
  multiple: '多重',
};

/** Writes people down as the departments would: with the words of the vocabulary, in the columns of the templates. */
export function countyFiles(people: readonly DemoPerson[]): CountyFiles {
  return {
    persons: personsRoster(people),
    aid: {
      dibao: aidRoster(people, 'dibao'),
      dibian: aidRoster(people, 'dibian'),
      tekun: aidRoster(people, 'tekun'),
    },
    cards: cardsRoster(people),
  };
}

function personsRoster(people: readonly DemoPerson[]): Buffer {
  const names = [...new Set(people.flatMap(({ facts }) => Object.keys(facts)))].sort();
  const facts = names.map((name) => {
    const fact = factNamed(name);
    if (fact?.from !== 'registry') throw new RangeError(`the registry keeps no fact ${name}`);
    return fact;
  });
  return csv(
    [
      '姓名',
      '身份证号',
      '户籍区划代码',
      '联系电话',
      '住址',
      '户号',
      '与户主关系',
      ...facts.map(({ zh }) => zh),
    ],
    people.map((person) => [
      person.name,
      person.identityNumber,
      person.villageCode,
      person.phone,
      person.address,
      person.household,
      person.head ? '户主' : '家庭成员',
      ...facts.map(({ name, values }) => {
        const value = person.facts[name];
        if (value === undefined) return '';
        if (typeof value === 'boolean') return value ? '是' : '否';
        return values?.[value] ?? String(value);
      }),
    ]),
  );
}

function aidRoster(people: readonly DemoPerson[], kind: 'dibao' | 'dibian' | 'tekun'): Buffer {
  return csv(
    ['姓名', '身份证号', '起始月', '终止月'],
    people
      .filter(({ aid }) => aid === kind)
      .map(({ name, identityNumber }) => [name, identityNumber, AID_SINCE, '']),
  );
}

function cardsRoster(people: readonly DemoPerson[]): Buffer {
  return csv(
    ['身份证号', '残疾人证号', '残疾类别', '残疾等级', '多重残疾明细', '发证日期', '有效期至', '状态'],
    people.flatMap(({ identityNumber, card }) =>
      card
        ? [
            [
              identityNumber,
              card.cardNumber,
              CATEGORY_WORDS[card.category],
              gradeWord(card.grade),
              card.category === 'multiple' ? componentsOf(card) : '',
              card.issuedOn,
              card.validTo,
              '有效',
            ],
          ]
        : [],
    ),
  );
}

function componentsOf({ components }: DemoCard): string {
  return components.map(({ category, grade }) => `${CATEGORY_WORDS[category]}${gradeWord(grade)}`).join('；');
}

function gradeWord(grade: number): string {
  return `${'一二三四'[grade - 1]}级`;
}

function csv(header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  const line = (cells: readonly string[]) =>
    cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
  return Buffer.from(`\ufeff${[header, ...rows].map(line).join('\r\n')}\r\n`, 'utf8');
}
