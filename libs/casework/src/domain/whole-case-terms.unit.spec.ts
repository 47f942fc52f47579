import type { Act } from './act.js';
import { askForPapers } from './ask-for-papers.js';
import { movedTerms } from './case-terms.js';
import type { Case } from './case.js';
import { grant, refuse, waitlist } from './decide-case.js';
import { tellsRefusal } from './document.js';
import { holdCase } from './hold-case.js';
import type { CaseItem, ItemStep, StepLimit } from './item.js';
import { extenderOf, limitOf, pauserOf } from './move-term.js';
import { applyForCase } from './open-case.js';
import type { PaperEffect } from './paper-rules.js';
import { revokeDecision } from './revoke-decision.js';
import { receiveMaterial } from './take-material.js';
import { termTitleOf } from './whole-case-terms.js';
import { handOver, doStep } from './work-case.js';

const within = (value: number, more: Partial<StepLimit> = {}): StepLimit => ({
  value,
  unit: 'working-day',
  kind: 'statutory',
  basis: '茶法第六条',
  ...more,
});
const step = (id: string, kind: ItemStep['kind'] = 'work'): ItemStep => ({
  id,
  title: `茶${id}`,
  kind,
  role: kind === 'decide' ? 'member-unit' : 'benefit-officer',
  department: kind === 'decide' ? 'civil-affairs' : null,
  limit: within(5),
});
const tea: CaseItem = {
  id: 'invented/tea',
  version: '2026-01',
  title: '茶',
  owner: 'subsidies',
  mode: 'refer',
  department: 'civil-affairs',
  rationed: true,
  steps: [step('refer'), step('inquire'), step('decide', 'decide'), step('tell')],
  askedMaterials: ['photo'],
  materialTitles: { photo: '照片' },
  supplement: null,
  acceptIncomplete: null,
  remedies: [],
  publicNotice: null,
  serveWithin: null,
  overall: within(30, {
    from: 'refer',
    extension: { value: 15, basis: '茶法第七条', role: 'member-unit' },
  }),
  tellRefusal: within(3, { basis: '茶法第九条' }),
};
const withPapers = (steps: readonly string[], kind: PaperEffect['kind'] = 'suspend'): CaseItem => ({
  ...tea,
  supplement: {
    limit: { value: 10, unit: 'working-day', kind: 'statutory', basis: '茶法第七条' },
    effect: { kind, steps, basis: '茶法第八条' },
    unsupplied: null,
  },
});

const on = (today: string, id = 'officer'): Act => ({
  by: { id, role: 'benefit-officer' },
  now: new Date(`${today}T09:00:00+08:00`),
  today,
});
const [MONDAY, TUESDAY, FRIDAY] = ['2026-03-02', '2026-03-03', '2026-03-06'] as const;
const applied = (item: CaseItem = tea): Case =>
  applyForCase(
    {
      caseId: '11111111-1111-4111-8111-111111111111',
      personId: '22222222-2222-4222-8222-222222222222',
      divisionCode: '338801001001',
      item,
      period: 'once',
      appliedOn: '2026-02-27',
    },
    on(MONDAY),
  ).state;
const done = (state: Case, id: string, day: string = MONDAY, received: readonly string[] = []) =>
  doStep(state, id, { note: null, received }, on(day)).state;
const accepted = (item: CaseItem = tea) => done(applied(item), 'refer');
const photo = (state: Case, day: string) =>
  receiveMaterial(state, 'photo', { fileId: null, paperId: null }, on(day)).state;
const deciding = () => done(photo(accepted(), TUESDAY), 'inquire', TUESDAY);
const refused = (state = deciding(), day: string = FRIDAY) =>
  refuse(state, '收入超过标准', '六十日内申请行政复议', on(day, 'decider')).state;
const asked = (state: Case, day: string = MONDAY) =>
  askForPapers(state, { note: null, day: null }, on(day)).state;
const revoked = (state: Case, day = '2026-05-11') =>
  revokeDecision(
    state,
    { kind: 'reconsideration', outcome: 'revoked', on: day, reason: '事实不清' },
    on(day),
  )!.state;

