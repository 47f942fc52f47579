import type { Department, Role } from '@app/access';
import { Catalogue } from '@app/catalogue';
import type { RunningSystem } from '../../installation/running-system.js';
import { refusal } from '../../installation/running-system.js';
import { listTables } from '../../takeover/lists.js';
import { loadLists } from '../../takeover/load-lists.js';
import type { ListFile } from '../../takeover/read-lists.js';
import { demoActor } from '../accounts.js';
import type { SeenCase } from '../office.js';
import { DEMO_COUNTY } from '../people.js';
import { countyFiles } from '../seed-rosters.js';
import { settled } from './judging.js';
import type { SeenRun } from './paying.js';
import { bankAnswers, MONTH_FORMAT } from './month-bank.js';
import { MonthJudge } from './month-judge.js';
import { days, itemIds, JULY, JUNE, plantMonths, type PlantedMonths, type Subsidy } from './month-planter.js';
import type { Scene } from './scene.js';

const LIMIT_S = 120;
const evidence = [{ kind: '评定表', reference: '医院存档' }];

/** Brings the system to the morning of a day. @returns the scene of that day */
export type DayOf = (day: string) => Promise<Scene>;

export const MONTH = {
  name: 'month',
  summary:
    '两个月发放：计划到回盘，去世、迟到的事实、换账户、退票、合并，分毫不差 · two months paid to the 分; brings up its own system',
};

/** A county goes through two pay runs from plan to return file, with everything in between that makes them hard; judged by SQL of its own. */
export async function tellMonths(dayOf: DayOf): Promise<void> {
  const scene = await dayOf(days.goLive);
  const planted = plantMonths(scene.random.int(1, 1_000_000));
  const judge = new MonthJudge(scene.sql);
  await judge.plant(planted);
  scene.teller.tell(
    `预先写下 ${planted.people.length} 人两个月应发的每一笔 · ${planted.months.length} months of benefits planted before anything is read`,
  );
  const county = new County(scene, planted, judge);
  await county.goLive();

  county.on(await dayOf(days.may));
  await county.newsOfMay();
  county.on(await dayOf(days.june));
  await county.newsOfJune();
  county.on(await dayOf(days.grants));
  await county.grantsOfJune();
  county.on(await dayOf(days.juneRun));
  await county.runOfJune();

  county.on(await dayOf(days.afterJune));
  await county.afterJune();
  county.on(await dayOf(days.july));
  await county.newsOfJuly();
  county.on(await dayOf(days.julyRun));
  await county.runOfJuly();
  county.on(await dayOf(days.afterJuly));
  await county.afterJuly();

  await county.known();
  scene.teller.expect(
    '独立核对：人人应发等于实发，差额都有名目，一分不差 · net paid equals entitled for everybody',
    await judge.findings(),
    [],
  );
}

interface SeenOverpayment {
  readonly overpaymentId: string;
  readonly months: readonly { readonly month: string; readonly fen: number }[];
  readonly version: number;
}

type Answer = 'paid' | 'taken-out';

/** The county's offices through the two months. */
class County {
  private readonly ids = new Map<string, string>();
  private run: SeenRun | null = null;

  constructor(
    private scene: Scene,
    private readonly planted: PlantedMonths,
    private readonly judge: MonthJudge,
  ) {}

  /** Another day has come. */
  on(scene: Scene): void {
    this.scene = scene;
    scene.teller.tell(`— ${scene.today} —`);
  }

  async goLive(): Promise<void> {
    const { system, teller, catalogue, today } = this.scene;
    const { persons, cards } = countyFiles(this.planted.people.map(({ person }) => person));
    const files = new Map<ListFile, Buffer>([
      ['persons', persons],
      ['cards', cards],
      ['benefits', Buffer.from(this.planted.benefits)],
      ['payees', Buffer.from(this.planted.payees)],
    ]);
    const tables = listTables(Catalogue.load(catalogue).region(`${DEMO_COUNTY}000000`, today).items);
    const load = { system, files, tables, county: DEMO_COUNTY, day: today, dryRun: false };
    const { takeOverId, lists } = await loadLists(load);
    teller.expect(
      '名单逐行读取，没有一行失败 · every row of the lists is read',
      lists.filter(({ failed }) => failed > 0),
      [],
    );
    const path = `/take-overs/${takeOverId}`;
    const { villages } = await this.get<{ villages: { divisionCode: string; digest: string }[] }>(path);
    for (const { divisionCode, digest } of villages) {
      await this.post(`${path}/villages`, 'federation-lead', { divisionCode, digest, note: '已逐户核对' });
    }
    await this.known();
    await settled(this.scene);
    teller.tell('存量待遇接管完毕，逐村放行 · the living stock is taken over');
  }

