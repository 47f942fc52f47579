import { acceptIncomplete, waivePaper, type NewObligation } from './accept-incomplete.js';
import type { Act } from './act.js';
import { askForPapers, deemWithdrawn } from './ask-for-papers.js';
import { movedTerms } from './case-terms.js';
import type { Case, CaseDecision } from './case.js';
import { grant, refuse, waitlist } from './decide-case.js';
import type { CaseItem, ItemStep } from './item.js';
import { applyForCase } from './open-case.js';
import type { AcceptIncompleteRule, PaperLimit, SupplementRule } from './paper-rules.js';
import { awaitedOf, missingOf, pausesOf, waitsForPapers } from './papers.js';
import { revokeDecision } from './revoke-decision.js';
import { checkMaterial, receiveMaterial, refuseMaterial } from './take-material.js';
import { decline, doStep } from './work-case.js';

const step = (id: string, kind: ItemStep['kind'] = 'work'): ItemStep => ({
  id,
  title: id,
  kind,
  role: 'benefit-officer',
  department: null,
  limit: { value: 10, unit: 'working-day', kind: 'statutory', basis: '茶法第三条' },
});
const fiveDays: PaperLimit = { value: 5, unit: 'working-day', kind: 'statutory', basis: '茶法第七条' };
const never: PaperLimit = { value: null, unit: 'natural-day', kind: 'unknown', basis: '没有规定期限' };
const tea: CaseItem = {
  id: 'invented/tea',
  version: '2026-01',
  title: '茶',
  owner: 'subsidies',
  mode: 'apply',
  department: null,
  rationed: true,
  steps: [step('receive'), step('decide', 'decide'), step('deliver')],
  askedMaterials: ['account', 'photo'],
  materialTitles: { account: '一卡通账号', photo: '照片' },
  supplement: null,
  acceptIncomplete: null,
  remedies: [],
  publicNotice: null,
  serveWithin: null,
  overall: null,
  tellRefusal: null,
};
const asking = (rule: Partial<SupplementRule>): CaseItem => ({
  ...tea,
  supplement: { limit: never, effect: null, unsupplied: null, ...rule },
});
const accepting = (rule: Partial<AcceptIncompleteRule>): CaseItem => ({
  ...tea,
  acceptIncomplete: {
    materials: ['photo'],
    when: null,
    basis: '茶法第九条',
    limit: fiveDays,
    suspends: null,
    blocks: 'decision',
    ...rule,
  },
});

const at = (moment: string, id = 'officer', role = 'benefit-officer'): Act => ({
  by: { id, role },
  now: new Date(`${moment}:00+08:00`),
  today: moment.slice(0, 10),
});
const MONDAY = at('2026-03-02T09:00');
const TUESDAY = at('2026-03-03T09:00');
const FRIDAY = at('2026-03-06T09:00');
const decider = (act: Act): Act => ({ ...act, by: { id: 'decider', role: 'benefit-officer' } });

const applied = (item: CaseItem = tea): Case =>
  applyForCase(
    {
      caseId: '11111111-1111-4111-8111-111111111111',
      personId: '22222222-2222-4222-8222-222222222222',
      divisionCode: '338801001001',
      item,
      period: 'once',
    },
    MONDAY,
  ).state;
const deciding = (item: CaseItem = tea): Case =>
  doStep(applied(item), 'receive', { note: null, received: [] }, MONDAY).state;
const SEEN = { fileId: null, paperId: null };
const brought = (state: Case, material: string, act: Act = TUESDAY): Case =>
  receiveMaterial(state, material, SEEN, act).state;
const asked = (state: Case, act: Act = MONDAY, day: string | null = null): Case =>
  askForPapers(state, { note: null, day }, act).state;
const later = (changes: Partial<NewObligation> = {}): NewObligation => ({
  material: 'photo',
  who: 'person',
  from: null,
  day: null,
  ...changes,
});
const accepted = (state: Case, changes: Partial<NewObligation> = {}): Case =>
  acceptIncomplete(state, { obligations: [later(changes)], reason: '本人住院，出院后补交' }, MONDAY).state;