const armed = (before: Case | null, after: Case, day: string) =>
  movedTerms(before, after, day).arm.map(({ step: name, anchorDay }) => [name, anchorDay]);
const stopped = (before: Case, after: Case, day: string) => movedTerms(before, after, day).stop;

describe('the term of the whole', () => {
  it('runs beside the steps from the acceptance that its text names, and ends with the decision', () => {
    const opened = applied();
    expect(armed(null, opened, MONDAY)).toEqual([['refer', '2026-02-27']]);
    const taken = done(opened, 'refer', TUESDAY);
    const { arm, stop } = movedTerms(opened, taken, TUESDAY);
    expect(arm).toMatchObject([
      { step: 'inquire', anchorDay: TUESDAY },
      {
        step: 'overall',
        anchorDay: TUESDAY,
        value: 30,
        basis: '茶法第六条',
        extension: { value: 15, role: 'member-unit' },
      },
    ]);
    expect(arm[1]).not.toHaveProperty('from');
    expect(stop).toEqual(['refer']);
    const ready = photo(taken, TUESDAY);
    const inquired = done(ready, 'inquire', FRIDAY);
    expect(movedTerms(ready, inquired, FRIDAY)).toMatchObject({
      stop: ['inquire'],
      arm: [{ step: 'decide' }],
    });
    const granted = grant(inquired, null, on(FRIDAY, 'decider')).state;
    expect(stopped(inquired, granted, FRIDAY)).toEqual(['decide', 'overall']);
    expect(armed(inquired, granted, FRIDAY)).toEqual([['tell', FRIDAY]]);
  });

  it('runs from the application where its text says so, and not where nobody applied', () => {
    const item = { ...tea, overall: within(30, { from: 'application' }) };
    expect(armed(null, applied(item), MONDAY)).toEqual([
      ['refer', '2026-02-27'],
      ['overall', '2026-02-27'],
    ]);
    const listed = { ...applied(item), appliedOn: null };
    expect(armed(null, listed, MONDAY)).toEqual([['refer', MONDAY]]);
  });

  it('runs on under a hold, and ends when the case is handed over, waits for a place, or is refused', () => {
    const before = deciding();
    const held = holdCase(before, {
      cause: 'death',
      roundId: '33333333-3333-4333-8333-333333333333',
      effectiveOn: FRIDAY,
      factVersion: 1,
    }).state;
    expect(movedTerms(before, held, FRIDAY)).toEqual({ stop: [], arm: [], resume: [], suspend: [] });
    for (const after of [
      handOver({ ...before, mode: 'refer' }, '县民政局', '收文1号', on(FRIDAY)).state,
      waitlist(before, 1, on(FRIDAY, 'decider')).state,
      refused(before),
    ]) {
      expect(stopped(before, after, FRIDAY)).toEqual(['decide', 'overall']);
    }
  });

  it('does not begin anew where the decision was revoked: no text says so', () => {
    const before = refused();
    expect(armed(before, revoked(before), '2026-05-11')).toEqual([['decide', '2026-05-11']]);
  });

  it('is nobody’s where the item gives none', () => {
    const item = { ...tea, overall: null, tellRefusal: null };
    expect(armed(applied(item), accepted(item), MONDAY)).toEqual([['inquire', MONDAY]]);
    const before = done(photo(accepted(item), MONDAY), 'inquire');
    expect(movedTerms(before, refused(before), FRIDAY)).toMatchObject({ stop: ['decide'], arm: [] });
  });

  it('stands still for missing papers only where the rule names it, by itself', () => {
    const before = accepted(withPapers(['overall']));
    expect(movedTerms(applied(before.item), before, MONDAY).arm).toMatchObject([
      { step: 'inquire', pauses: [] },
      { step: 'overall', pauses: [{ reason: 'supplement', basis: '茶法第八条' }] },
    ]);
    const out = asked(before);
    expect(movedTerms(before, out, MONDAY)).toMatchObject({ suspend: ['supplement'], resume: [] });
    // A step that is left meanwhile changes nothing of it; the last paper does.
    const further = done(out, 'inquire', TUESDAY);
    expect(movedTerms(out, further, TUESDAY)).toMatchObject({ suspend: [], resume: [] });
    expect(movedTerms(further, photo(further, FRIDAY), FRIDAY)).toMatchObject({
      stop: ['supplement:1'],
      resume: ['supplement'],
      suspend: [],
    });
    const ofStep = accepted(withPapers(['inquire']));
    expect(movedTerms(applied(ofStep.item), ofStep, MONDAY).arm).toMatchObject([
      { step: 'inquire', pauses: [{ reason: 'supplement' }] },
      { step: 'overall', pauses: [] },
    ]);
  });

  it('lets a step that is entered stand still for what it stands still for already', () => {
    const out = asked(accepted(withPapers(['decide', 'overall'])));
    const entered = done(out, 'inquire', TUESDAY);
    expect(movedTerms(out, entered, TUESDAY)).toMatchObject({
      arm: [{ step: 'decide' }],
      suspend: ['supplement'],
      resume: [],
    });
  });

  it('begins with the last paper where only what is complete is accepted', () => {
    const out = asked(accepted(withPapers(['overall'], 'restart')));
    expect(armed(out, photo(out, FRIDAY), FRIDAY)).toEqual([['overall', FRIDAY]]);
  });

  it('is moved like that of a step: by who decides, and extended by whom its article names', () => {
    const state = accepted();
    expect(limitOf(state, 'overall')).toEqual(tea.overall);
    expect(pauserOf(state, 'overall')).toEqual({ roles: ['member-unit'], department: 'civil-affairs' });
    expect(extenderOf(state, 'overall')).toEqual({ roles: ['member-unit'], department: 'civil-affairs' });
    expect(() => limitOf({ item: { ...tea, overall: null } }, 'overall')).toThrow();
    expect(() => limitOf(state, 'tell-refusal')).toThrow();
  });
});