  /** The ids of everybody, as the registry gives them now. */
  async known(): Promise<void> {
    for (const { who, person } of this.planted.people) {
      const { personId } = await this.scene.system.call<{ personId: string }>(
        'registry',
        'POST',
        '/registry/persons/find',
        { actor: demoActor('data-officer'), body: { identityNumber: person.identityNumber } },
      );
      this.ids.set(who, personId);
    }
    await this.judge.know(this.ids);
  }

  async newsOfMay(): Promise<void> {
    const { office, teller } = this.scene;
    // Days that pass are looked at every ten minutes; a fact of the day has the same done at once.
    await office.recordFacts(this.id('card-ran-out'), { 'care.residential': false });
    await this.inStatus('card-ran-out', 'nursing', 'held');
    teller.tell('一人残疾人证过期，先暂缓 · a card has run out: held');
  }

  async newsOfJune(): Promise<void> {
    const { office, teller } = this.scene;
    await office.recordFacts(this.id('granted'), { 'aid.dibao': true });
    teller.tell('一人进入低保，邀请申请生活补贴 · somebody comes on the aid roster, and is invited');
    await office.recordDeath(this.id('alive'), '2026-05-30');
    await this.inStatus('alive', 'living', 'held');
    teller.tell('一人被报去世，先暂缓 · a death is reported: held');
    await this.changeAccount('new-account');
    teller.tell('一人更换账户，两人经手，暂缓一期 · an account is changed by two people, and held one cycle');
    await settled(this.scene);
  }

  async grantsOfJune(): Promise<void> {
    await this.grant('granted', 'living');
    await this.enterAccount('granted', this.account('granted').first);
    this.scene.teller.tell(
      '月中审定一人，自申请之月起发 · granted mid-month, from the month of the application',
    );
  }

  async runOfJune(): Promise<void> {
    const { teller } = this.scene;
    await this.post('/bank-formats', 'member-unit', MONTH_FORMAT, 'finance');
    await this.plan(JUNE, '2026-06-19', (who) => (who === 'shared-3' ? 'taken-out' : 'paid'));
    await this.order();
    const run = this.run!;
    const path = `/pay-runs/${run.runNo}`;
    interface Difference {
      readonly sha256: string;
      readonly lines: readonly { kind: string; personId: string; itemId: string }[];
    }
    const { sha256, lines } = await this.get<Difference>(`${path}/difference`);
    teller.expect(
      '首批与旧名单的差异正是预先写下的 · the first run differs from the old list as planted',
      lines.map(({ kind, personId, itemId }) => `${kind} ${this.whose(personId)} ${itemId}`).sort(),
      [...this.planted.differing],
    );
    await this.post(`${path}/difference/signatures`, 'benefit-officer', { sha256 });
    await this.post(`${path}/difference/signatures`, 'member-unit', { sha256 }, 'civil-affairs');
    await this.bank(JUNE);
  }

  async afterJune(): Promise<void> {
    const { office, teller } = this.scene;
    await this.changeAccount('account-closed');
    teller.tell('退票的一人登记新账户 · whose payment came back has a new account');
    await office.withdrawDeath(this.id('alive'), '经核对为同名同姓，系误报。');
    await this.inStatus('alive', 'living', 'granted');
    teller.tell('误报的去世撤回，恢复发放 · the false death is withdrawn: released');
    for (const [who, diedOn] of [
      ['died-in-june', '2026-06-24'],
      ['died-in-may', '2026-05-28'],
    ] as const) {
      await office.recordDeath(this.id(who), diedOn);
      await this.stop(who, 'living', diedOn);
    }
    teller.tell('两人去世，各自核定停发月份 · two deaths: a named person stops each from its own day');
    await this.regrade('heavier', 2);
    await this.grant('heavier', 'nursing');
    await this.regrade('lighter', 3);
    await this.stop('lighter', 'nursing', days.afterJune);
    teller.tell('一人变重加发护理补贴，一人变轻停发 · one grade heavier, one lighter');
    await office.recordFacts(this.id('decided-late'), { 'aid.dibao': true });
    const seen = await this.caseOf('decided-late', 'living');
    await office.act('subsidies', seen, 'consent', demoActor('village-liaison'), {
      consentedOn: days.afterJune,
    });
    await this.merge('other-of-two', 'one-of-two');
    teller.tell(
      '两份档案合并为一人，重复的一项待遇停发 · two files are merged, and the benefit too many is stopped',
    );
    await settled(this.scene);
  }

