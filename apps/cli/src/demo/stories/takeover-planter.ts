import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCharacter } from '@app/access';
import type { DemoPerson } from '../demo-person.js';
import { demoPeople } from '../people.js';
import { countyFiles } from '../seed-rosters.js';

/** A line in which the first run must differ from the old list: what is planted, and nothing else. */
export interface PlantedLine {
  readonly kind: 'missing' | 'extra' | 'amount-differs' | 'account-differs';
  /** Of the list of benefits, as a spreadsheet counts. */
  readonly row: number;
  /** 分; null: the row cannot be read. */
  readonly expectedFen: number | null;
  readonly actualFen: number;
  readonly why: string;
}

/** A county as its old office hands it over. */
export interface PlantedCounty {
  /** Identity numbers of those who die before the take-over. */
  readonly dead: readonly string[];
  readonly difference: readonly PlantedLine[];
  /** How often each kind of contradiction is planted. */
  readonly findings: Readonly<Record<string, number>>;
  readonly benefits: number;
}

export interface PlantOptions {
  readonly directory: string;
  readonly people: number;
  readonly seed: number;
  /** Day of the take-over. */
  readonly day: string;
}

/** Demo value of the demo county for the nursing subsidy of a card of the second grade: 250 yuan. */
const YUAN = '250.00';
const FEN = 25_000;
const ITEM = '重度残疾人护理补贴';

type Cells = string[];

/**
 * Writes the lists of a county with contradictions in them, and what will come of them beside, before anybody reads either. Nothing of what reads
 * lists is used here: a list is lines of text, and the expected difference is what a clerk with both lists would write down.
 */
