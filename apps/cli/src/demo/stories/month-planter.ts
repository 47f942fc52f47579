import { checkCharacter } from '@app/access';
import type { DisabilityGrade } from '@app/contracts';
import type { DemoPerson } from '../demo-person.js';
import { cardNumberOf, demoPeople } from '../people.js';

/** The days on which something happens; the months are June and July of one year, after a take-over in May. */
export const days = {
  goLive: '2026-05-11',
  may: '2026-05-25',
  june: '2026-06-05',
  grants: '2026-06-12',
  juneRun: '2026-06-15',
  afterJune: '2026-06-26',
  july: '2026-07-06',
  julyRun: '2026-07-15',
  afterJuly: '2026-07-24',
} as const;
const MAY = '2026-05';
export const JUNE = '2026-06';
export const JULY = '2026-07';

export type Subsidy = 'living' | 'nursing';
export const itemIds: Readonly<Record<Subsidy, string>> = {
  living: 'subsidies/living-subsidy',
  nursing: 'subsidies/nursing-subsidy',
};
const TITLES: Readonly<Record<Subsidy, string>> = {
  living: '困难残疾人生活补贴',
  nursing: '重度残疾人护理补贴',
};

/**
 * 分 a month, as a clerk of the demo county would read them off the notice board. Living: 30 % of the local minimum (浙民福〔2021〕191号),
 * which is 1,000 yuan up to June 2026 and 1,050 from July on; nursing: 250. The county's sums are demo values.
 */
function rate(subsidy: Subsidy, month: string): number {
  if (subsidy === 'nursing') return 25_000;
  return month < JULY ? 30_000 : 31_500;
}

/** Somebody of the county, as the old office hands them over. */
export interface PlantedPerson {
  readonly who: string;
  readonly person: DemoPerson;
}

/** What is owed to somebody for a month when all is over, and what of it stands on which list. 分. */
export interface PlantedMonth {
  readonly who: string;
  readonly itemId: string;
  readonly month: string;
  readonly owed: number;
  /** More than nothing: owed and not paid; less than nothing: paid and not owed. */
  readonly open: number;
  /** Where the difference is named; null: there is none. */
  readonly list: string | null;
}

/** A transfer that the bank is to be asked for, and what it answers. */
export interface PlantedTransfer {
  readonly who: string;
  readonly itemId: string;
  /** Month of the run. */
  readonly run: string;
  readonly account: string;
  readonly fen: number;
  readonly arrives: boolean;
}

/** Two months of a county, written down before the first of them begins. */
export interface PlantedMonths {
  readonly people: readonly PlantedPerson[];
  readonly months: readonly PlantedMonth[];
  readonly transfers: readonly PlantedTransfer[];
  /** `persons.csv` and the like are written by whoever knows the people; these two lists are of money. */
  readonly benefits: string;
  readonly payees: string;
  /** Account numbers by whom they are of: the first one, and the one after a change. */
  readonly accounts: ReadonlyMap<string, { readonly first: string; readonly second: string }>;
  /** What the bank says no to, by month of the run and account. */
  readonly refusals: Readonly<Record<string, ReadonlyMap<string, string>>>;
  /** Lines in which the first run differs from the old list: `who` and item, missing or extra. */
  readonly differing: readonly string[];
}

const ORDINARY = 24;

/**
 * Plants two months: who there is, what the old list says, what happens to whom, and what therefore must be owed, paid, returned and named on
 * which list. Nothing of what pays is used here.
 */