/** As the end of its term leaves it. */
const lapsed = (state: Case): Case => ({
  ...state,
  supplements: state.supplements.map((each) =>
    each.state === 'open' ? { ...each, state: 'lapsed', endedAt: FRIDAY.now.toISOString() } : each,
  ),
  obligations: state.obligations.map((each) => (each.state === 'open' ? { ...each, state: 'lapsed' } : each)),
});
const awaitedTold = ({ events }: CaseDecision) =>
  events
    .filter(({ type }) => type === 'subsidies.case.papers-awaited.v1')
    .map(({ data }) => (data as { papers: readonly string[] }).papers);
const REFUSAL = ['收入超过标准，不予批准', '六十日内申请行政复议'] as const;

describe('a notice of what is missing', () => {
  it('lists everything at once, with why a paper that came is not in order, and is told', () => {
    const refused = refuseMaterial(brought(applied(), 'account', MONDAY), 'account', '复印件不清楚', MONDAY);
    const decision = askForPapers(refused.state, { note: '请带原件', day: null }, TUESDAY);
    expect(decision.kind).toBe('papers-asked');
    expect(decision.state.supplements).toMatchObject([
      {
        number: 1,
        papers: [
          { material: 'account', reason: '复印件不清楚' },
          { material: 'photo', reason: null },
        ],
        note: '请带原件',
        limit: { value: null, kind: 'unknown' },
        state: 'open',
      },
    ]);
    expect(awaitedTold(decision)).toEqual([['account', 'photo']]);
    expect(waitsForPapers(decision.state)).toBe(true);
  });

  it('comes once: not again for what could be seen then', () => {
    expect(() => asked(asked(applied()), TUESDAY)).toThrow('已经一次性告知');
    expect(() => asked(lapsed(asked(applied())), FRIDAY)).toThrow('已经一次性告知');
    expect(() => asked(brought(asked(applied()), 'photo'), FRIDAY)).toThrow('已经一次性告知');
  });

  it('comes a second time only for what came and was not in order', () => {
    const back = refuseMaterial(brought(asked(applied()), 'photo'), 'photo', '不是白底', TUESDAY).state;
    expect(asked(back, FRIDAY).supplements).toMatchObject([
      { number: 1, papers: [{ material: 'account' }, { material: 'photo' }] },
      { number: 2, papers: [{ material: 'photo', reason: '不是白底' }] },
    ]);
    const all = brought(brought(asked(applied()), 'photo'), 'account');
    const again = refuseMaterial(all, 'account', '账号有误', FRIDAY).state;
    expect(asked(again, FRIDAY).supplements.map(({ state }) => state)).toEqual(['answered', 'open']);
  });

  it('is answered by the last of its papers, however each comes, also after its time', () => {
    const one = brought(asked(applied()), 'photo');
    expect([one.supplements[0]?.state, awaitedOf(one)]).toEqual(['open', ['account']]);
    const step1 = doStep(one, 'receive', { note: null, received: ['account'] }, FRIDAY);
    expect(step1.state.supplements).toMatchObject([{ state: 'answered', endedAt: FRIDAY.now.toISOString() }]);
    expect(awaitedTold(step1)).toEqual([[]]);
    const late = brought(brought(lapsed(asked(applied())), 'photo', FRIDAY), 'account', FRIDAY);
    expect(late.supplements).toMatchObject([{ state: 'answered' }]);
    const waived = waivePaper(one, 'account', '账号可由民政共享获取', FRIDAY);
    expect(waived.state.supplements).toMatchObject([{ state: 'answered' }]);
    expect(missingOf(waived.state)).toEqual([]);
    const took = receiveMaterial(
      one,
      'account',
      { fileId: null, paperId: '33333333-3333-4333-8333-333333333333' },
      FRIDAY,
    );
    expect(awaitedTold(took)).toEqual([[]]);
    // A paper that is found in order says nothing new of what is awaited.
    expect(
      awaitedTold(checkMaterial(took.state, 'account', '44444444-4444-4444-8444-444444444444', FRIDAY)),
    ).toEqual([]);
  });

  it('sets a day only where no source has a number, and one that lies ahead', () => {
    expect(asked(applied(), MONDAY, '2026-03-12').supplements[0]?.limit).toMatchObject({
      value: 10,
      unit: 'natural-day',
      kind: 'promised',
    });
    expect(() => asked(applied(), MONDAY, '2026-03-02')).toThrow('须晚于今天');
    const item = asking({ limit: fiveDays });
    expect(asked(applied(item)).supplements[0]?.limit).toEqual(fiveDays);
    expect(() => asked(applied(item), MONDAY, '2026-03-12')).toThrow('茶法第七条');
  });

  it('is not given where nothing is missing, or the case is decided', () => {
    const complete = brought(brought(applied(), 'account'), 'photo');
    expect(() => asked(complete)).toThrow('没有缺少的材料');
    expect(() => asked(decline(applied(), '2026-03-02', null, MONDAY).state)).toThrow('不能发出补正通知');
  });
});

