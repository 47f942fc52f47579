import type { RemedyKind } from '@app/contracts';
import type { Act } from './act.js';
import {
  acceptChallenge,
  answerChallenge,
  decideChallenge,
  fileChallenge,
  isLate,
  isNewest,
  orderStay,
  receiveCopy,
  refuseChallenge,
  remedyFor,
  rootOf,
  type Challenge,
  type Filed,
} from './challenge.js';
import {
  isAdverse,
  serviceOf,
  targetOf,
  type CaseDocument,
  type DocumentKind,
  type Serving,
} from './document.js';
import { readersOf } from './place.js';
import { registrarsOf, type CaseItem } from './item.js';
import type { ItemRemedy, RemedyTarget } from './item-remedy.js';
import { remedyText } from './remedy.js';
import { serveDocument, type ServiceRules } from './service-of-document.js';

const TODAY = '2026-03-10';
const act = (today = TODAY, role = 'officer'): Act => ({
  by: { id: 'somebody', role },
  now: new Date(`${today}T01:00:00Z`),
  today,
});

const remedy = (
  kind: RemedyKind,
  against: readonly RemedyTarget[],
  value: number | null = 30,
  changes: Partial<ItemRemedy> = {},
): ItemRemedy => ({
  kind,
  to: { zh: '上一级机关', en: 'The body above' },
  against,
  term: {
    value,
    unit: 'natural-day',
    kind: value === null ? 'unknown' : 'statutory',
    basis: `演示条例第${value ?? '零'}条`,
  },
  decides: null,
  evidence: null,
  ...changes,
});

const decides = { value: 30, unit: 'natural-day', kind: 'statutory', basis: '演示条例第三十条' } as const;

const petition = {
  id: 'invented/petition',
  owner: 'legal-aid',
  department: 'petitions',
  steps: [
    { id: 'notify', title: '', kind: 'work', role: 'rights-officer', department: null, limit: null },
    { id: 'decide', title: '', kind: 'decide', role: 'member-unit', department: 'petitions', limit: null },
    { id: 'tell', title: '', kind: 'work', role: 'legal-provider', department: null, limit: null },
  ],
  remedies: [
    remedy('review', ['decision'], 30, { decides: { from: 'receipt', limit: decides } }),
    remedy('final-review', ['review'], 31, { decides: { from: 'acceptance', limit: decides } }),
    remedy('reconsideration', ['inaction'], null),
  ],
} as unknown as CaseItem;

const document = (changes: Partial<CaseDocument> = {}): CaseDocument => ({
  id: 'd1',
  caseId: 'c',
  place: { year: 2026, number: 1 },
  kind: 'refusal',
  step: 'decide',
  challengeId: null,
  reason: null,
  remedy: null,
  madeOn: '2026-03-02',
  by: { id: 'decider', role: 'member-unit' },
  onBehalfOf: null,
  services: [],
  ...changes,
});

const serving = (changes: Partial<Serving> = {}): Serving => ({
  method: 'post',
  on: '2026-03-05',
  receivedBy: null,
  witness: null,
  recorded: false,
  reference: null,
  note: null,
  correction: null,
  ...changes,
});
const rules: ServiceRules = { electronicSince: null, noticeEnds: () => null, agent: null };

const served = (changes: Partial<CaseDocument> = {}, on = '2026-03-05') =>
  serveDocument(document(changes), serving({ on }), rules, act());

const filed = (changes: Partial<Filed> = {}): Filed => ({
  item: petition,
  caseId: 'c',
  personId: 'p',
  document: served(),
  others: [],
  lastDay: (_, servedOn) => `${servedOn.slice(0, 8)}30`,
  ...changes,
});

const asking = { id: 'x1', kind: 'review', filedOn: '2026-03-06', grounds: '不服', body: null } as const;
const review = petition.remedies[0]!;
const received = (changes: Partial<Challenge> = {}): Challenge => ({
  ...fileChallenge(asking, filed(), act()).challenge,
  ...changes,
});
const accepted = () =>
  acceptChallenge(received(), review, { on: '2026-03-07', lateReason: null }, act()).challenge;
const slug = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { slug: string }).slug;
  }
  return 'nothing';
};