export function plant({ directory, people: many, seed, day }: PlantOptions): PlantedCounty {
  // Households of their own: the demo county's begin with H.
  const people = demoPeople({ people: many, seed, today: day, firstSerial: 701 }).map((person) => ({
    ...person,
    household: `T${person.household}`,
  }));
  const holders = people.filter(({ card }) => card !== null);
  const month = day.slice(0, 7);
  const last = before(month, 1);
  const from = before(month, 14);
  const benefits: Cells[] = [];
  const payees: Cells[] = [];
  const difference: PlantedLine[] = [];
  const findings: Record<string, number> = {};
  const dead: string[] = [];
  let account = 0;
  const found = (kind: string, times = 1) => (findings[kind] = (findings[kind] ?? 0) + times);
  const add = (
    { identityNumber }: Pick<DemoPerson, 'identityNumber'>,
    cells: Partial<Record<Cell, string>> = {},
  ) => {
    const written = { from, yuan: YUAN, last, stop: '', archive: `D${benefits.length + 1}`, ...cells };
    benefits.push([
      identityNumber,
      ...[ITEM, written.from, written.yuan, written.last, written.stop, written.archive],
    ]);
    return benefits.length + 1;
  };
  const pay = (
    { identityNumber, name }: DemoPerson,
    number = `62229${String((account += 1)).padStart(11, '0')}`,
  ) => payees.push([identityNumber, '本人', name, '', '', '', '示范县农村信用社', number]);
  const missing = (row: number, why: string, expectedFen: number | null = FEN) =>
    difference.push({ kind: 'missing', row, expectedFen, actualFen: 0, why });

  // A few of each; the rest of the county is in order.
  const few = Math.max(2, Math.floor(holders.length / 1_000));
  const queue = [...holders];
  const next = () => queue.shift()!;
  // A death changes what the rest of the family is entitled to, and it is theirs then: not what this story looks at.
  const alone = livingAlone(people);
  const nextAlone = () =>
    queue.splice(
      queue.findIndex(({ identityNumber }) => alone.has(identityNumber)),
      1,
    )[0]!;
  for (let n = 0; n < few; n += 1) {
    const gone = nextAlone();
    dead.push(gone.identityNumber);
    missing(add(gone), 'person-dead');

    const twice = next();
    missing(add(twice), 'two-benefits-of-one-item');
    missing(add(twice, { yuan: '200.00' }), 'two-benefits-of-one-item', 20_000);
    found('two-benefits-of-one-item', 2);
    found('rate-unlike-region');

    const repeated = next();
    add(repeated, { archive: `R${n}` });
    pay(repeated);
    missing(add(repeated, { archive: `R${n}` }), 'row-repeated');
    found('row-repeated');

    const poor = next();
    missing(add(poor), 'no-account');
    found('benefit-without-account');

    const two = next();
    missing(add(two), 'no-account');
    pay(two);
    pay(two);
    found('two-accounts', 2);

    const early = next();
    missing(add(early, { from: month, last: before(month, 4) }), 'last-month-before-start');
    pay(early);
    found('last-month-before-start');
    found('account-without-benefit');

    missing(add({ identityNumber: nobody(n) }), 'person-not-on-file');
    found('person-not-on-file');

    const blurred = next();
    missing(add(blurred, { yuan: '二百五' }), 'unreadable', null);
    pay(blurred);
    found('unreadable');
    found('account-without-benefit');

    // These contradict something, and yet the first run pays what the old list would have paid.
    const odd = next();
    add(odd, { yuan: '240.00' });
    pay(odd);
    found('rate-unlike-region');
    const late = next();
    add(late, { last: before(month, 3) });
    pay(late);
    const stopped = next();
    add(stopped, { stop: month, last });
    pay(stopped);
    found('stopped-already');
    found('account-without-benefit');
    const overpaid = next();
    add(overpaid, { stop: last, last });
    pay(overpaid);
    found('last-month-after-stop');
    found('account-without-benefit');
    for (const member of [next(), next(), next()]) {
      add(member);
      pay(member, `62228${String(n).padStart(11, '0')}`);
    }
    found('account-shared', 3);
  }
  found('person-dead', few);
  // Who died, and of whom two benefits are listed, has no account on the list either.
  found('benefit-without-account', few * 3);
  for (const holder of queue) {
    add(holder);
    pay(holder);
  }
  const files = countyFiles(people);
  const county = { dead, difference: inOrder(difference), findings, benefits: benefits.length };
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: string | Buffer) => writeFileSync(join(directory, name), content);
  write('expected.json', JSON.stringify(county, null, 2));
  write('persons.csv', files.persons);
  write('cards.csv', files.cards);
  write(
    'benefits.csv',
    csv(['身份证号', '项目', '起始月', '月标准', '最后发放月', '停发月份', '档案号'], benefits),
  );
  write(
    'payees.csv',
    csv(
      ['身份证号', '户主类型', '户名', '与残疾人关系', '证明材料', '证明有效期至', '开户银行', '账号'],
      payees,
    ),
  );
  return county;
}

/** Identity numbers of whoever shares a household with nobody. */
function livingAlone(people: readonly DemoPerson[]): Set<string> {
  const sizes = new Map<string, number>();
  for (const { household } of people) sizes.set(household, (sizes.get(household) ?? 0) + 1);
  return new Set(
    people.flatMap(({ household, identityNumber }) => (sizes.get(household) === 1 ? [identityNumber] : [])),
  );
}

type Cell = 'from' | 'yuan' | 'last' | 'stop' | 'archive';

function inOrder(lines: readonly PlantedLine[]): PlantedLine[] {
  return lines.toSorted((a, b) => a.row - b.row);
}

/** `2026-03` less so many months. */
function before(month: string, months: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 - months;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
}

/** A number that is well made and nobody's: born on a day on which the demo county has nobody with such a serial. */
function nobody(n: number): string {
  const seventeen = `33880119500101${String(901 + n * 2).slice(-3)}`;
  return seventeen + checkCharacter(seventeen);
}

function csv(header: readonly string[], rows: readonly Cells[]): string {
  return `\ufeff${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