describe('the term of telling a refusal', () => {
  it('runs from the decision, and for nothing but a refusal', () => {
    const before = deciding();
    expect(movedTerms(before, refused(before), FRIDAY).arm).toEqual([
      {
        ...tea.tellRefusal,
        subjectId: before.id,
        divisionCode: before.divisionCode,
        step: 'tell-refusal',
        anchorDay: FRIDAY,
      },
    ]);
    const granted = grant(before, null, on(FRIDAY, 'decider')).state;
    expect(armed(before, granted, FRIDAY)).toEqual([['tell', FRIDAY]]);
  });

  it('is not touched by what is noted of the refused case, ends when the refusal falls, and runs for the next one', () => {
    const state = refused();
    const nothing = { stop: [], arm: [], resume: [], suspend: [] };
    expect(movedTerms(state, { ...state, version: state.version + 1 }, '2026-03-09')).toEqual(nothing);
    const back = revoked(state);
    expect(stopped(state, back, '2026-05-11')).toEqual(['tell-refusal']);
    const again = refuse(back, '收入超过标准', '六十日内申请行政复议', on('2026-05-12', 'decider')).state;
    expect(armed(back, again, '2026-05-12')).toEqual([['tell-refusal', '2026-05-12']]);
  });

  it('ends with the document of the refusal that stands, not with one that was revoked', () => {
    const papers = [
      { id: 'first', kind: 'refusal' },
      { id: 'second', kind: 'refusal' },
      { id: 'other', kind: 'extension' },
    ] as const;
    expect(papers.map((paper) => tellsRefusal(paper, papers))).toEqual([false, true, false]);
  });
});

it('a term is called after its step, or by a name of its own', () => {
  expect(
    ['decide', 'overall', 'tell-refusal', 'remedy:review'].map((name) => termTitleOf(tea, name)),
  ).toEqual(['茶decide', '受理至作出决定的全部期限', '告知不予批准的决定', 'remedy:review']);
});