  async newsOfJuly(): Promise<void> {
    const { system, office, teller } = this.scene;
    const seen = await this.caseOf('decided-late', 'living');
    await office.work('subsidies', seen.caseId, 'granted');
    await this.enterAccount('decided-late', this.account('decided-late').first);
    teller.tell('六月申请、七月审定一人 · applied for in June, decided in July');
    const fact = { name: 'allowance.work-injury-nursing', value: true, validFrom: '2026-05-20' };
    await system.call('registry', 'POST', `/registry/persons/${this.id('work-injury')}/facts`, {
      actor: demoActor('commissioner'),
      body: { facts: [{ ...fact, source: { kind: 'counter', reference: null, asOf: '2026-05-20' } }] },
    });
    await this.stop('work-injury', 'living', '2026-05-20');
    await this.stop('work-injury', 'nursing', '2026-05-20');
    teller.tell('迟到的事实：自五月起领取工伤护理费 · a late fact: neither was owed since May');
    const card = await system.call<{ cardId: string }>('certification', 'POST', '/certification/cards/find', {
      actor: demoActor('card-officer'),
      body: { identityNumber: this.person('card-ran-out').identityNumber },
    });
    await this.card(card.cardId, 'renew', 'card-officer', {});
    await this.inStatus('card-ran-out', 'nursing', 'granted');
    teller.tell('过期的残疾人证换领 · the card that had run out is renewed');
    await this.enterAccount('guardian', this.account('guardian').first, '2027-06-30');
    teller.tell('监护证明续期，账户不变 · the guardian has a new proof');
    await settled(this.scene);
  }

  async runOfJuly(): Promise<void> {
    const { office, teller } = this.scene;
    await this.plan(JULY, '2026-07-20', () => 'paid');
    await office.recordDeath(this.id('died-on-approval'), days.julyRun);
    await this.inStatus('died-on-approval', 'living', 'held');
    teller.tell('计划之后、审批之前一人去世 · a death between plan and approval');
    await this.order();
    await this.bank(JULY);
  }

  async afterJuly(): Promise<void> {
    const { teller } = this.scene;
    await this.recover('died-in-may', 'living', [15_000, 15_000]);
    await this.recover('work-injury', 'living', [10_000]);
    teller.tell('多发的按协议分期退回 · what was paid too much comes back by instalments');
    const { overpaymentId, version } = await this.overpayment('work-injury', 'nursing');
    const path = `/overpayments/${overpaymentId}/waiver`;
    await this.post(path, 'benefit-officer', { version, reason: '生活确有困难' });
    const decided = { version: version + 1, grants: true, reason: '同意免予追回' };
    await this.post(`${path}/decide`, 'federation-lead', decided);
    teller.tell('一笔经第二人批准免予追回 · one is let be, by a second person');
  }

  /** Plan and checks. */
  private async plan(month: string, payOn: string, answer: (who: string) => Answer): Promise<void> {
    const { teller } = this.scene;
    const body = { county: DEMO_COUNTY, month, payOn };
    const { runNo } = await this.post<SeenRun>('/pay-runs', 'benefit-officer', body);
    await this.reached(runNo, 'planned');
    interface Finding {
      readonly personId: string;
      readonly check: string;
      readonly state: string;
    }
    const { findings } = await this.get<{ findings: Finding[] }>(`/pay-runs/${runNo}/findings?limit=1000`);
    const shared = findings.filter(({ check }) => check === 'shared-account');
    teller.expect(
      '发放前核查找出三人共用的账户 · the checks find the account of three',
      shared.map(({ personId }) => this.whose(personId)).sort(),
      ['shared-1', 'shared-2', 'shared-3'],
    );
    const out = new Set<string>();
    for (const { personId, check, state } of findings) {
      // What was decided in the run before, and is as it was, is carried over.
      if (state !== 'open' || out.has(personId)) continue;
      const outcome = answer(this.whose(personId)) === 'paid' ? 'passed' : 'taken-out';
      if (outcome === 'taken-out') out.add(personId);
      const settling = { personId, check, outcome, note: '同一户，已核实' };
      await this.post(`/pay-runs/${runNo}/findings`, 'benefit-officer', settling);
    }
    this.run = await this.reached(runNo, 'planned');
    teller.tell(
      `${month} 批次计划 ${this.run.count} 笔 · planned: ${this.run.count} lines, ${this.run.fen} 分`,
    );
  }

