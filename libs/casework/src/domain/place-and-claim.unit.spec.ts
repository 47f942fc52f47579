import type { Act } from './act.js';
import { isSameHand } from '@app/access';
import { taskOf, type Case } from './case.js';
import { claimCase, handOnClaim, releaseClaim } from './claim-case.js';
import { grant, stop } from './decide-case.js';
import { holdCase } from './hold-case.js';
import { applicantsDeskOf, placersOf, receiverOf, type CaseItem, type ItemStep } from './item.js';
import { applyForCase } from './open-case.js';
import { endPlacement, placeCase } from './place-case.js';
import { missingOf } from './papers.js';
import { checkMaterial, receiveMaterial, refuseMaterial } from './take-material.js';
import { doStep } from './work-case.js';

const TODAY = '2026-03-02';
const UNIT = '33333333-3333-4333-8333-333333333333';
const OTHER = '44444444-4444-4444-8444-444444444444';

const step = (id: string, role: ItemStep['role'], kind: ItemStep['kind'] = 'work'): ItemStep => ({
  id,
  title: id,
  kind,
  role,
  department: null,
  limit: null,
});
const lesson: CaseItem = {
  id: 'invented/lesson',
  version: '2026-01',
  title: '课',
  owner: 'rehabilitation',
  mode: 'apply',
  department: null,
  rationed: false,
  steps: [
    step('survey', 'education-officer'),
    step('teach', 'school'),
    step('approve', 'rehab-officer', 'decide'),
    step('follow-up', 'school'),
  ],
  askedMaterials: ['account', 'photo'],
  materialTitles: {},
  supplement: null,
  acceptIncomplete: null,
  remedies: [],
  publicNotice: null,
  serveWithin: null,
  overall: null,
  tellRefusal: null,
};

const by = (id: string, role = 'rehab-officer', onBehalfOf: string | null = null): Act => ({
  by: { id, role, onBehalfOf },
  now: new Date(`${TODAY}T01:00:00Z`),
  today: TODAY,
});
const applied = (item = lesson): Case =>
  applyForCase(
    {
      caseId: '11111111-1111-4111-8111-111111111111',
      personId: '22222222-2222-4222-8222-222222222222',
      divisionCode: '338801001001',
      item,
      period: 'once',
    },
    by('v'),
  ).state;
const did = (state: Case, id: string, who = 'a'): Case =>
  doStep(state, id, { note: null, received: id === 'survey' ? state.item.askedMaterials : [] }, by(who))
    .state;
const placed = (state: Case, unit = UNIT): Case => placeCase(state, unit, TODAY, by('o')).state;

describe('a step of an institution', () => {
  it('waits for somebody to place the case, before the decision and after it', () => {
    const surveyed = did(applied(), 'survey');
    expect(taskOf(applied())?.step).toBe('survey');
    expect(taskOf(surveyed)).toEqual({
      step: 'place',
      roles: ['rehab-officer', 'education-officer', 'township-chair'],
      department: null,
    });
    expect(taskOf(placed(surveyed))).toMatchObject({ step: 'teach', roles: ['school'] });
    const decided = grant(did(placed(surveyed), 'teach', 's'), null, by('d')).state;
    expect(taskOf(decided)?.step).toBe('follow-up');
    expect(taskOf(endPlacement(decided, TODAY).state)?.step).toBe('place');
  });

  it('is told to each unit that it comes to and leaves', () => {
    const moved = placeCase(placed(applied()), OTHER, TODAY, by('o'));
    expect(moved.events.map(({ type, data }) => [type, data])).toMatchObject([
      ['rehabilitation.case.placement-ended.v1', { unitId: UNIT, version: 3 }],
      ['rehabilitation.case.placed.v1', { unitId: OTHER, version: 4 }],
    ]);
    expect(moved.state.version).toBe(4);
    expect(placeCase(moved.state, OTHER, TODAY, by('o')).state).toBe(moved.state);
  });

  it('is not placed in the future, where nothing is to place, or once it is over', () => {
    expect(() => placeCase(applied(), UNIT, '2026-03-03', by('o'))).toThrow('日期不能晚于今天');
    const plain = applied({ ...lesson, steps: [step('survey', 'rehab-officer')] });
    expect(() => placeCase(plain, UNIT, TODAY, by('o'))).toThrow('不需要安排承办单位');
    expect(() => endPlacement(applied(), TODAY)).toThrow('没有安排承办单位');
  });

  it('is applied for at a desk that sees the person, never at the institution', () => {
    const item = { ...lesson, steps: [step('teach', 'school')] };
    expect(receiverOf(item).roles).toContain('school');
    expect(applicantsDeskOf(item).roles).toEqual([
      'village-liaison',
      'commissioner',
      'township-chair',
      'rehab-officer',
    ]);
    expect(placersOf(item).roles).toEqual(['rehab-officer', 'township-chair']);
  });
});

