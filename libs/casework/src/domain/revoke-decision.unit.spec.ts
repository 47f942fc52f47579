import { eventOfType } from '@app/contracts';
import type { Act } from './act.js';
import type { Case, CaseState, Hold, Standing } from './case.js';
import { grant, release, stop } from './decide-case.js';
import { liftHold } from './hold-case.js';
import type { CaseItem } from './item.js';
import { carryOutStop, REVOKED, revokeDecision, stayStop } from './revoke-decision.js';

const TODAY = '2026-03-02';
const act = (id: string): Act => ({
  by: { id, role: 'officer' },
  now: new Date(`${TODAY}T01:00:00Z`),
  today: TODAY,
});

const item = {
  id: 'invented/tea',
  version: '2026-01',
  owner: 'subsidies',
  department: null,
  steps: [{ id: 'decide', kind: 'decide', role: 'benefit-officer', department: null, limit: null }],
  askedMaterials: [],
  remedies: [],
} as unknown as CaseItem;

const kase = (state: CaseState): Case => ({
  id: '11111111-1111-4111-8111-111111111111',
  personId: '22222222-2222-4222-8222-222222222222',
  divisionCode: '338801001001',
  item,
  period: 'once',
  mode: 'apply',
  roundId: null,
  factVersion: 1,
  because: [],
  entitledOn: null,
  appliedOn: null,
  appliedAt: null,
  circumstances: [],
  materials: [],
  supplements: [],
  obligations: [],
  done: [
    {
      step: 'decide',
      by: { id: 'decider', role: 'officer' },
      onBehalfOf: null,
      at: `${TODAY}T01:00:00.000Z`,
      note: null,
    },
  ],
  placement: null,
  claim: null,
  state,
  version: 7,
});

const granted: Standing = { status: 'granted', decidedOn: TODAY, effectiveFrom: null, nextStep: null };
const refused: CaseState = { status: 'refused', decidedOn: TODAY, reason: '', remedy: '' };
const hold: Hold = { cause: 'death', roundId: '33333333-3333-4333-8333-333333333333', effectiveOn: TODAY };
const stopped = (holds: readonly Hold[] = []): CaseState => ({
  status: 'stopped',
  from: granted,
  holds,
  stoppedFrom: '2026-03-01',
  reason: '不再符合',
  remedy: '申请复议',
});
const told = { kind: 'reconsideration', outcome: 'revoked', on: TODAY, reason: '事实不清' } as const;

describe('a decision that does not stand', () => {
  it.each<[string, CaseState, CaseState]>([
    ['refused: decided again', refused, { status: 'deciding', nextStep: 'decide' }],
    ['granted: decided again', granted, { status: 'deciding', nextStep: 'decide' }],
    ['stopped: it runs on', stopped(), granted],
    [
      'stopped out of a hold: on hold as before',
      stopped([hold]),
      { status: 'held', from: granted, holds: [hold] },
    ],
    [
      'taken for a withdrawal: where it stood',
      {
        status: 'withdrawn',
        reason: '逾期未补正',
        from: { status: 'waiting', place: 3, nextStep: 'decide' },
      },
      { status: 'waiting', place: 3, nextStep: 'decide' },
    ],
    ['stayed: it runs on', stayStop(kase(stopped()), '停').state.state, granted],
    [
      'stayed, out of a hold: on hold as before, and no longer stayed',
      stayStop(kase(stopped([hold])), '停').state.state,
      { status: 'held', from: granted, holds: [hold] },
    ],
  ])('%s', (_, before, after) => {
    const decision = revokeDecision(kase(before), told, act('clerk'))!;
    expect(decision.state.state).toEqual(after);
    expect(decision.state.version).toBe(8);
    expect(decision.state.done.at(-1)).toMatchObject({
      step: REVOKED,
      by: { id: 'clerk' },
      note: '事实不清',
    });
    const [event] = decision.events;
    expect(event?.type).toBe('subsidies.case.decision-revoked.v1');
    expect(eventOfType(event!.type)!.schema.parse(event!.data)).toMatchObject({
      status: after.status,
      revoked: before.status,
      nextStep: after.status === 'deciding' ? 'decide' : null,
    });
  });

  it.each<[string, CaseState]>([
    ['one being decided', { status: 'deciding', nextStep: 'decide' }],
    ['one on hold for another reason', { status: 'held', from: granted, holds: [hold] }],
    ['one that was taken back otherwise', { status: 'withdrawn', reason: '条件消失' }],
    ['one that the person declined', { status: 'declined', declinedOn: TODAY, reason: null }],
  ])('changes nothing of %s', (_, before) => {
    expect(revokeDecision(kase(before), told, act('clerk'))).toBeNull();
  });

  it('is not taken again by whoever brought it back, but by anybody else who may', () => {
    const back = revokeDecision(kase(refused), told, act('clerk'))!.state;
    expect(() => grant(back, null, act('clerk'))).toThrow('同一人不能再作决定');
    expect(grant(back, null, act('decider')).state.state.status).toBe('granted');
  });
});

describe('a stay', () => {
  it('holds the stop, and carried out it counts from its own day with its own words', () => {
    const stayed = stayStop(kase(stopped([hold])), '停止执行');
    expect(stayed.events[0]).toMatchObject({
      type: 'subsidies.case.held.v1',
      data: { heldFrom: 'granted', effectiveOn: '2026-03-01', reason: '停止执行' },
    });
    const again = carryOutStop(stayed.state);
    expect(again.state.state).toEqual(stopped([hold]));
    expect(again.events[0]).toMatchObject({ data: { stoppedFrom: '2026-03-01', reason: '不再符合' } });
    expect(carryOutStop(kase(stopped())).events).toEqual([]);
    expect(stayStop(kase(granted), '停').events).toEqual([]);
  });

  it('is over when a named person releases or stops it, or its cause is withdrawn', () => {
    const stayed = stayStop(kase(stopped([hold])), '停').state;
    expect(release(stayed, '恢复发放').state.state).toEqual(granted);
    expect(stop(stayed, TODAY, '另行决定', '申请复议', act('x')).state.state).toMatchObject({
      stoppedFrom: TODAY,
    });
    const lifted = liftHold(stayed, { roundId: hold.roundId, factVersion: 9, reason: '误报' });
    expect(lifted.state.state).toEqual(granted);
  });
});