describe('the words of a remedy', () => {
  it('name term, body and article, each way beside the other, and then what was written', () => {
    expect(remedyText(petition, 'decision', null)).toBe(
      '不服的，可以自收到之日起30日内向上一级机关请求复查（演示条例第30条）。',
    );
    expect(remedyText(petition, 'decision', '地址见背面。')).toMatch(/第30条）。地址见背面。$/);
  });

  it('name no days where no text gives any', () => {
    expect(remedyText(petition, 'inaction', null)).toBe(
      '不服的，可以向上一级机关申请行政复议（演示条例第零条）。',
    );
  });

  it('are asked of the decider where the item has none', () => {
    const item = { ...petition, remedies: [] };
    expect(slug(() => remedyText(item, 'decision', null))).toBe('remedy-missing');
    expect(remedyText(item, 'decision', '向民政局提出')).toBe('向民政局提出');
  });
});

describe('a document', () => {
  it.each<[DocumentKind, boolean, RemedyTarget | null]>([
    ['decision', false, 'decision'],
    ['refusal', true, 'decision'],
    ['stop', true, 'decision'],
    ['lapse', true, 'decision'],
    ['supplement', false, null],
    ['extension', false, null],
    ['challenge-decision', false, 'review'],
  ])('%s: adverse %s, challenged as %s', (kind, adverse, target) => {
    expect(isAdverse({ kind })).toBe(adverse);
    expect(targetOf({ kind }, 'review')).toBe(target);
  });
});

describe('service', () => {
  it('keeps every record; the last one stands', () => {
    const corrected = serveDocument(
      served(),
      serving({ on: '2026-03-06', correction: '抄错日期' }),
      rules,
      act(),
    );
    expect(corrected.services.map(({ servedOn }) => servedOn)).toEqual(['2026-03-05', '2026-03-06']);
    expect(serviceOf(corrected)).toMatchObject({ servedOn: '2026-03-06', by: { id: 'somebody' } });
  });

  it.each<[string, Partial<Serving>, ServiceRules]>([
    ['day-in-future', { on: '2026-03-11' }, rules],
    ['served-before-made', { on: '2026-03-01' }, rules],
    ['nothing-to-correct', { correction: '没有登记过' }, rules],
    ['receiver-missing', { method: 'direct' }, rules],
    ['left-without-witness', { method: 'left' }, rules],
    ['electronic-without-consent', { method: 'electronic' }, rules],
    // Agreed, but only afterwards.
    ['electronic-without-consent', { method: 'electronic' }, { ...rules, electronicSince: '2026-03-06' }],
    ['public-notice-term-unknown', { method: 'public-notice' }, rules],
    ['nothing', { method: 'direct', receivedBy: 'adult-family' }, rules],
    ['nothing', { method: 'left', witness: '村委会代表' }, rules],
    ['nothing', { method: 'left', recorded: true }, rules],
    ['nothing', { method: 'electronic' }, { ...rules, electronicSince: '2026-03-05' }],
  ])('%s: %j', (expected, changes, given) => {
    expect(slug(() => serveDocument(document(), serving(changes), given, act()))).toBe(expected);
  });

  it('by public notice is when the notice ends, also later than today', () => {
    const given = { ...rules, noticeEnds: () => '2026-04-04' };
    const notice = serveDocument(document(), serving({ method: 'public-notice' }), given, act());
    expect(serviceOf(notice)).toMatchObject({ on: '2026-03-05', servedOn: '2026-04-04' });
  });
});

describe('which remedy is open', () => {
  const reviewed: Challenge = {
    ...received(),
    state: { status: 'decided', on: TODAY, outcome: 'upheld', reason: '', documentId: 'd2' },
  };
  const outcome = (services: CaseDocument['services']) =>
    document({ id: 'd2', kind: 'challenge-decision', challengeId: 'x1', services });

  it.each<[string, RemedyKind, CaseDocument | null, string]>([
    ['a review of the decision', 'review', served(), 'nothing'],
    ['a review of what was not served yet', 'review', document(), 'nothing'],
    ['no final review before the review', 'final-review', served(), 'challenge-not-open'],
    ['no review of what decides nothing', 'review', served({ kind: 'supplement' }), 'challenge-not-open'],
    ['no review where nothing was done', 'review', null, 'challenge-not-open'],
    ['reconsideration where nothing was done', 'reconsideration', null, 'nothing'],
    ['no next instance before its outcome was told', 'final-review', outcome([]), 'challenge-not-open'],
    ['the next instance', 'final-review', outcome(served().services), 'nothing'],
  ])('%s', (_, kind, against, expected) => {
    expect(slug(() => remedyFor({ item: petition, document: against, others: [reviewed] }, kind))).toBe(
      expected,
    );
  });

  it('after the last instance is none', () => {
    const last: Challenge = { ...reviewed, id: 'x2', kind: 'final-review' };
    const document3 = document({
      id: 'd3',
      kind: 'challenge-decision',
      challengeId: 'x2',
      services: served().services,
    });
    for (const kind of ['review', 'final-review', 'reconsideration'] as const) {
      expect(slug(() => remedyFor({ item: petition, document: document3, others: [last] }, kind))).toBe(
        'challenge-not-open',
      );
    }
  });
});