describe('what is missing and the office accepts without', () => {
  it('is only what the rule of the item lets come later', () => {
    expect(() => accepted(applied())).toThrow('没有容缺受理的规定');
    expect(() => accepted(applied(accepting({})), { material: 'account' })).toThrow('不在可以容缺的范围内');
    expect(() => accepted(brought(applied(accepting({})), 'photo'))).toThrow('已经收到');
    expect(() => accepted(accepted(applied(accepting({}))))).toThrow('已经容缺受理');
    expect(() => accepted(applied(accepting({})), { day: '2026-03-12' })).toThrow('茶法第七条');
  });

  it('is an obligation with who, by when and by what basis, and is fulfilled by the paper', () => {
    const item = accepting({ limit: never });
    const decision = acceptIncomplete(
      applied(item),
      { obligations: [later({ day: '2026-03-09', who: 'guardian' })], reason: '本人住院，出院后补交' },
      MONDAY,
    );
    expect(decision).toMatchObject({
      kind: 'accepted-incomplete',
      state: {
        obligations: [
          {
            material: 'photo',
            who: 'guardian',
            limit: { value: 7, unit: 'natural-day', kind: 'promised' },
            basis: '茶法第九条',
            state: 'open',
            acceptedAt: MONDAY.now.toISOString(),
          },
        ],
      },
    });
    expect(awaitedTold(decision)).toEqual([['photo']]);
    const came = receiveMaterial(decision.state, 'photo', SEEN, TUESDAY);
    expect(came.state.obligations).toMatchObject([{ state: 'fulfilled', at: TUESDAY.now.toISOString() }]);
    expect(awaitedTold(came)).toEqual([[]]);
    // A paper that is not in order does not fulfil it.
    const back = refuseMaterial(came.state, 'photo', '不是白底', TUESDAY);
    expect(back.state.obligations).toMatchObject([{ state: 'open', acceptedAt: MONDAY.now.toISOString() }]);
    expect(awaitedTold(back)).toEqual([['photo']]);
  });

  it('is asked for by no notice while it may come later', () => {
    const state = accepted(applied(accepting({})));
    expect(asked(state).supplements).toMatchObject([{ papers: [{ material: 'account' }] }]);
    // Accepted after the notice, it is waited for by the obligation and no longer by the notice.
    const both = brought(accepted(asked(applied(accepting({})))), 'account');
    expect([both.supplements[0]?.state, both.obligations[0]?.state]).toEqual(['answered', 'open']);
  });
});

