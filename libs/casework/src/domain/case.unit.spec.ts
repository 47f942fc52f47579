import fc from 'fast-check';
import { eventOfType, type CaseStatus } from '@app/contracts';
import { isUntaken, statusNames, taskOf, transitions, type Case, type CaseDecision } from './case.js';
import { grant, refuse, release, stop, waitlist } from './decide-case.js';
import { holdCase, liftHold } from './hold-case.js';
import { deciderOf, keeperOf, receiverOf, type CaseItem, type ItemStep } from './item.js';
import { adoptCase, applyForCase, openCase, type Entitled } from './open-case.js';
import type { Act } from './act.js';
import { missingOf } from './papers.js';
import { consent, decline, doStep, handOver, withdraw } from './work-case.js';

const step = (id: string, kind: ItemStep['kind'], role: ItemStep['role']): ItemStep => ({
  id,
  title: id,
  kind,
  role,
  department: role === 'member-unit' ? 'civil-affairs' : null,
  limit: null,
});

const allowance: CaseItem = {
  id: 'invented/tea',
  version: '2026-01',
  title: '茶',
  owner: 'subsidies',
  mode: 'invite',
  department: 'civil-affairs',
  rationed: true,
  steps: [
    step('receive', 'work', 'township-chair'),
    step('review', 'work', 'benefit-officer'),
    step('decide', 'decide', 'member-unit'),
    step('tell', 'work', 'township-chair'),
  ],
  askedMaterials: ['account'],
  materialTitles: {},
  supplement: null,
  acceptIncomplete: null,
  remedies: [],
  publicNotice: null,
  serveWithin: null,
  overall: null,
  tellRefusal: null,
};
const withoutSteps: CaseItem = {
  ...allowance,
  id: 'invented/voucher',
  steps: [],
  rationed: false,
  askedMaterials: [],
};
const workOnly: CaseItem = { ...withoutSteps, steps: [step('visit', 'work', 'village-liaison')] };

const TODAY = '2026-03-02';
const by = (id: string, role = 'officer'): Act => ({
  by: { id, role },
  now: new Date(`${TODAY}T01:00:00Z`),
  today: TODAY,
});
const machine = by('service:subsidies', 'service');

let rounds = 0;
const roundId = () => `00000000-0000-4000-8000-${String((rounds += 1)).padStart(12, '0')}`;

const entitled = (changes: Partial<Entitled> = {}): Entitled => ({
  caseId: '11111111-1111-4111-8111-111111111111',
  personId: '22222222-2222-4222-8222-222222222222',
  divisionCode: '338801001001',
  item: allowance,
  period: 'once',
  mode: 'invite',
  roundId: roundId(),
  factVersion: 10,
  because: [{ fact: 'card.grade', value: 1 }],
  entitledOn: '2026-03-01',
  ...changes,
});

const invited = (changes: Partial<Entitled> = {}) => openCase(entitled(changes), machine, null).state;
const opened = () => consent(invited(), '2026-02-27', by('v')).state;
const nothing = { note: null, received: [] };
const complete = { note: null, received: ['account'] };
const deciding = () =>
  doStep(doStep(opened(), 'receive', complete, by('t')).state, 'review', nothing, by('f')).state;
const granted = () => grant(deciding(), null, by('c')).state;
const stopFact = (factVersion = 20, id = roundId()) => ({
  cause: 'death' as const,
  roundId: id,
  effectiveOn: '2026-03-01',
  factVersion,
});

const type = ({ events }: CaseDecision) => events.map((event) => event.type.split('.')[2]);