export function plantMonths(seed: number): PlantedMonths {
  const stock = demoPeople({ seed, people: 600, today: days.goLive, firstSerial: 701, cardShare: 0 }).filter(
    ({ birthDate }) => birthDate > '1968-01-01' && birthDate < '2000-01-01',
  );
  const people: PlantedPerson[] = [];
  const months: PlantedMonth[] = [];
  const transfers: PlantedTransfer[] = [];
  const benefits: string[][] = [];
  const payees: string[][] = [];
  const differing: string[] = [];
  const accounts = new Map<string, { first: string; second: string }>();
  const known = new Map<string, DemoPerson>();
  const serial = () => String(known.size).padStart(6, '0');

  const person = (who: string, own: Own = {}, drawn = stock[known.size]) => {
    if (!drawn) throw new Error('the county has too few people');
    const { grade = 2, validTo = '2030-02-28', facts = {} } = own;
    const made: DemoPerson = {
      ...drawn,
      household: `M${serial()}`,
      head: true,
      aid: null,
      card: {
        category: 'physical',
        grade,
        components: [{ category: 'physical', grade }],
        cardNumber: cardNumberOf(drawn.identityNumber, 'physical', grade),
        issuedOn: '2020-03-01',
        validTo,
      },
      facts: { ...KNOWN, ...facts },
    };
    accounts.set(who, { first: `6222900001${serial()}`, second: `6222900002${serial()}` });
    known.set(who, made);
    people.push({ who, person: made });
    return made;
  };
  /** On the old list, and with an account unless somebody says otherwise. */
  const takenOver = (who: string, subsidy: Subsidy, { yuan, last = MAY, account }: Old = {}) => {
    const { identityNumber, name } = known.get(who)!;
    const sum = yuan ?? `${rate(subsidy, MAY) / 100}.00`;
    benefits.push([identityNumber, TITLES[subsidy], '2025-07', sum, last, '', `M${benefits.length + 1}`]);
    if (account === null || payees.some(([number]) => number === identityNumber)) return;
    const number = account?.number ?? accounts.get(who)!.first;
    payees.push([
      identityNumber,
      ...(account?.guardian ? ['监护人', '王监护', '母亲', '户口簿复印件', account.guardian] : []),
      ...(account?.guardian ? [] : ['本人', name, '', '', '']),
      ...['示范县农村信用社', number],
    ]);
  };
  const owes = (
    who: string,
    subsidy: Subsidy,
    month: string,
    owed: number,
    left: Pick<PlantedMonth, 'open' | 'list'> = { open: 0, list: null },
  ) => months.push({ who, itemId: itemIds[subsidy], month, owed, ...left });
  const pays = (
    who: string,
    subsidy: Subsidy,
    run: string,
    fen: number,
    { account = accounts.get(who)!.first, arrives = true } = {},
  ) => transfers.push({ who, itemId: itemIds[subsidy], run, account, fen, arrives });
  const second = (who: string) => ({ account: accounts.get(who)!.second });
  const missing = (who: string, subsidy: Subsidy) => differing.push(`missing ${who} ${itemIds[subsidy]}`);
  const extra = (who: string, subsidy: Subsidy) => differing.push(`extra ${who} ${itemIds[subsidy]}`);
  const steady = (who: string, subsidy: Subsidy) => {
    for (const month of [JUNE, JULY]) {
      owes(who, subsidy, month, rate(subsidy, month));
      pays(who, subsidy, month, rate(subsidy, month));
    }
  };
  /** Both months owed, and both paid by the second run. */
  const arrears = (who: string, subsidy: Subsidy, to: { account?: string } = {}) => {
    owes(who, subsidy, JUNE, rate(subsidy, JUNE));
    owes(who, subsidy, JULY, rate(subsidy, JULY));
    pays(who, subsidy, JULY, rate(subsidy, JUNE) + rate(subsidy, JULY), to);
  };
  /** June is owed and paid, and nothing after it: a month that has begun is owed whole. */
  const untilJune = (who: string, subsidy: Subsidy) => {
    owes(who, subsidy, JUNE, rate(subsidy, JUNE));
    pays(who, subsidy, JUNE, rate(subsidy, JUNE));
  };
  /** June was paid and turns out not to be owed. */
  const overpaid = (who: string, subsidy: Subsidy, open: number) => {
    owes(who, subsidy, JUNE, 0, { open: -open, list: open > 0 ? 'overpaid' : null });
    pays(who, subsidy, JUNE, rate(subsidy, JUNE));
  };

  for (let n = 1; n <= ORDINARY; n += 1) {
    const who = `ordinary-${n}`;
    const drawn: readonly Subsidy[] =
      n % 3 === 0 ? ['living', 'nursing'] : n % 3 === 1 ? ['living'] : ['nursing'];
    person(who, { facts: { 'aid.dibao': drawn.includes('living') } });
    for (const subsidy of drawn) {
      takenOver(who, subsidy);
      steady(who, subsidy);
    }
  }

  // What the old list pays, as it pays it: another sum than the county's own, and a month behind.
  person('old-rate');
  takenOver('old-rate', 'nursing', { yuan: '240.00' });
  for (const month of [JUNE, JULY]) {
    owes('old-rate', 'nursing', month, 24_000);
    pays('old-rate', 'nursing', month, 24_000);
  }
  person('month-behind', { facts: LIVING });
  takenOver('month-behind', 'living', { last: '2026-04' });
  owes('month-behind', 'living', MAY, rate('living', MAY));
  owes('month-behind', 'living', JUNE, rate('living', JUNE));
  owes('month-behind', 'living', JULY, rate('living', JULY));
  pays('month-behind', 'living', JUNE, rate('living', MAY) + rate('living', JUNE));
  pays('month-behind', 'living', JULY, rate('living', JULY));

  // Granted in the middle of June, owed from the month of the application; and decided in July of an application of June.
  person('granted', { grade: 3 });
  steady('granted', 'living');
  extra('granted', 'living');
  person('decided-late', { grade: 3 });
  arrears('decided-late', 'living');

  // Re-graded after the run of June: heavier, so that nursing is owed beside living; lighter, so that nothing is from July on.
  person('heavier', { grade: 3, facts: LIVING });
  takenOver('heavier', 'living');
  steady('heavier', 'living');
  arrears('heavier', 'nursing');
  person('lighter');
  takenOver('lighter', 'nursing');
  untilJune('lighter', 'nursing');

  // Deaths: in June, known when June is paid; in May, known only then; and on the day on which the run of July is approved.
  person('died-in-june', { facts: LIVING });
  takenOver('died-in-june', 'living');
  untilJune('died-in-june', 'living');
  person('died-in-may', { facts: LIVING });
  takenOver('died-in-may', 'living');
  // Brought back by the family in two instalments.
  overpaid('died-in-may', 'living', 0);
  person('died-on-approval', { facts: LIVING });
  takenOver('died-on-approval', 'living');
  untilJune('died-on-approval', 'living');
  owes('died-on-approval', 'living', JULY, rate('living', JULY), {
    open: rate('living', JULY),
    list: 'changed',
  });

  // A death that was somebody else's, and a card that had run out.
  person('alive', { facts: LIVING });
  takenOver('alive', 'living');
  missing('alive', 'living');
  arrears('alive', 'living');
  person('card-ran-out', { validTo: '2026-05-20' });
  takenOver('card-ran-out', 'nursing');
  missing('card-ran-out', 'nursing');
  arrears('card-ran-out', 'nursing');

  // Work injury benefit since May, known in July: neither was owed. 100 yuan of the one come back; the other is let be.
  person('work-injury', { facts: LIVING });
  takenOver('work-injury', 'living');
  takenOver('work-injury', 'nursing');
  overpaid('work-injury', 'living', rate('living', JUNE) - 10_000);
  overpaid('work-injury', 'nursing', rate('nursing', JUNE));

  // Accounts: changed, out of order for once and closed (the bank says so), of a guardian whose proof has ended, shared by three, none.
  person('new-account', { facts: LIVING });
  takenOver('new-account', 'living');
  missing('new-account', 'living');
  arrears('new-account', 'living', second('new-account'));
  person('out-of-order', { facts: LIVING });
  takenOver('out-of-order', 'living');
  pays('out-of-order', 'living', JUNE, rate('living', JUNE), { arrives: false });
  arrears('out-of-order', 'living');
  person('account-closed', { facts: LIVING });
  takenOver('account-closed', 'living');
  pays('account-closed', 'living', JUNE, rate('living', JUNE), { arrives: false });
  // The new account came after the run of June, so that of July is the one for which it is held.
  for (const month of [JUNE, JULY]) {
    const fen = rate('living', month);
    owes('account-closed', 'living', month, fen, { open: fen, list: 'account-held' });
  }
  person('name-differs');
  takenOver('name-differs', 'nursing');
  untilJune('name-differs', 'nursing');
  owes('name-differs', 'nursing', JULY, rate('nursing', JULY), {
    open: rate('nursing', JULY),
    list: 'failed',
  });
  pays('name-differs', 'nursing', JULY, rate('nursing', JULY), { arrives: false });
  person('guardian');
  takenOver('guardian', 'nursing', {
    account: { number: accounts.get('guardian')!.first, guardian: '2026-06-18' },
  });
  missing('guardian', 'nursing');
  arrears('guardian', 'nursing');
  for (const who of ['shared-1', 'shared-2', 'shared-3']) {
    person(who, { facts: LIVING });
    const number = accounts.get('shared-1')!.first;
    takenOver(who, 'living', { account: { number } });
    // The third is taken out of the first run by whoever looks at it.
    if (who === 'shared-3') {
      missing(who, 'living');
      arrears(who, 'living', { account: number });
      continue;
    }
    for (const month of [JUNE, JULY]) {
      owes(who, 'living', month, rate('living', month));
      pays(who, 'living', month, rate('living', month), { account: number });
    }
  }
  person('no-account');
  takenOver('no-account', 'nursing', { account: null });
  missing('no-account', 'nursing');
  for (const month of [JUNE, JULY]) {
    const fen = rate('nursing', month);
    owes('no-account', 'nursing', month, fen, { open: fen, list: 'no-account' });
  }

  // Two files of one person: both drew June; one of the two was never owed, and nobody has decided on it yet.
  const stays = person('one-of-two');
  takenOver('one-of-two', 'nursing');
  pays('one-of-two', 'nursing', JUNE, rate('nursing', JUNE));
  person('other-of-two', {}, { ...stays, identityNumber: neighbour(stays.identityNumber) });
  takenOver('other-of-two', 'nursing');
  pays('other-of-two', 'nursing', JUNE, rate('nursing', JUNE));
  owes('one-of-two', 'nursing', JUNE, rate('nursing', JUNE), {
    open: -rate('nursing', JUNE),
    list: 'overpaid',
  });
  owes('one-of-two', 'nursing', JULY, rate('nursing', JULY));
  pays('one-of-two', 'nursing', JULY, rate('nursing', JULY));

  return {
    ...{ people, months, transfers, accounts, differing: differing.sort() },
    benefits: csv(['身份证号', '项目', '起始月', '月标准', '最后发放月', '停发月份', '档案号'], benefits),
    payees: csv(
      ['身份证号', '户主类型', '户名', '与残疾人关系', '证明材料', '证明有效期至', '开户银行', '账号'],
      payees,
    ),
    refusals: {
      [JUNE]: new Map([
        [accounts.get('out-of-order')!.first, '账户状态异常'],
        [accounts.get('account-closed')!.first, '账户已销户'],
      ]),
      [JULY]: new Map([[accounts.get('name-differs')!.first, '户名不符']]),
    },
  };
}

interface Own {
  readonly grade?: DisabilityGrade;
  readonly validTo?: string;
  readonly facts?: DemoPerson['facts'];
}

interface Old {
  readonly yuan?: string;
  /** Last month paid. */
  readonly last?: string;
  /** Null: none. `guardian`: until when the proof of whoever holds it counts. */
  readonly account?: { readonly number: string; readonly guardian?: string } | null;
}

/** What is known of everybody: long-term care is needed, no other allowance is drawn. */
const KNOWN = {
  'aid.dibao': false,
  'aid.dibian': false,
  'aid.tekun': false,
  'allowance.work-injury-nursing': false,
  'allowance.orphan': false,
  'care.long-term-need': true,
  'income.own-percent-of-dibao': 300,
} as const;
const LIVING = { 'aid.dibao': true } as const;

/** A number of the same day and sex that nobody has. */
function neighbour(identityNumber: string): string {
  const serial = 901 + (Number(identityNumber.slice(14, 17)) % 2 === 1 ? 0 : 1);
  const seventeen = `${identityNumber.slice(0, 14)}${serial}`;
  return seventeen + checkCharacter(seventeen);
}

function csv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return `\ufeff${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