describe('a decision', () => {
  it('waits for papers, and says what is missing and the ways out', () => {
    expect(() => grant(deciding(), null, decider(MONDAY))).toThrow(
      '还缺材料：一卡通账号、照片，现在不能批准',
    );
    expect(() => refuse(deciding(), ...REFUSAL, decider(MONDAY))).toThrow('现在不能不予批准');
    let thrown: { details?: Record<string, unknown> } = {};
    try {
      grant(deciding(accepting({})), null, decider(MONDAY));
    } catch (error) {
      thrown = error as typeof thrown;
    }
    expect(thrown).toMatchObject({
      details: {
        missing: ['account', 'photo'],
        later: ['photo'],
        waysOut: ['supplement', 'accept-incomplete'],
      },
    });
    const complete = brought(brought(deciding(), 'account'), 'photo');
    expect(grant(complete, null, decider(TUESDAY)).state.state.status).toBe('granted');
    expect(waitlist(deciding(), 1, decider(MONDAY)).state.state.status).toBe('waiting');
  });

  it('waits also where the last step of an item is the service itself', () => {
    const item = { ...tea, steps: [step('receive')] };
    expect(() => doStep(applied(item), 'receive', { note: null, received: ['photo'] }, MONDAY)).toThrow(
      '还缺材料：一卡通账号，现在不能办结',
    );
    const done = doStep(applied(item), 'receive', { note: null, received: ['photo', 'account'] }, MONDAY);
    expect(done.state.state.status).toBe('granted');
  });

  it('comes first only where the rule says so, and the paper is still owed', () => {
    const waits = brought(accepted(deciding(accepting({}))), 'account');
    expect(() => grant(waits, null, decider(TUESDAY))).toThrow('还缺材料：照片');
    const first = brought(accepted(deciding(accepting({ blocks: 'nothing' }))), 'account');
    const granted = grant(first, null, decider(TUESDAY)).state;
    expect([granted.state.status, waitsForPapers(granted)]).toEqual(['granted', true]);
    expect(brought(granted, 'photo', FRIDAY).obligations).toMatchObject([{ state: 'fulfilled' }]);
    expect(waivePaper(granted, 'photo', '系统内已有近照', FRIDAY).state.obligations).toMatchObject([
      { state: 'waived' },
    ]);
    expect(() => grant(lapsed(first), null, decider(FRIDAY))).toThrow('还缺材料：照片');
  });

  it('to refuse is open once the person was asked and the time is over; a machine takes none', () => {
    const open = asked(deciding(asking({ limit: fiveDays })));
    expect(() => refuse(open, ...REFUSAL, decider(TUESDAY))).toThrow('现在不能不予批准');
    expect(refuse(lapsed(open), ...REFUSAL, decider(FRIDAY)).state.state.status).toBe('refused');
    // Without a number no time passes: to have asked is enough.
    expect(refuse(asked(deciding()), ...REFUSAL, decider(FRIDAY)).state.state.status).toBe('refused');
    const obliged = brought(accepted(deciding(accepting({}))), 'account');
    expect(() => refuse(obliged, ...REFUSAL, decider(TUESDAY))).toThrow('还缺材料：照片');
    expect(refuse(lapsed(obliged), ...REFUSAL, decider(FRIDAY)).state.state.status).toBe('refused');
    expect(() =>
      refuse(lapsed(open), ...REFUSAL, at('2026-03-06T09:00', 'service:subsidies', 'service')),
    ).toThrow('系统不能自动决定');
  });

  it('is taken for a withdrawal by a named person, where the law says so and the papers did not come', () => {
    const unsupplied = { as: 'withdrawn', basis: '法律援助法第四十三条第二款' } as const;
    const open = asked(deciding(asking({ limit: fiveDays, unsupplied })));
    const reason = '逾期未补正材料';
    expect(() => deemWithdrawn(open, reason, '可以申请行政复议', decider(TUESDAY))).toThrow(
      '补正期限还没有届满',
    );
    expect(() =>
      deemWithdrawn(lapsed(asked(deciding())), reason, '可以申请行政复议', decider(FRIDAY)),
    ).toThrow('没有“逾期不补正视为撤回”');
    expect(() =>
      deemWithdrawn(lapsed(open), reason, '可以申请行政复议', at('2026-03-06T09:00', 'service:x', 'service')),
    ).toThrow('系统不能自动决定');
    const complete = brought(brought(lapsed(open), 'account'), 'photo');
    expect(() => deemWithdrawn(complete, reason, '可以申请行政复议', decider(FRIDAY))).toThrow(
      '不能视为撤回',
    );
    expect(deemWithdrawn(lapsed(open), reason, '可以申请行政复议', decider(FRIDAY))).toMatchObject({
      kind: 'withdrawn',
      state: { state: { status: 'withdrawn', reason: '逾期未补正材料（法律援助法第四十三条第二款）' } },
      events: [{ type: 'subsidies.case.withdrawn.v1' }],
    });
  });

  it('once taken for a withdrawal that does not stand, is where it was: its step has its term again', () => {
    const unsupplied = { as: 'withdrawn', basis: '法律援助法第四十三条第二款' } as const;
    const before = lapsed(asked(deciding(asking({ limit: fiveDays, unsupplied }))));
    const ended = deemWithdrawn(before, '逾期未补正材料', '可以申请行政复议', decider(FRIDAY)).state;
    const back = revokeDecision(
      ended,
      { kind: 'reconsideration', outcome: 'revoked', on: '2026-03-09', reason: '补正通知没有送达' },
      at('2026-03-09T09:00'),
    )!.state;
    expect(back.state).toEqual(before.state);
    expect(missingOf(back)).toEqual(missingOf(before));
    expect(movedTerms(ended, back, '2026-03-09').arm).toMatchObject([
      { step: 'decide', anchorDay: '2026-03-09' },
      { step: 'supplement:1' },
    ]);
  });
});