  /** A second person approves, and the money is ordered. */
  private async order(): Promise<void> {
    const { runNo, version, count, fen } = this.run!;
    await this.post(`/pay-runs/${runNo}/approve`, 'federation-lead', { version, count, fen });
    this.run = await this.reached(runNo, 'ordered');
  }

  /** The file goes to the bank, and its answer comes back; sent a second time, it changes nothing. */
  private async bank(month: string): Promise<void> {
    const { teller, system } = this.scene;
    const { runNo } = this.run!;
    const file = await fileOf(system, runNo);
    const { lines, file: answer } = bankAnswers(file, this.planted.refusals[month]!);
    await this.judge.banked(month, lines);
    const failed = lines.filter(({ refused }) => refused !== null).length;
    const send = () =>
      system.call<Record<string, unknown>>('subsidies', 'POST', `/subsidies/pay-runs/${runNo}/returns`, {
        actor: demoActor('member-unit', 'finance'),
        body: answer,
        headers: { 'content-type': 'application/octet-stream' },
      });
    const { paid, failed: back, unanswered, problems } = await send();
    teller.expect(
      `${month} 回盘 ${lines.length} 笔，退票 ${failed} 笔，全部对上 · the return file is matched`,
      { paid, back, unanswered, problems },
      { paid: lines.length - failed, back: failed, unanswered: 0, problems: [] },
    );
    const again = await send();
    teller.expect('重复回盘不变 · sent twice, it counts once', again['unchanged'], lines.length);
    await this.reached(runNo, 'closed');
  }

  private reached(runNo: number, state: string): Promise<SeenRun> {
    return this.scene.teller.until(
      `run ${runNo} is ${state}`,
      async () => {
        const run = await this.get<SeenRun>(`/pay-runs/${runNo}`);
        return run.state === state && run;
      },
      LIMIT_S,
    );
  }

  private async grant(who: string, subsidy: Subsidy): Promise<void> {
    const { teller, office } = this.scene;
    const { caseId } = await this.caseOf(who, subsidy);
    const { status } = await office.work('subsidies', caseId, 'granted');
    teller.expect(`${who}：${itemIds[subsidy]} 审定 · decided`, status, 'granted');
  }

  /** A named person of civil affairs stops what waits on hold. */
  private async stop(who: string, subsidy: Subsidy, stoppedFrom: string): Promise<void> {
    const held = await this.inStatus(who, subsidy, 'held');
    await this.scene.office.stop('subsidies', held, stoppedFrom, '核实情况，自当日起停发。');
  }

  private async regrade(who: string, grade: 2 | 3): Promise<void> {
    const { system } = this.scene;
    const { cardId } = await system.call<{ cardId: string }>(
      'certification',
      'POST',
      '/certification/cards/find',
      { actor: demoActor('card-officer'), body: { identityNumber: this.person(who).identityNumber } },
    );
    await this.card(cardId, 'regrade', 'federation-lead', {
      components: [{ category: 'physical', grade }],
      assessedOn: days.afterJune,
      institution: '示范县人民医院',
    });
  }

  private card(cardId: string, action: string, role: Role, body: object): Promise<unknown> {
    return this.scene.system.call('certification', 'POST', `/certification/cards/${cardId}/${action}`, {
      actor: demoActor(role),
      body: { evidence, ...body },
    });
  }

  /** Proposed by one, decided by another; the benefit that is one too many is stopped from the first month that the books hold. */
  private async merge(absorbed: string, stays: string): Promise<void> {
    const { system } = this.scene;
    const call = <Result>(method: string, path: string, n: number, body?: unknown) =>
      system.call<Result>('registry', method, `/registry${path}`, {
        actor: demoActor('data-officer', null, n),
        ...(body ? { body } : {}),
      });
    const version = async (who: string) =>
      (await call<{ version: number }>('GET', `/persons/${this.id(who)}`, 1)).version;
    const { decisionId } = await call<{ decisionId: string }>(
      'POST',
      `/persons/${this.id(absorbed)}/merges`,
      1,
      {
        into: this.id(stays),
        reason: '同一人两份档案，已当面核对身份证。',
        versions: { person: await version(absorbed), into: await version(stays) },
      },
    );
    await call('POST', `/identity-decisions/${decisionId}/approve`, 2, {});
    await this.known();
    await this.stop(stays, 'nursing', '2026-06-01');
  }