describe('a case opens', () => {
  it.each([
    ['auto', withoutSteps, 'granted'],
    ['auto', workOnly, 'open'],
    ['auto', { ...allowance, steps: [step('decide', 'decide', 'benefit-officer')] }, 'deciding'],
    ['invite', allowance, 'invited'],
    ['apply', allowance, 'invited'],
    ['list', withoutSteps, 'listed'],
    ['refer', withoutSteps, 'listed'],
  ] as const)('of mode %s as its item says', (mode, item, status) => {
    const decision = openCase(entitled({ mode, item }), machine, null);
    expect(decision.state.state.status).toBe(status);
    expect(type(decision)).toEqual(['opened']);
    expect(decision.state.version).toBe(1);
  });

  it('as withdrawn when a stop has overtaken it', () => {
    const decision = openCase(entitled(), machine, { stopped: '开办前已不再符合条件', lowersTo: null });
    expect(decision.state.state).toEqual({ status: 'withdrawn', reason: '开办前已不再符合条件' });
    expect(type(decision)).toEqual(['withdrawn']);
  });

  it('by rule from the day of entitlement, and by application from today at its first step', () => {
    expect(openCase(entitled({ mode: 'auto', item: withoutSteps }), machine, null).state.state).toMatchObject(
      {
        effectiveFrom: '2026-03-01',
      },
    );
    const applied = applyForCase({ ...entitled(), item: allowance }, machine).state;
    expect(applied).toMatchObject({
      appliedOn: TODAY,
      roundId: null,
      state: { status: 'open', nextStep: 'receive' },
    });
    expect(applyForCase({ ...entitled(), item: withoutSteps }, machine).state.state.status).toBe('listed');
  });

  it('once: a later round adopts it where it stands, an earlier one is passed over', () => {
    const before = granted();
    const later = entitled({ factVersion: 11 });
    const adopted = adoptCase(before, later);
    expect(adopted.state).toMatchObject({
      roundId: later.roundId,
      state: before.state,
      version: before.version + 1,
    });
    expect(adopted.events[0]?.data).toMatchObject({ status: 'granted', roundId: later.roundId });
    expect(adoptCase(adopted.state, entitled({ factVersion: 10 }))).toMatchObject({
      state: adopted.state,
      events: [],
    });
  });
});

describe('a case is worked', () => {
  it('from consent through its steps to a grant, and what is left after it', () => {
    expect(opened()).toMatchObject({
      appliedOn: '2026-02-27',
      state: { status: 'open', nextStep: 'receive' },
    });
    expect(deciding()).toMatchObject({ state: { status: 'deciding', nextStep: 'decide' } });
    const decision = grant(deciding(), null, by('c'));
    expect(decision.state.state).toEqual({
      status: 'granted',
      decidedOn: TODAY,
      effectiveFrom: null,
      nextStep: 'tell',
    });
    const told = doStep(decision.state, 'tell', nothing, by('t'));
    expect(told.state.state).toMatchObject({ status: 'granted', nextStep: null });
    expect(type(told)).toEqual(['advanced']);
    expect(told.state.done.map((done) => done.step)).toEqual(['receive', 'review', 'decide', 'tell']);
  });

  it('to its end by the last step of an item that has no decision', () => {
    const decision = doStep(
      openCase(entitled({ mode: 'auto', item: workOnly }), machine, null).state,
      'visit',
      { note: '已上门', received: [] },
      by('v'),
    );
    expect(decision).toMatchObject({
      kind: 'granted',
      state: { state: { status: 'granted', nextStep: null } },
    });
    expect(type(decision)).toEqual(['decided']);
  });

  it('in order: no step before consent, none out of turn, none twice, none that is a decision', () => {
    expect(() => doStep(invited(), 'receive', nothing, by('t'))).toThrow('请先登记本人同意');
    expect(() => doStep(opened(), 'review', nothing, by('f'))).toThrow('请先办完前面的步骤');
    expect(() => doStep(deciding(), 'receive', nothing, by('t'))).toThrow('请先办完前面的步骤');
    expect(() => doStep(deciding(), 'decide', nothing, by('c'))).toThrow('请用“批准”');
    expect(() => doStep(opened(), 'elsewhere', nothing, by('t'))).toThrow('请先办完前面的步骤');
    expect(() => consent(opened(), TODAY, by('v'))).toThrow('不能登记同意');
    expect(() => consent(invited(), '2026-03-03', by('v'))).toThrow('日期不能晚于今天');
  });

  it('with the papers that the item asks for, and no others', () => {
    expect(missingOf(opened())).toEqual(['account']);
    const received = doStep(opened(), 'receive', { note: null, received: ['account'] }, by('t'));
    expect(missingOf(received.state)).toEqual([]);
    expect(() => doStep(opened(), 'receive', { note: null, received: ['card'] }, by('t'))).toThrow(
      '不得向本人索要',
    );
  });

  it('or declined at any time before it is decided', () => {
    for (const state of [invited(), opened(), deciding(), waitlist(deciding(), 3, by('c')).state]) {
      expect(decline(state, TODAY, null, by('v')).state.state.status).toBe('declined');
    }
    expect(() => decline(granted(), TODAY, null, by('v'))).toThrow('请办理停止');
  });

  it('or handed over with a receipt, if it is on a list', () => {
    const listed = openCase(entitled({ mode: 'list', item: withoutSteps }), machine, null).state;
    const decision = handOver(listed, '县社保局', 'R-7', by('f'));
    expect(decision.state.state).toMatchObject({ status: 'handed-over', to: '县社保局', receipt: 'R-7' });
    expect(type(decision)).toEqual(['handed-over']);
    expect(() => handOver(opened(), '县社保局', 'R-7', by('f'))).toThrow('只有列入名单或转介');
  });
});

