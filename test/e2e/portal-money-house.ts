import { Catalogue } from '@app/catalogue';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import type { DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import { cardNumberOf, DEMO_COUNTY, demoPeople } from '../../apps/cli/src/demo/people.js';
import { countyFiles } from '../../apps/cli/src/demo/seed-rosters.js';
import { MONTH_FORMAT } from '../../apps/cli/src/demo/stories/month-bank.js';
import { listTables } from '../../apps/cli/src/takeover/lists.js';
import { loadLists } from '../../apps/cli/src/takeover/load-lists.js';
import type { ListFile } from '../../apps/cli/src/takeover/read-lists.js';
import { CATALOGUE, settled, type House } from './house.js';
import { staffedHouse } from './portal-house.js';

/** A county that was taken over and pays nobody yet. */
export interface MoneyHouse {
  readonly url: string;
  readonly takeOverId: string;
  /** Of the one whose account is nobody else's. */
  readonly accountNumber: string;
  stop(): Promise<void>;
}

/** Three share an account, one has their own, one has none. */
const ACCOUNTS = ['6222900001000001', '6222900001000001', '6222900001000001', '6222900001000002', null];
const OWN = ACCOUNTS[3]!;

export async function openMoneyHouse(): Promise<MoneyHouse> {
  const house = await staffedHouse();
  const { takeOverId } = await takeOver(house);
  const payer = demoActor('member-unit', 'finance');
  await house.system.call('subsidies', 'POST', '/subsidies/bank-formats', {
    actor: payer,
    body: MONTH_FORMAT,
  });
  await settled(house);
  return { url: house.service.url, takeOverId, accountNumber: OWN, stop: () => house.stop() };
}

async function takeOver(house: House) {
  const { system, today } = house;
  const files = listsOf(today);
  const tables = listTables(Catalogue.load(CATALOGUE).region(`${DEMO_COUNTY}000000`, today).items);
  const report = await loadLists({
    ...{ system, files, tables, county: DEMO_COUNTY, day: today, dryRun: false },
  });
  const path = `/subsidies/take-overs/${report.takeOverId}`;
  const lead = demoActor('federation-lead');
  const { villages } = await system.call<{ villages: { divisionCode: string; digest: string }[] }>(
    'subsidies',
    'GET',
    path,
    { actor: lead },
  );
  for (const { divisionCode, digest } of villages) {
    const body = { divisionCode, digest, note: '已逐户核对' };
    await system.call('subsidies', 'POST', `${path}/villages`, { actor: lead, body });
  }
  return report;
}

/** The old office's lists, on which nobody is paid for this month yet; one row is of somebody who is not on file. */
function listsOf(today: string): ReadonlyMap<ListFile, Buffer> {
  const people = peopleOf(today);
  const { persons, cards } = countyFiles(people);
  const [unknown] = peopleOf(today, 901);
  const benefits = [...people, unknown!].map(({ identityNumber }, place) => [
    ...[identityNumber, '重度残疾人护理补贴', '2025-07', '250.00', monthBefore(today), '', `档${place + 1}`],
  ]);
  const payees = people.flatMap(({ identityNumber, name }, place) => {
    const account = ACCOUNTS[place];
    return account ? [[identityNumber, '本人', name, '', '', '', '示范县农村信用社', account]] : [];
  });
  return new Map([
    ['persons', persons],
    ['cards', cards],
    ['benefits', csv(['身份证号', '项目', '起始月', '月标准', '最后发放月', '停发月份', '档案号'], benefits)],
    [
      'payees',
      csv(
        ['身份证号', '户主类型', '户名', '与残疾人关系', '证明材料', '证明有效期至', '开户银行', '账号'],
        payees,
      ),
    ],
  ]);
}

function peopleOf(today: string, firstSerial = 701): DemoPerson[] {
  return demoPeople({ seed: 27_182, people: 200, today, firstSerial, cardShare: 0 })
    .filter(({ birthDate }) => birthDate > '1968-01-01' && birthDate < '2000-01-01')
    .slice(0, ACCOUNTS.length)
    .map((person, place) => ({
      ...person,
      ...{ household: `M${place}`, head: true, aid: null },
      card: {
        ...{ category: 'physical', grade: 2, components: [{ category: 'physical', grade: 2 }] },
        cardNumber: cardNumberOf(person.identityNumber, 'physical', 2),
        ...{ issuedOn: '2020-03-01', validTo: '2030-02-28' },
      },
      facts: { 'allowance.work-injury-nursing': false, 'care.long-term-need': true },
    }));
}

function monthBefore(day: string): string {
  const month = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  month.setUTCMonth(month.getUTCMonth() - 1);
  return month.toISOString().slice(0, 7);
}

function csv(header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(`\ufeff${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`);
}