describe('the terms of a case', () => {
  const suspend = { kind: 'suspend', steps: ['decide'], basis: '茶法第八条' } as const;
  const restart = { kind: 'restart', steps: ['decide'], basis: '行政许可法第三十二条' } as const;

  it('run on where no source touches them', () => {
    const before = deciding();
    expect(movedTerms(before, asked(before), '2026-03-02')).toMatchObject({
      stop: [],
      suspend: [],
      arm: [{ step: 'supplement:1', anchorDay: '2026-03-02', holder: 'person', value: null }],
    });
  });

  it('stand still while papers are out, only for the steps of the rule, and go on with the last of them', () => {
    const before = deciding(asking({ limit: fiveDays, effect: suspend }));
    expect(movedTerms(applied(before.item), before, '2026-03-02').arm).toMatchObject([
      { step: 'decide', pauses: [{ reason: 'supplement', basis: '茶法第八条' }] },
    ]);
    const out = asked(before);
    expect(movedTerms(before, out, '2026-03-02')).toMatchObject({
      suspend: ['supplement'],
      resume: [],
      arm: [{ step: 'supplement:1', value: 5, basis: '茶法第七条' }],
    });
    const one = brought(out, 'photo');
    expect(movedTerms(out, one, '2026-03-03')).toEqual({ stop: [], arm: [], resume: [], suspend: [] });
    expect(movedTerms(one, brought(one, 'account'), '2026-03-03')).toEqual({
      stop: ['supplement:1'],
      arm: [],
      resume: ['supplement'],
      suspend: [],
    });
    // Their time is over: the office has to decide, and its own goes on.
    expect(movedTerms(out, lapsed(out), '2026-03-06')).toMatchObject({ stop: [], resume: ['supplement'] });
    expect(pausesOf(out, 'deliver')).toEqual([]);
  });

  it('stand still on a step that is entered while papers are out', () => {
    const early = asked(applied(asking({ effect: suspend })));
    const entered = doStep(early, 'receive', { note: null, received: ['photo'] }, TUESDAY).state;
    expect(movedTerms(early, entered, '2026-03-03')).toMatchObject({
      stop: ['receive'],
      arm: [{ step: 'decide' }],
      suspend: ['supplement'],
    });
  });

  it('begin with the day of the last paper, where only what is complete is accepted', () => {
    const out = asked(deciding(asking({ effect: restart })));
    expect(pausesOf(out, 'decide')).toEqual(['supplement']);
    // What was never accepted does not begin to run because the time for its papers is over.
    expect(movedTerms(out, lapsed(out), '2026-03-06').resume).toEqual([]);
    const one = brought(out, 'photo');
    expect(movedTerms(one, brought(one, 'account', FRIDAY), '2026-03-06')).toMatchObject({
      stop: ['supplement:1'],
      arm: [{ step: 'decide', anchorDay: '2026-03-06' }],
      suspend: [],
    });
  });

  it('of an obligation are the person’s, or the office’s where it fetches the paper, and end with the case', () => {
    const item = accepting({ suspends: { steps: ['decide'], basis: '茶法第九条' } });
    const before = deciding(item);
    const state = accepted(before);
    expect(movedTerms(before, state, '2026-03-02')).toMatchObject({
      suspend: ['incomplete'],
      arm: [{ step: 'paper:photo', value: 5, holder: 'person', anchorDay: '2026-03-02' }],
    });
    const fetched = accepted(before, { who: 'fetched-from', from: '县民政局' });
    expect(movedTerms(before, fetched, '2026-03-02').arm[0]?.holder).toBeUndefined();
    expect(movedTerms(state, brought(state, 'photo'), '2026-03-03')).toMatchObject({
      stop: ['paper:photo'],
      resume: ['incomplete'],
    });
    const refused = refuse(lapsed(asked(state)), ...REFUSAL, decider(FRIDAY)).state;
    expect(movedTerms(lapsed(asked(state)), refused, '2026-03-06').stop).toEqual([
      'decide',
      'supplement:1',
      'paper:photo',
    ]);
  });
});