describe('a case is decided', () => {
  it('not by whoever did the step before', () => {
    expect(() => grant(deciding(), null, by('f'))).toThrow('同一人不能再作决定');
    expect(() => refuse(deciding(), '不符合条件', '六十日内申请复议', by('f'))).toThrow('同一人不能再作决定');
    expect(() => waitlist(deciding(), 1, by('f'))).toThrow('同一人不能再作决定');
    expect(grant(deciding(), null, by('t')).state.state.status).toBe('granted');
  });

  it('not by a machine', () => {
    for (const act of [
      () => grant(deciding(), null, machine),
      () => refuse(deciding(), '不符合条件', '六十日内申请复议', machine),
      () => stop(granted(), TODAY, '不再符合条件', '六十日内申请复议', machine),
    ]) {
      expect(act).toThrow('系统不能自动决定');
    }
  });

  it('with reason and remedy when it is refused', () => {
    const decision = refuse(deciding(), '收入超过标准', '六十日内申请复议', by('c'));
    expect(decision.state.state).toEqual({
      status: 'refused',
      decidedOn: TODAY,
      reason: '收入超过标准',
      remedy: '六十日内申请复议',
    });
    expect(decision.events[0]?.data).toMatchObject({ status: 'refused', reason: '收入超过标准' });
  });

  it('with a place on the waiting list only if it is rationed, and granted from there', () => {
    const waiting = waitlist(deciding(), 12, by('c')).state;
    expect(waitlist(waiting, 11, by('c')).state.state).toMatchObject({ status: 'waiting', place: 11 });
    expect(grant(waiting, '2026-04-01', by('c')).state.state).toMatchObject({
      status: 'granted',
      effectiveFrom: '2026-04-01',
    });
    expect(() => waitlist({ ...deciding(), item: { ...allowance, rationed: false } }, 1, by('c'))).toThrow(
      '没有名额限制',
    );
  });

  it('straight from a list, if the decision is all that its item needs', () => {
    const item = { ...withoutSteps, steps: [step('decide', 'decide', 'benefit-officer')] };
    const listed = openCase(entitled({ mode: 'list', item }), machine, null).state;
    expect(grant(listed, null, by('f')).state.state).toMatchObject({ status: 'granted', nextStep: null });
    expect(refuse(listed, '不符合条件', '六十日内申请复议', by('f')).state.state.status).toBe('refused');
    expect(() => grant(invited({ mode: 'list' }), null, by('f'))).toThrow('请先办完前面的步骤');
  });

  it('only when its steps are done', () => {
    expect(() => grant(opened(), null, by('c'))).toThrow('请先办完前面的步骤');
    expect(() => grant(invited(), null, by('c'))).toThrow('不能批准');
    expect(() => refuse(granted(), '理由理由', '途径途径', by('c'))).toThrow('不能不予批准');
  });
});