  /** @param proofUntil it is a guardian's, and their proof counts until then */
  private async enterAccount(who: string, accountNumber: string, proofUntil?: string): Promise<void> {
    const holder = proofUntil
      ? {
          holder: 'guardian',
          holderName: '王监护',
          relation: '母亲',
          proof: '户口簿复印件',
          validUntil: proofUntil,
        }
      : { holder: 'self', holderName: this.person(who).name };
    const { accountId, version } = await this.post<{ accountId: string; version: number }>(
      '/payees',
      'village-liaison',
      { personId: this.id(who), ...holder, bank: '示范县农村信用社', accountNumber },
    );
    await this.post(`/payees/${accountId}/confirm`, 'township-chair', { version, accountNumber });
  }

  private changeAccount(who: string): Promise<void> {
    return this.enterAccount(who, this.account(who).second);
  }

  private async overpayment(who: string, subsidy: Subsidy): Promise<SeenOverpayment> {
    const { benefits } = await this.get<{ benefits: { benefitId: string; itemId: string }[] }>(
      `/benefits?personId=${this.id(who)}&limit=200`,
    );
    const { overpayments } = await this.get<{
      overpayments: (SeenOverpayment & { benefitId: string })[];
    }>(`/overpayments?personId=${this.id(who)}`);
    const own = benefits
      .filter(({ itemId }) => itemId === itemIds[subsidy])
      .map(({ benefitId }) => benefitId);
    const found = overpayments.filter(({ benefitId }) => own.includes(benefitId));
    this.scene.teller.expect(
      `${who}：每月比对找出多发 · the comparison finds what is too much`,
      found.length,
      1,
    );
    return found[0]!;
  }

  private async recover(who: string, subsidy: Subsidy, instalments: readonly number[]): Promise<void> {
    const found = await this.overpayment(who, subsidy);
    const path = `/overpayments/${found.overpaymentId}`;
    let { version } = found;
    const step = async (action: string, body: object) => {
      const change = await this.post<{ version: number }>(`${path}/${action}`, 'benefit-officer', {
        version,
        ...body,
      });
      version = change.version;
    };
    await step('agree', { method: 'repay', instalment: instalments[0], note: '已与家属签订分期退还协议' });
    for (const [place, fen] of instalments.entries()) {
      await step('receipts', { fen, receivedOn: this.scene.today, proof: `收据${place + 1}号` });
    }
  }

  private inStatus(who: string, subsidy: Subsidy, status: string): Promise<SeenCase> {
    return this.scene.teller.until(
      `${who}: ${subsidy} is ${status}`,
      () => this.find(who, subsidy, status),
      LIMIT_S,
    );
  }

  private caseOf(who: string, subsidy: Subsidy): Promise<SeenCase> {
    return this.scene.teller.until(`${who}: a case of ${subsidy}`, () => this.find(who, subsidy), LIMIT_S);
  }

  private async find(who: string, subsidy: Subsidy, status?: string): Promise<SeenCase | undefined> {
    const { cases } = await this.get<{ cases: SeenCase[] }>(`/cases?personId=${this.id(who)}&limit=200`);
    const own = cases.filter(({ itemId }) => itemId === itemIds[subsidy]);
    return status ? own.find((each) => each.status === status) : own.at(-1);
  }

  private get<Result>(path: string): Promise<Result> {
    return this.scene.office.get<Result>('subsidies', `/subsidies${path}`, 'federation-lead');
  }

  private post<Result>(
    path: string,
    role: Role,
    body: unknown,
    department: Department | null = null,
  ): Promise<Result> {
    const actor = demoActor(role, department);
    return this.scene.system.call<Result>('subsidies', 'POST', `/subsidies${path}`, { actor, body });
  }

  private id(who: string): string {
    const id = this.ids.get(who);
    if (!id) throw new Error(`${who} is not on file`);
    return id;
  }

  private whose(personId: string): string {
    return [...this.ids].find(([, id]) => id === personId)?.[0] ?? personId;
  }

  private person(who: string) {
    return this.planted.people.find((each) => each.who === who)!.person;
  }

  private account(who: string) {
    return this.planted.accounts.get(who)!;
  }
}

/** The file as the payer takes it: bytes, not text. */
async function fileOf(system: RunningSystem, runNo: number): Promise<Uint8Array> {
  const token = await system.tokenFor(demoActor('member-unit', 'finance'));
  const path = `/subsidies/pay-runs/${runNo}/file?format=${MONTH_FORMAT.id}`;
  const response = await fetch(new URL(path, `${system.url('subsidies')}/`), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return new Uint8Array(await response.arrayBuffer());
}