describe('a challenge', () => {
  it('is filed with the last day of its term, and begins the term of the body that runs from receipt', () => {
    expect(fileChallenge(asking, filed(), act())).toMatchObject({
      challenge: {
        body: '上一级机关',
        lastDay: '2026-03-30',
        state: { status: 'received' },
        acceptedOn: null,
      },
      begun: [{ step: 'challenge:review', anchorDay: '2026-03-06', term: decides }],
      ended: ['remedy:review'],
    });
    expect(
      fileChallenge({ ...asking, body: '市信访局' }, filed({ document: document() }), act()),
    ).toMatchObject({
      challenge: { body: '市信访局', lastDay: null },
    });
  });

  it('is one of its kind at a time, and not of tomorrow', () => {
    expect(slug(() => fileChallenge(asking, filed({ others: [received({ id: 'x0' })] }), act()))).toBe(
      'challenge-pending',
    );
    const withdrawn = decideChallenge(
      received(),
      { on: TODAY, outcome: 'withdrawn', reason: '' },
      null,
      act(),
    );
    expect(slug(() => fileChallenge(asking, filed({ others: [withdrawn.challenge] }), act()))).toBe(
      'nothing',
    );
    expect(slug(() => fileChallenge({ ...asking, filedOn: '2026-03-11' }, filed(), act()))).toBe(
      'day-in-future',
    );
  });

  it('is late after its last day, not on it, and never where no term ran', () => {
    expect(isLate({ filedOn: '2026-03-30', lastDay: '2026-03-30' })).toBe(false);
    expect(isLate({ filedOn: '2026-03-31', lastDay: '2026-03-30' })).toBe(true);
    expect(isLate({ filedOn: '2026-03-31', lastDay: null })).toBe(false);
  });

  it('that is late is accepted with the reason why it counts; what is not late keeps none', () => {
    const late = received({ lastDay: '2026-03-05' });
    const accept = (one: Challenge, lateReason: string | null) =>
      acceptChallenge(one, review, { on: TODAY, lateReason }, act());
    expect(slug(() => accept(late, null))).toBe('late-without-reason');
    expect(accept(late, '台风').challenge).toMatchObject({ lateReason: '台风', acceptedOn: TODAY });
    expect(accept(received(), '台风').challenge.lateReason).toBeNull();
    expect(slug(() => acceptChallenge(accepted(), review, { on: TODAY, lateReason: null }, act()))).toBe(
      'challenge-not-ready',
    );
  });

  it('begins the term of a body that runs from acceptance when it is accepted', () => {
    const final = petition.remedies[1]!;
    const decision = acceptChallenge(
      received({ kind: 'final-review' }),
      final,
      { on: TODAY, lateReason: null },
      act(),
    );
    expect(decision.begun).toMatchObject([{ step: 'challenge:final-review', anchorDay: TODAY }]);
    expect(acceptChallenge(received(), review, { on: TODAY, lateReason: null }, act()).begun).toEqual([]);
  });

  it('is not admitted by a person, late only where it is, sent on only to somebody', () => {
    const saying = { on: TODAY, why: 'other', reason: '不属于范围', handedTo: null } as const;
    expect(slug(() => refuseChallenge(received(), saying, act(TODAY, 'service')))).toBe('not-by-machine');
    expect(slug(() => refuseChallenge(received(), { ...saying, why: 'out-of-time' }, act()))).toBe(
      'not-late',
    );
    expect(slug(() => refuseChallenge(received(), { ...saying, why: 'wrong-body' }, act()))).toBe(
      'wrong-body-without-body',
    );
    expect(slug(() => refuseChallenge(accepted(), saying, act()))).toBe('challenge-not-ready');
    expect(slug(() => refuseChallenge(received(), { ...saying, on: '2026-03-05' }, act()))).toBe(
      'decision-before-filing',
    );
    const late = received({ lastDay: '2026-03-05' });
    expect(refuseChallenge(late, { ...saying, why: 'out-of-time' }, act())).toMatchObject({
      challenge: { state: { status: 'not-admitted', why: 'out-of-time' } },
      ended: ['challenge:review'],
    });
  });

  it('has the evidence in order: copy, then answer, each once', () => {
    const answering = { ...review, evidence: { ...decides, value: 10 } };
    const copied = receiveCopy(accepted(), answering, '2026-03-08', act());
    expect(copied.begun).toMatchObject([
      { step: 'evidence:review', anchorDay: '2026-03-08', term: { value: 10 } },
    ]);
    expect(receiveCopy(accepted(), review, '2026-03-08', act()).begun).toEqual([]);
    expect(slug(() => receiveCopy(received(), review, '2026-03-08', act()))).toBe('challenge-not-ready');
    expect(slug(() => receiveCopy(copied.challenge, review, TODAY, act()))).toBe('evidence-out-of-order');
    expect(slug(() => answerChallenge(accepted(), TODAY, act()))).toBe('evidence-out-of-order');
    expect(slug(() => answerChallenge(copied.challenge, '2026-03-07', act()))).toBe('evidence-out-of-order');
    expect(answerChallenge(copied.challenge, '2026-03-09', act())).toMatchObject({
      challenge: { evidence: { copyReceivedOn: '2026-03-08', answeredOn: '2026-03-09' } },
      ended: ['evidence:review'],
    });
  });

  it('is decided once it was accepted, withdrawn at any time, by a person; and its stay ends with it', () => {
    const ruling = { on: TODAY, outcome: 'revoked', reason: '事实不清' } as const;
    expect(slug(() => decideChallenge(received(), ruling, null, act()))).toBe('challenge-not-ready');
    expect(slug(() => decideChallenge(accepted(), ruling, null, act(TODAY, 'service')))).toBe(
      'not-by-machine',
    );
    const order = { by: '市政府', on: '2026-03-08', basis: '第四十二条' };
    const stayed = orderStay(accepted(), order, act());
    expect(slug(() => orderStay(stayed, order, act()))).toBe('stay-stands');
    const decided = decideChallenge(stayed, ruling, '可以起诉', act());
    expect(decided).toMatchObject({
      challenge: { stay: { endedOn: TODAY }, state: { outcome: 'revoked' } },
      ended: ['challenge:review', 'evidence:review'],
      document: { kind: 'challenge-decision', challengeId: 'x1', remedy: '可以起诉' },
    });
    expect(slug(() => orderStay(decided.challenge, order, act()))).toBe('challenge-not-ready');
    expect(slug(() => decideChallenge(decided.challenge, ruling, null, act()))).toBe('challenge-not-ready');
    expect(decideChallenge(received(), { ...ruling, outcome: 'withdrawn' }, null, act()).document).toBeNull();
  });

  it('goes back to the decision of the case through every instance, and only the newest decision can fall', () => {
    const first = received();
    const second = received({ id: 'x2', kind: 'final-review', documentId: 'd2' });
    const documents = [document(), document({ id: 'd2', kind: 'challenge-decision', challengeId: 'x1' })];
    expect(rootOf(second, [first, second], documents)?.id).toBe('d1');
    expect(rootOf({ documentId: null }, [first, second], documents)).toBeNull();
    expect(isNewest(documents[0]!, documents)).toBe(true);
    expect(isNewest(documents[0]!, [...documents, document({ id: 'd3', kind: 'decision' })])).toBe(false);
  });
});

describe('who writes down what bodies say', () => {
  it('decides or works on the case, and is no institution', () => {
    expect(registrarsOf(petition)).toEqual({
      roles: ['member-unit', 'rights-officer'],
      department: 'petitions',
    });
    expect(readersOf(petition)).toEqual(expect.arrayContaining(['member-unit:petitions', 'rights-officer']));
  });
});