describe('a case is held', () => {
  it('where it stood, and released there by a person', () => {
    for (const state of [granted(), deciding(), waitlist(deciding(), 3, by('c')).state]) {
      const held = holdCase(state, stopFact());
      expect(held.state.state).toMatchObject({ status: 'held', from: state.state });
      expect(held.events[0]?.data).toMatchObject({ heldFrom: state.state.status, effectiveOn: '2026-03-01' });
      expect(release(held.state, '误报').state.state).toEqual(state.state);
    }
  });

  it('or withdrawn, if nobody has done anything for it', () => {
    for (const state of [
      invited(),
      opened(),
      openCase(entitled({ mode: 'list', item: withoutSteps }), machine, null).state,
    ]) {
      expect(isUntaken(state)).toBe(true);
      expect(holdCase(state, stopFact()).state.state.status).toBe('withdrawn');
    }
  });

  it('for several causes, and released when the last of them is withdrawn', () => {
    const [death, card] = [stopFact(20), { ...stopFact(21), cause: 'card-stopped' as const }];
    const twice = holdCase(holdCase(granted(), death).state, card).state;
    expect(twice.state).toMatchObject({
      status: 'held',
      holds: [{ cause: 'death' }, { cause: 'card-stopped' }],
    });
    expect(holdCase(twice, { ...card, factVersion: 22 })).toMatchObject({ state: twice, events: [] });
    const one = liftHold(twice, { roundId: death.roundId, factVersion: 22, reason: '撤销' });
    expect(one).toMatchObject({
      events: [],
      state: { state: { status: 'held', holds: [{ cause: 'card-stopped' }] } },
    });
    expect(liftHold(one.state, { roundId: roundId(), factVersion: 23, reason: '撤销' }).state).toBe(
      one.state,
    );
    const none = liftHold(one.state, { roundId: card.roundId, factVersion: 23, reason: '撤销' });
    expect(none.state.state.status).toBe('granted');
    expect(type(none)).toEqual(['released']);
  });

  it('for less is released at less, by the facts that came last; nothing else that held it says what is due', () => {
    const less = (version: number, grade: number) => ({
      ...stopFact(version),
      effectiveOn: `2026-0${version - 17}-10`,
      lowersTo: [{ fact: 'card.grade', value: grade }],
    });
    const held = holdCase(granted(), less(20, 2)).state;
    expect(held.because).toEqual([{ fact: 'card.grade', value: 1 }]);
    const twice = holdCase(holdCase(held, less(21, 3)).state, stopFact(22)).state;
    const released = release(twice, '核实属实');
    expect(released.state).toMatchObject({
      because: [{ fact: 'card.grade', value: 3 }],
      item: { version: allowance.version },
    });
    expect(released.reasons).toEqual([
      { from: '2026-03-10', because: [{ fact: 'card.grade', value: 2 }] },
      { from: '2026-04-10', because: [{ fact: 'card.grade', value: 3 }] },
    ]);
    // More is due by a newer fact: the hold that is still to be lifted lowers nothing any more.
    const raised = adoptCase(
      held,
      entitled({ factVersion: 23, because: [{ fact: 'card.grade', value: 1 }] }),
    );
    expect(release(raised.state, '核实属实')).toMatchObject({
      reasons: [],
      state: { because: [{ fact: 'card.grade', value: 1 }] },
    });
    // Nothing is paid yet, so there is nothing to hold.
    for (const state of [invited(), opened(), deciding()]) {
      const goesOn = holdCase(state, less(20, 2));
      expect(goesOn.state.state).toEqual(state.state);
      expect(goesOn.state.because).toEqual([{ fact: 'card.grade', value: 2 }]);
      expect(type(goesOn)).toEqual(['released']);
    }
  });

  it('not by a stop that a newer opening has passed', () => {
    const state = adoptCase(granted(), entitled({ factVersion: 30 })).state;
    expect(holdCase(state, stopFact(29))).toMatchObject({ state, events: [] });
  });

  it('until a person stops it; taken up again only if exactly that cause is withdrawn', () => {
    const fact = stopFact();
    const stopped = stop(
      holdCase(granted(), fact).state,
      '2026-04-01',
      '核实死亡',
      '六十日内申请复议',
      by('c'),
    );
    expect(stopped.state.state).toMatchObject({
      status: 'stopped',
      stoppedFrom: '2026-04-01',
      remedy: '六十日内申请复议',
    });
    expect(liftHold(stopped.state, { roundId: roundId(), factVersion: 40, reason: '撤销' }).events).toEqual(
      [],
    );
    const again = liftHold(stopped.state, { roundId: fact.roundId, factVersion: 40, reason: '撤销' });
    expect(again.state.state).toEqual(granted().state);
    expect(type(again)).toEqual(['released']);
    const ended = stop(granted(), TODAY, '本人要求终止', '六十日内申请复议', by('c')).state;
    expect(liftHold(ended, { roundId: fact.roundId, factVersion: 40, reason: '撤销' }).events).toEqual([]);
    expect(() => stop(granted(), '2026-04-02', '核实死亡', '六十日内申请复议', by('c'))).toThrow(
      '日期不能晚于',
    );
  });
});