describe('a claim', () => {
  const claimed = claimCase(applied(), by('a')).state;

  it('holds the task for one, and ends with it', () => {
    expect(claimed.claim).toMatchObject({ by: 'a' });
    expect(claimCase(claimed, by('a')).state).toBe(claimed);
    expect(() => claimCase(claimed, by('b'))).toThrow('已由另一位同事认领');
    expect(claimCase(claimed, by('deputy', 'rehab-officer', 'a')).state).toBe(claimed);
    expect(did(claimed, 'survey').claim).toBeNull();
    expect(placed(claimed).claim).toMatchObject({ by: 'a' });
    const held = holdCase(did(placed(claimed), 'survey'), {
      cause: 'death',
      roundId: OTHER,
      effectiveOn: TODAY,
      factVersion: 5,
    }).state;
    expect(claimCase(held, by('d')).state.claim).toMatchObject({ by: 'd' });
    const stopped = stop(held, TODAY, '经核实已死亡', '六十日内申请复议', by('d')).state;
    expect(() => claimCase(stopped, by('d'))).toThrow('没有待办的任务');
  });

  it('is let go and handed on by its holder, or by a supervisor', () => {
    for (const act of [by('a'), by('chief', 'township-chair')]) {
      expect(releaseClaim(claimed, act).state.claim).toBeNull();
      expect(handOnClaim(claimed, 'c', act).state.claim).toMatchObject({ by: 'c' });
    }
    expect(() => releaseClaim(claimed, by('b'))).toThrow('已由另一位同事认领');
    expect(() => handOnClaim(claimed, 'b', by('b'))).toThrow('已由另一位同事认领');
    expect(() => handOnClaim(applied(), 'c', by('a'))).toThrow('没有人认领');
    expect(releaseClaim(applied(), by('a')).events).toEqual([]);
  });
});

it('a deputy and the one whom the deputy acts for are one pair of eyes', () => {
  const of = (id: string, onBehalfOf: string | null = null) => ({ id, role: 'rehab-officer', onBehalfOf });
  expect(isSameHand(of('a'), of('a'))).toBe(true);
  expect(isSameHand(of('a', 'b'), of('b'))).toBe(true);
  expect(isSameHand(of('b'), of('a', 'b'))).toBe(true);
  expect(isSameHand(of('a', 'c'), of('b', 'c'))).toBe(true);
  expect(isSameHand(of('a', null), of('b', null))).toBe(false);
});

describe('a paper', () => {
  const seen = { fileId: null, paperId: null };

  it('is missing until it is received, and again when it is refused', () => {
    const received = receiveMaterial(applied(), 'account', seen, by('v')).state;
    expect([missingOf(applied()), missingOf(received)]).toEqual([['account', 'photo'], ['photo']]);
    const refused = refuseMaterial(received, 'account', '看不清', by('o')).state;
    expect(missingOf(refused)).toEqual(['account', 'photo']);
    const again = receiveMaterial(refused, 'account', seen, by('v')).state;
    expect(again.materials[0]).toMatchObject({ state: 'received', reason: null });
    const checked = checkMaterial(again, 'account', UNIT, by('o'));
    expect(checked.events).toMatchObject([{ data: { material: 'account', paperId: UNIT, fileRef: null } }]);
    expect(() => receiveMaterial(checked.state, 'account', seen, by('v'))).toThrow('不必再收');
    expect(() => refuseMaterial(checked.state, 'account', '看不清', by('o'))).toThrow('尚未核对');
  });

  it('that was given before is not told again', () => {
    const taken = receiveMaterial(applied(), 'account', { fileId: null, paperId: OTHER }, by('v')).state;
    expect(checkMaterial(taken, 'account', UNIT, by('o')).events).toEqual([]);
  });

  it('is one that the item asks for', () => {
    expect(() => receiveMaterial(applied(), 'card', seen, by('v'))).toThrow('不得向本人索要');
    expect(() => checkMaterial(applied(), 'account', UNIT, by('o'))).toThrow('尚未核对的材料可以核对');
  });
});