describe('an item says who', () => {
  it('receives, decides and keeps its cases, and what a case waits for', () => {
    expect(receiverOf(allowance)).toEqual({
      roles: ['village-liaison', 'commissioner', 'township-chair'],
      department: null,
    });
    expect(deciderOf(allowance)).toEqual({ roles: ['member-unit'], department: 'civil-affairs' });
    expect(deciderOf(workOnly)).toEqual({ roles: ['benefit-officer'], department: null });
    expect(keeperOf(allowance)).toEqual({ roles: ['township-chair', 'benefit-officer'], department: null });
    expect(
      [invited(), opened(), deciding(), granted(), holdCase(granted(), stopFact()).state].map(
        (state) => taskOf(state)?.step,
      ),
    ).toEqual(['consent', 'receive', 'decide', 'tell', 'hold']);
  });
});

describe('whatever happens to a case', () => {
  const outcomes: readonly CaseStatus[] = [
    'refused',
    'declined',
    'withdrawn',
    'stopped',
    'granted',
    'waiting',
    'handed-over',
  ];

  type Happening = { readonly name: string; readonly run: (state: Case) => CaseDecision };
  const known: string[] = Array.from({ length: 3 }, roundId);
  const happening = fc.oneof(
    fc.constantFrom<Happening>(
      { name: 'consent', run: (state) => consent(state, TODAY, by('v')) },
      { name: 'decline', run: (state) => decline(state, TODAY, null, by('v')) },
      { name: 'withdraw', run: (state) => withdraw(state, '条件消失') },
      { name: 'grant', run: (state) => grant(state, null, by('c')) },
      { name: 'refuse', run: (state) => refuse(state, '不符合条件', '六十日内复议', by('c')) },
      { name: 'waitlist', run: (state) => waitlist(state, 1, by('c')) },
      { name: 'hand over', run: (state) => handOver(state, '社保局', 'R', by('f')) },
      { name: 'release', run: (state) => release(state, '核实有误') },
      { name: 'stop', run: (state) => stop(state, TODAY, '核实无误', '六十日内复议', by('c')) },
      ...allowance.steps.map(({ id }) => ({
        name: `step ${id}`,
        run: (state: Case) => doStep(state, id, nothing, by(`by-${id}`)),
      })),
    ),
    fc.constantFrom(...known).map((id): Happening => ({
      name: `stop proposed ${id}`,
      run: (state) => holdCase(state, stopFact(state.factVersion + 1, id)),
    })),
    fc.constantFrom(...known).map((id): Happening => ({
      name: `stop withdrawn ${id}`,
      run: (state) => liftHold(state, { roundId: id, factVersion: state.factVersion + 1, reason: '撤销' }),
    })),
    fc.constant<Happening>({
      name: 'opened again',
      run: (state) => adoptCase(state, entitled({ factVersion: state.factVersion + 1 })),
    }),
  );
  const start = fc.constantFrom<Case>(
    invited(),
    invited({ mode: 'list' }),
    openCase(entitled({ mode: 'auto', item: workOnly }), machine, null).state,
    openCase(entitled({ mode: 'auto', item: withoutSteps }), machine, null).state,
  );

  it('leaves an outcome only by the allowed facts, counts each fact, and keeps to the contract', () => {
    fc.assert(
      fc.property(start, fc.array(happening, { maxLength: 25 }), (first, happenings) => {
        let state = first;
        for (const { run, name } of happenings) {
          let decision: CaseDecision;
          try {
            decision = run(state);
          } catch (error) {
            // A refusal that says what to do, never an accident.
            expect((error as Error).message).toMatch(/[一-鿿].*。$/);
            continue;
          }
          const [from, to] = [state.state.status, decision.state.state.status];
          expect(decision.state.version - state.version).toBe(decision.events.length);
          for (const event of decision.events) {
            eventOfType(event.type)!.schema.parse(event.data);
            expect(event.data).toMatchObject({ version: decision.state.version, status: to });
          }
          if (from !== to) expect(transitions[from]).toContain(to);
          if (outcomes.includes(from) && from !== to) {
            const allowed: Partial<Record<CaseStatus, RegExp>> = {
              granted: /^stop( proposed|$)/,
              'handed-over': /^stop( proposed|$)/,
              waiting: /^(grant|refuse|decline|stop proposed)/,
              stopped: /^stop withdrawn/,
            };
            expect(name).toMatch(allowed[from] ?? /nothing leaves it/);
          }
          // Every step that was done stays, in its order.
          expect(decision.state.done.slice(0, state.done.length)).toEqual(state.done);
          state = decision.state;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('has a Chinese name for where it stands', () => {
    expect(Object.values(statusNames).every((name) => /^[一-鿿]+$/.test(name))).toBe(true);
  });
});
