import { owners, type Owner } from '@app/contracts';
import { testUnit } from '@app/testing';
import { cardNumberOf } from '../../apps/cli/src/demo/people.js';
import { demoFormats } from '../../apps/subsidies/src/domain/bank-file/index.js';
import { VILLAGE } from './places.js';
import { freshIdentityNumber, PAPER, type Stage } from './stage.js';

/** What is sent to a door; a path has its places filled in. */
export interface Sending {
  readonly path: string;
  readonly body?: unknown;
  /** A file as the body, with its type; `body` then is its text. */
  readonly contentType?: string;
}

/** Who sends it, where that matters: what somebody uploaded is shown to them alone, and what ends once is there for each. */
export interface Sender {
  readonly role: string;
  readonly where: 'here' | 'elsewhere';
}

type Make = (stage: Stage, sender: Sender) => Sending;

const CSV = 'text/csv';
const NOTHING = '5b1e7a52-7a43-4f0e-9b57-2f3f2b1f6c03';
const REMEDY = '如有异议，可自收到决定之日起依法申请行政复议或者提起行政诉讼。';
/** A calendar of a year long after the last one. */
const GAP = { year: 2999, source: { basis: 'an invented notice' }, days: {} };
const REASON = '经核对材料，按规定办理。';
const RULE = {
  nameZh: '逾期通报',
  nameEn: 'report what is late',
  match: {},
  to: [{ role: 'federation-lead', level: 'county' }],
};
const evidence = [{ kind: '评定表', reference: '医院存档' }];

/** The object of this role; of whoever has none, the first. */
function own<Thing>(things: Readonly<Record<string, Thing>>, role: string): Thing {
  return things[role] ?? Object.values(things)[0]!;
}

const aidRoster = (identityNumber: string) => `姓名,身份证号,起始月\n某人,${identityNumber},2026-01\n`;
const cardRoster = (stage: Stage) => {
  const { identityNumber } = stage.applicant.person;
  return `身份证号,残疾人证号,残疾类别,残疾等级,发证日期,有效期至,状态\n${identityNumber},${cardNumberOf(identityNumber, 'physical', 2)},肢体,二级,2020-01-01,2029-12-31,有效\n`;
};

const registry: Record<string, Make> = {
  'GET /registry/persons': () => ({ path: '/registry/persons?limit=1000' }),
  'GET /registry/persons/:id': ({ resident }) => ({ path: `/registry/persons/${resident.personId}` }),
  'POST /registry/persons/find': ({ resident }) => ({
    path: '/registry/persons/find',
    body: { identityNumber: resident.person.identityNumber },
  }),
  'POST /registry/persons/search': ({ resident }) => ({
    path: '/registry/persons/search',
    body: { text: resident.person.name },
  }),
  'POST /registry/persons/:id/reveal': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/reveal`,
    body: { field: 'phone', purpose: '联系本人核对材料' },
  }),
  'POST /registry/guardians/:id/reveal': ({ guardianIds }, { role }) => ({
    path: `/registry/guardians/${own(guardianIds, role)}/reveal`,
    body: { field: 'identity', purpose: '核对监护人身份' },
  }),
  'GET /registry/persons/:id/reads': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/reads`,
  }),
  'POST /registry/told-again': () => ({ path: '/registry/told-again', body: { limit: 1 } }),
  'POST /subsidies/told-again': () => ({ path: '/subsidies/told-again', body: { limit: 1 } }),
  'POST /registry/persons': () => ({
    path: '/registry/persons',
    body: {
      name: '来登记',
      identityNumber: freshIdentityNumber(801),
      divisionCode: VILLAGE,
      phone: '19900001111',
    },
  }),
  'POST /registry/persons/:id/correct': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/correct`,
    body: { phone: '19900002222' },
  }),
  'GET /registry/duplicates': () => ({ path: '/registry/duplicates?limit=200' }),
  'POST /registry/duplicates/:id/set-aside': ({ duplicateId }) => ({
    path: `/registry/duplicates/${duplicateId}/set-aside`,
    body: { reason: REASON },
  }),
  // Of versions that nobody saw: refused by what the domain says, and only to those who may propose or decide it at all.
  'POST /registry/persons/:id/merges': ({ resident, applicant }) => ({
    path: `/registry/persons/${applicant.personId}/merges`,
    body: { into: resident.personId, reason: REASON, versions: { person: 9999, into: 9999 } },
  }),
  'POST /registry/persons/:id/splits': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/splits`,
    body: {
      version: 9999,
      reason: REASON,
      person: { name: '另一人', identityNumber: freshIdentityNumber(803) },
    },
  }),
  'POST /registry/persons/:id/number-changes': ({ resident, today }) => ({
    path: `/registry/persons/${resident.personId}/number-changes`,
    body: {
      identityNumber: freshIdentityNumber(805),
      basis: 'changed',
      since: today,
      proof: { kind: '变更证明', reference: '档案室' },
      reason: REASON,
      version: 9999,
    },
  }),
  'POST /registry/temporary-registrations': () => ({
    path: '/registry/temporary-registrations',
    body: {
      name: '来登记',
      sex: 'male',
      birthDate: '1970-01-01',
      birthDateEstimated: true,
      divisionCode: VILLAGE,
      reason: 'unidentified',
      vouchedBy: '某救助管理站',
      vouchedAs: '救助管理站',
      reviewOn: '2999-01-01',
    },
  }),
  'GET /registry/temporary-registrations': () => ({ path: '/registry/temporary-registrations?limit=200' }),
  // Of who has a number: refused by what the domain says, and only to those who may look again at all.
  'POST /registry/persons/:id/temporary-registration/review': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/temporary-registration/review`,
    body: { reviewOn: '2999-01-01', reason: REASON },
  }),
  'GET /registry/identity-decisions': () => ({ path: '/registry/identity-decisions?limit=200' }),
  'POST /registry/identity-decisions/:id/approve': ({ identityDecisionId }) => ({
    path: `/registry/identity-decisions/${identityDecisionId}/approve`,
  }),
  'POST /registry/identity-decisions/:id/refuse': ({ identityDecisionId }) => ({
    path: `/registry/identity-decisions/${identityDecisionId}/refuse`,
    body: { reason: REASON },
  }),
  'POST /registry/persons/:id/facts': ({ resident, today }) => ({
    path: `/registry/persons/${resident.personId}/facts`,
    body: {
      facts: [
        { name: 'care.residential', value: false, source: { kind: 'counter', reference: null, asOf: today } },
      ],
    },
  }),
  'POST /registry/facts/:id/withdraw': ({ factIds }, { role }) => ({
    path: `/registry/facts/${own(factIds, role).withdraw}/withdraw`,
    body: { reason: REASON },
  }),
  'POST /registry/facts/:id/correct': ({ factIds }, { role }) => ({
    path: `/registry/facts/${own(factIds, role).correct}/correct`,
    body: { value: true, reason: REASON },
  }),
  // In the future: refused by what the domain says, and only to those who may report it at all.
  'POST /registry/persons/:id/death': ({ wardId, today }) => ({
    path: `/registry/persons/${wardId}/death`,
    body: { diedOn: '2099-01-01', source: { kind: 'counter', reference: null, asOf: today } },
  }),
  'POST /registry/persons/:id/death/withdraw': ({ wardId }) => ({
    path: `/registry/persons/${wardId}/death/withdraw`,
    body: { reason: REASON },
  }),
  'GET /registry/death-matches': () => ({ path: '/registry/death-matches?limit=200' }),
  'POST /registry/death-matches/:id/propose': ({ deathMatchId, wardId }) => ({
    path: `/registry/death-matches/${deathMatchId}/propose`,
    body: { personId: wardId, reason: REASON },
  }),
  'POST /registry/death-matches/:id/nobody': ({ deathMatchId }) => ({
    path: `/registry/death-matches/${deathMatchId}/nobody`,
    body: { reason: REASON },
  }),
  'POST /registry/death-matches/:id/ask': ({ deathMatchId }) => ({
    path: `/registry/death-matches/${deathMatchId}/ask`,
    body: { reason: REASON },
  }),
  'POST /registry/death-matches/:id/approve': ({ deathMatchId }) => ({
    path: `/registry/death-matches/${deathMatchId}/approve`,
    body: {},
  }),
  'POST /registry/death-matches/:id/refuse': ({ deathMatchId }) => ({
    path: `/registry/death-matches/${deathMatchId}/refuse`,
    body: { reason: REASON },
  }),
  'POST /registry/persons/:id/move': ({ wardId }) => ({
    path: `/registry/persons/${wardId}/move`,
    body: { to: '338801002001', movedOn: '2099-01-01' },
  }),
  'POST /registry/persons/:id/household': ({ resident, householdId }) => ({
    path: `/registry/persons/${resident.personId}/household`,
    body: { householdId, relation: '其他' },
  }),
  'POST /registry/persons/:id/guardians': ({ wardId }) => ({
    path: `/registry/persons/${wardId}/guardians`,
    body: { basis: 'minor', relation: '母亲', name: '李监护', identityNumber: freshIdentityNumber(802) },
  }),
  'POST /registry/guardians/:id/end': ({ guardianIds, today }, { role }) => ({
    path: `/registry/guardians/${own(guardianIds, role)}/end`,
    body: { endedOn: today, reason: REASON },
  }),
  'POST /registry/persons/:id/may-sign': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/may-sign`,
    body: { identityNumber: resident.person.identityNumber, act: 'apply' },
  }),
  'GET /registry/representatives/expiring': () => ({
    path: '/registry/representatives/expiring?withinDays=3650&limit=200',
  }),
  'GET /registry/representatives/contradictions': () => ({
    path: '/registry/representatives/contradictions?limit=200',
  }),
  'POST /registry/households': () => ({ path: '/registry/households', body: { divisionCode: VILLAGE } }),
  'GET /registry/households/:id': ({ householdId }) => ({ path: `/registry/households/${householdId}` }),
  'GET /registry/persons/:id/contact': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/contact`,
  }),
  'POST /registry/persons/:id/contact': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/contact`,
    body: { channel: 'paper' },
  }),
  'GET /registry/persons/:id/messages': ({ resident }) => ({
    path: `/registry/persons/${resident.personId}/messages`,
  }),
  'GET /registry/letters': () => ({ path: '/registry/letters?limit=200' }),
  'GET /registry/letters/:id/sheet': ({ letterId }) => ({ path: `/registry/letters/${letterId}/sheet` }),
  // In the future: refused by what the domain says, and only to those who may hand it over at all.
  'POST /registry/letters/:id/handed-over': ({ letterId }) => ({
    path: `/registry/letters/${letterId}/handed-over`,
    body: { on: '2099-01-01' },
  }),
  'POST /registry/letters/:id/undeliverable': ({ letterId }) => ({
    path: `/registry/letters/${letterId}/undeliverable`,
    body: { on: '2099-01-01', reason: '没有找到本人' },
  }),
  'GET /registry/imports/templates/:file': () => ({ path: '/registry/imports/templates/dibao.csv' }),
  'POST /registry/imports/:kind': ({ resident }) => ({
    path: '/registry/imports/dibao',
    body: aidRoster(resident.person.identityNumber),
    contentType: CSV,
  }),
  'GET /registry/imports/:id': ({ rosterId }) => ({ path: `/registry/imports/${rosterId}` }),
  'GET /registry/imports/:id/errors.xlsx': ({ rosterId }) => ({
    path: `/registry/imports/${rosterId}/errors.xlsx`,
  }),
};

const application =
  (action: string, body: unknown): Make =>
  ({ applicationId }) => ({ path: `/certification/applications/${applicationId}/${action}`, body });
const card =
  (action: string, body: object): Make =>
  ({ resident }) => ({
    path: `/certification/cards/${resident.cardId}/${action}`,
    body: { evidence, ...body },
  });

const certification: Record<string, Make> = {
  'POST /certification/applications': ({ applicant }) => ({
    path: '/certification/applications',
    body: { kind: 'first', identityNumber: applicant.person.identityNumber },
  }),
  'GET /certification/applications': () => ({ path: '/certification/applications?limit=200' }),
  'GET /certification/applications/:id': ({ applicationId }) => ({
    path: `/certification/applications/${applicationId}`,
  }),
  'POST /certification/applications/:id/place': application('place', { unitId: testUnit('assessor') }),
  'POST /certification/applications/:id/accept': application('accept', {}),
  'POST /certification/applications/:id/assessment': (stage, sender) =>
    application('assessment', {
      components: [{ category: 'physical', grade: 2 }],
      assessedOn: stage.today,
      institution: '示范县人民医院',
      evidence,
    })(stage, sender),
  'POST /certification/applications/:id/notice': (stage, sender) =>
    application('notice', { from: stage.today, place: '村务公开栏' })(stage, sender),
  'POST /certification/applications/:id/objections': application('objections', {
    text: '对评定结果有不同意见',
  }),
  'POST /certification/applications/:id/objections/settle': (stage, sender) =>
    application('objections/settle', {
      number: sender.role === 'federation-lead' ? 1 : 2,
      finding: 'unfounded',
      note: '经复核，异议不成立',
    })(stage, sender),
  'POST /certification/applications/:id/approve': application('approve', {}),
  'POST /certification/applications/:id/reject': application('reject', { reason: REASON, remedy: REMEDY }),
  'GET /certification/cards': () => ({ path: '/certification/cards?limit=200' }),
  'POST /certification/cards/find': ({ resident }) => ({
    path: '/certification/cards/find',
    body: { identityNumber: resident.person.identityNumber },
  }),
  'GET /certification/cards/:id': ({ resident }) => ({ path: `/certification/cards/${resident.cardId}` }),
  'GET /certification/cards/:id/history': ({ resident }) => ({
    path: `/certification/cards/${resident.cardId}/history`,
  }),
  'POST /certification/cards/:id/reveal': ({ resident }) => ({
    path: `/certification/cards/${resident.cardId}/reveal`,
    body: { field: 'card', purpose: '核对残疾人证' },
  }),
  'GET /certification/cards/:id/reads': ({ resident }) => ({
    path: `/certification/cards/${resident.cardId}/reads`,
  }),
  'GET /certification/persons/:personId/card': ({ resident }) => ({
    path: `/certification/persons/${resident.personId}/card`,
  }),
  'POST /certification/cards/take-in': ({ applicant }) => ({
    path: '/certification/cards/take-in',
    body: {
      identityNumber: applicant.person.identityNumber,
      cardNumber: cardNumberOf(applicant.person.identityNumber, 'physical', 2),
      components: [{ category: 'physical', grade: 2 }],
      issuedOn: '2020-01-01',
      validTo: '2029-12-31',
      evidence,
    },
  }),
  'POST /certification/cards/:id/renew': card('renew', {}),
  'POST /certification/cards/:id/regrade': (stage, sender) =>
    card('regrade', {
      components: [{ category: 'physical', grade: 2 }],
      assessedOn: stage.today,
      institution: '示范县人民医院',
    })(stage, sender),
  'POST /certification/cards/:id/replace': card('replace', { reason: 'damaged' }),
  // The card has the number that its holder has: refused by what the domain says.
  'POST /certification/cards/:id/renumber': (stage, sender) =>
    card('renumber', { identityNumber: stage.resident.person.identityNumber, evidence })(stage, sender),
  'POST /certification/cards/:id/transfer': card('transfer', { direction: 'in', divisionCode: VILLAGE }),
  'POST /certification/cards/:id/freeze': card('freeze', { reason: 'in-doubt' }),
  'POST /certification/cards/:id/unfreeze': card('unfreeze', { reason: 'frozen-by-mistake' }),
  'POST /certification/cards/:id/cancel': card('cancel', { reason: 'wish' }),
  'POST /certification/cards/:id/correct': card('correct', {
    withdraws: 'cancellation',
    reason: 'entry-error',
  }),
  'POST /certification/cards/:id/deliver': card('deliver', {}),
  'GET /certification/imports/templates/:file': () => ({
    path: '/certification/imports/templates/taken-over.csv',
  }),
  'POST /certification/imports/:kind': (stage) => ({
    path: '/certification/imports/taken-over',
    body: cardRoster(stage),
    contentType: CSV,
  }),
  'GET /certification/imports/:id': ({ cardRosterIds }, { role }) => ({
    path: `/certification/imports/${own(cardRosterIds, role)}`,
  }),
  'GET /certification/imports/:id/errors.xlsx': ({ cardRosterIds }, { role }) => ({
    path: `/certification/imports/${own(cardRosterIds, role)}/errors.xlsx`,
  }),
};

/** What every service with clocks has: the calendar that they go by, notices, and rules by which others are told. */
function termsOf(service: Owner | 'lifecycle'): Record<string, Make> {
  return {
    [`POST /${service}/clocks/preview`]: () => ({ path: `/${service}/clocks/preview`, body: GAP }),
    [`GET /${service}/clocks/moves`]: () => ({ path: `/${service}/clocks/moves?number=0` }),
    [`GET /${service}/notices`]: () => ({ path: `/${service}/notices?limit=200` }),
    [`POST /${service}/notices/:id/read`]: () => ({ path: `/${service}/notices/${NOTHING}/read`, body: {} }),
    [`GET /${service}/escalation-rules`]: () => ({ path: `/${service}/escalation-rules` }),
    [`POST /${service}/escalation-rules`]: () => ({ path: `/${service}/escalation-rules`, body: RULE }),
    [`GET /${service}/escalation-rules/:id`]: ({ ruleIds }) => ({
      path: `/${service}/escalation-rules/${ruleIds[service]}`,
    }),
    [`GET /${service}/escalation-rules/:id/dry-run`]: ({ ruleIds }) => ({
      path: `/${service}/escalation-rules/${ruleIds[service]}/dry-run`,
    }),
    // Whoever comes second is told that somebody has changed it.
    [`POST /${service}/escalation-rules/:id/change`]: ({ ruleIds }) => ({
      path: `/${service}/escalation-rules/${ruleIds[service]}/change`,
      body: { ...RULE, version: 1 },
    }),
    [`POST /${service}/escalation-rules/:id/retire`]: ({ ruleIds }) => ({
      path: `/${service}/escalation-rules/${ruleIds[service]}/retire`,
      body: { version: 1 },
    }),
  };
}

const lifecycle: Record<string, Make> = {
  ...termsOf('lifecycle'),
  'GET /lifecycle/rounds': () => ({ path: '/lifecycle/rounds?limit=200&open=false' }),
  'GET /lifecycle/stuck': () => ({ path: '/lifecycle/stuck?kind=missing-fact&limit=200' }),
  'GET /lifecycle/stuck/counts': () => ({ path: '/lifecycle/stuck/counts' }),
  'GET /lifecycle/missing-facts': () => ({ path: '/lifecycle/missing-facts?limit=200' }),
  'POST /lifecycle/reconciliations': () => ({
    path: '/lifecycle/reconciliations',
    body: { region: VILLAGE },
  }),
  'GET /lifecycle/reconciliations': () => ({ path: '/lifecycle/reconciliations' }),
  'GET /lifecycle/reconciliations/trend': () => ({ path: '/lifecycle/reconciliations/trend?level=village' }),
  'GET /lifecycle/gaps': () => ({ path: '/lifecycle/gaps?limit=500' }),
  'GET /lifecycle/gaps/villages': () => ({ path: '/lifecycle/gaps/villages' }),
  'POST /lifecycle/gaps/release': () => ({
    path: '/lifecycle/gaps/release',
    body: { divisionCode: VILLAGE, kind: 'should-not-have' },
  }),
  // Nothing is released on the stage: whoever may answer is told so, as somebody elsewhere is.
  'POST /lifecycle/gaps/answer': () => ({
    path: '/lifecycle/gaps/answer',
    body: { gapId: NOTHING, answer: REASON },
  }),
  'GET /lifecycle/catalogue': () => ({ path: `/lifecycle/catalogue?division=${VILLAGE}` }),
  ...Object.fromEntries(
    ['chain', 'table', 'missing-facts', 'explain', 'decisions'].map((view): [string, Make] => [
      `GET /lifecycle/persons/:personId/${view}`,
      ({ resident }) => ({
        path: `/lifecycle/persons/${resident.personId}/${view}${view === 'explain' ? '?item=subsidies/living-subsidy' : ''}`,
      }),
    ]),
  ),
};

const benefits: Record<string, Make> = {
  'GET /subsidies/benefits': () => ({ path: '/subsidies/benefits?limit=200' }),
  'GET /subsidies/benefits/:id': ({ benefitId }) => ({ path: `/subsidies/benefits/${benefitId}` }),
  'GET /subsidies/payees': () => ({ path: '/subsidies/payees?limit=200' }),
  'GET /subsidies/payees/findings': () => ({ path: '/subsidies/payees/findings' }),
  'GET /subsidies/payees/:id': ({ payeeId }) => ({ path: `/subsidies/payees/${payeeId}` }),
  // A conflict, as the others of other versions are: the account of the stage waits and stays as it is.
  'POST /subsidies/payees': ({ resident }) => ({
    path: '/subsidies/payees',
    body: {
      personId: resident.personId,
      holder: 'self',
      holderName: '某人',
      bank: '某银行',
      accountNumber: '6222000000',
    },
  }),
  'POST /subsidies/payees/:id/confirm': ({ payeeId }) => ({
    path: `/subsidies/payees/${payeeId}/confirm`,
    body: { version: 9, accountNumber: '6222000000' },
  }),
  'POST /subsidies/payees/:id/refuse': ({ payeeId }) => ({
    path: `/subsidies/payees/${payeeId}/refuse`,
    body: { version: 9, reason: REASON },
  }),
  'GET /subsidies/benefits/:id/books': ({ benefitId }) => ({
    path: `/subsidies/benefits/${benefitId}/books`,
  }),
  'GET /subsidies/pay-runs': () => ({ path: '/subsidies/pay-runs' }),
  'GET /subsidies/pay-runs/:runNo': ({ runNo }) => ({ path: `/subsidies/pay-runs/${runNo}` }),
  'GET /subsidies/pay-runs/:runNo/lines': ({ runNo }) => ({ path: `/subsidies/pay-runs/${runNo}/lines` }),
  'GET /subsidies/pay-runs/:runNo/findings': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/findings`,
  }),
  // Conflicts all: one is under way, which nobody has seen in this version.
  'POST /subsidies/pay-runs': ({ today }) => ({
    path: '/subsidies/pay-runs',
    body: { county: '338801', month: today.slice(0, 7), payOn: today },
  }),
  'POST /subsidies/pay-runs/:runNo/findings': ({ runNo, resident }) => ({
    path: `/subsidies/pay-runs/${runNo}/findings`,
    body: { personId: resident.personId, check: 'proof-ended', outcome: 'passed', note: REASON },
  }),
  'POST /subsidies/pay-runs/:runNo/approve': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/approve`,
    body: { version: 99, count: 0, fen: 0 },
  }),
  'POST /subsidies/pay-runs/:runNo/cancel': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/cancel`,
    body: { version: 99, reason: REASON },
  }),
  'POST /subsidies/pay-runs/:runNo/file': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/file?format=demo-fixed`,
  }),
  'POST /subsidies/pay-runs/:runNo/returns': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/returns`,
    body: 'R\n',
    contentType: 'text/plain',
  }),
  'GET /subsidies/declared-relatives': () => ({ path: '/subsidies/declared-relatives' }),
  'POST /subsidies/declared-relatives': () => ({
    path: '/subsidies/declared-relatives',
    body: {
      county: '338801',
      name: '某人',
      identityNumber: freshIdentityNumber(806),
      relation: '本人',
      staffName: '某人',
      declaredOn: '2026-01-05',
    },
  }),
  'POST /subsidies/declared-relatives/file': () => ({
    path: '/subsidies/declared-relatives/file?county=338801',
    body: `姓名,身份证号,与工作人员的关系,工作人员姓名,申报日期\n某人,${freshIdentityNumber(806)},本人,某人,2026-01-05\n`,
    contentType: CSV,
  }),
  // A conflict: nobody has seen it in this version.
  'POST /subsidies/declared-relatives/:id/withdraw': ({ declarationId }) => ({
    path: `/subsidies/declared-relatives/${declarationId}/withdraw`,
    body: { version: 99, reason: REASON },
  }),
  'GET /subsidies/overpayments': () => ({ path: '/subsidies/overpayments' }),
  // Conflicts, as the others of other versions are.
  'POST /subsidies/overpayments/:id/agree': ({ overpaymentId }) => ({
    path: `/subsidies/overpayments/${overpaymentId}/agree`,
    body: { version: 99, method: 'repay', instalment: 100, note: REASON },
  }),
  'POST /subsidies/overpayments/:id/receipts': ({ overpaymentId, today }) => ({
    path: `/subsidies/overpayments/${overpaymentId}/receipts`,
    body: { version: 99, fen: 100, receivedOn: today, proof: '收据一号' },
  }),
  'POST /subsidies/overpayments/:id/waiver': ({ overpaymentId }) => ({
    path: `/subsidies/overpayments/${overpaymentId}/waiver`,
    body: { version: 99, reason: REASON },
  }),
  'POST /subsidies/overpayments/:id/waiver/decide': ({ overpaymentId }) => ({
    path: `/subsidies/overpayments/${overpaymentId}/waiver/decide`,
    body: { version: 99, grants: true, reason: REASON },
  }),
  'GET /subsidies/take-overs': () => ({ path: '/subsidies/take-overs' }),
  'GET /subsidies/take-overs/:id': ({ takeOverId }) => ({ path: `/subsidies/take-overs/${takeOverId}` }),
  'GET /subsidies/take-overs/:id/findings': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/findings`,
  }),
  // The one of the stage is under way.
  'POST /subsidies/take-overs': ({ today }) => ({
    path: '/subsidies/take-overs',
    body: { county: '338801', day: today },
  }),
  // An empty list: whoever may, brings nothing.
  'POST /subsidies/take-overs/:id/rows': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/rows`,
    body: { list: 'cards', sha256: '0'.repeat(64), isLast: true, rows: [] },
  }),
  'POST /subsidies/take-overs/:id/check': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/check`,
  }),
  'POST /subsidies/take-overs/:id/load': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/load`,
  }),
  // Conflicts all: a run is there already, no village has a list, and no case came with it.
  'POST /subsidies/take-overs/:id/undo': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/undo`,
    body: { reason: REASON },
  }),
  'POST /subsidies/take-overs/:id/villages': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/villages`,
    body: { divisionCode: VILLAGE, digest: '0'.repeat(32), note: REASON },
  }),
  'POST /subsidies/take-overs/:id/cases/:caseId/looked-at': ({ takeOverId }) => ({
    path: `/subsidies/take-overs/${takeOverId}/cases/${NOTHING}/looked-at`,
  }),
  'GET /subsidies/pay-runs/:runNo/difference': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/difference`,
  }),
  'POST /subsidies/pay-runs/:runNo/difference/signatures': ({ runNo }) => ({
    path: `/subsidies/pay-runs/${runNo}/difference/signatures`,
    body: { sha256: '0'.repeat(64) },
  }),
  'GET /subsidies/decision-lists': () => ({ path: '/subsidies/decision-lists' }),
  'GET /subsidies/decision-lists/:listNo': ({ listNo }) => ({ path: `/subsidies/decision-lists/${listNo}` }),
  'GET /subsidies/decision-lists/:listNo/rows': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/rows`,
  }),
  'POST /subsidies/decision-lists': () => ({
    path: '/subsidies/decision-lists',
    body: { divisionCode: '338801000000' },
  }),
  'POST /subsidies/decision-lists/:listNo/file': ({ listNo, resident }) => ({
    path: `/subsidies/decision-lists/${listNo}/file`,
    body: {
      purpose: '送民政部门审定资格',
      persons: [
        {
          personId: resident.personId,
          name: resident.person.name,
          identityNumber: resident.person.identityNumber,
        },
      ],
    },
  }),
  // No sheet at all, and a file that nobody has seen: both are told so.
  'POST /subsidies/decision-lists/:listNo/returns': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/returns`,
    body: '姓名\n',
    contentType: CSV,
  }),
  'GET /subsidies/decision-lists/:listNo/returns/:returnNo': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/returns/1`,
  }),
  'POST /subsidies/decision-lists/:listNo/returns/:returnNo/confirm': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/returns/1/confirm`,
    body: { sha256: '0'.repeat(64) },
  }),
  'POST /subsidies/decision-lists/:listNo/returns/:returnNo/file': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/returns/1/file`,
    body: { purpose: '复核民政部门的审定结果' },
  }),
  'POST /subsidies/decision-lists/:listNo/rows/:lineNo/settle': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/rows/1/settle`,
    body: { outcome: 'take', note: REASON },
  }),
  'POST /subsidies/decision-lists/:listNo/close': ({ listNo }) => ({
    path: `/subsidies/decision-lists/${listNo}/close`,
    body: { reason: REASON },
  }),
  'GET /subsidies/bank-formats': () => ({ path: '/subsidies/bank-formats' }),
  'POST /subsidies/bank-formats': () => ({ path: '/subsidies/bank-formats', body: demoFormats[0] }),
  'POST /subsidies/payees/:id/withdraw': ({ payeeId }) => ({
    path: `/subsidies/payees/${payeeId}/withdraw`,
    body: { version: 9, reason: REASON },
  }),
};

/** What is written down of a challenge. */
const saying: Readonly<Record<string, (stage: Stage) => object>> = {
  accept: ({ today }) => ({ on: today }),
  'not-admit': ({ today }) => ({ on: today, why: 'other', reason: REASON }),
  evidence: ({ today }) => ({ copyReceivedOn: today }),
  pause: () => ({ reason: 'hearing' }),
  resume: () => ({ reason: 'hearing' }),
  stay: ({ today }) => ({ by: '县人民政府', on: today, basis: '行政复议法第四十二条' }),
  decide: ({ today }) => ({ on: today, outcome: 'withdrawn', reason: REASON }),
};

function casesOf(owner: Owner): Record<string, Make> {
  const act =
    (action: string, body: (stage: Stage) => unknown): Make =>
    (stage) => ({ path: `/${owner}/cases/${stage.cases[owner].caseId}/${action}`, body: body(stage) });
  const paper =
    (action: string, more: Omit<Sending, 'path'> = {}): Make =>
    ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/materials/${cases[owner].material ?? 'nothing'}/${action}`,
      ...more,
    });
  const term =
    (action: string, body: unknown): Make =>
    ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/terms/${cases[owner].step}/${action}`,
      body,
    });
  return {
    [`GET /${owner}/cases`]: () => ({ path: `/${owner}/cases?limit=200` }),
    [`GET /${owner}/work`]: () => ({ path: `/${owner}/work?limit=200` }),
    [`GET /${owner}/twins`]: () => ({ path: `/${owner}/twins` }),
    [`GET /${owner}/told-cases`]: () => ({ path: `/${owner}/told-cases?limit=1` }),
    [`GET /${owner}/cases/:id`]: ({ cases }) => ({ path: `/${owner}/cases/${cases[owner].caseId}` }),
    [`POST /${owner}/cases`]: ({ cases, resident }) => ({
      path: `/${owner}/cases`,
      body: { personId: resident.personId, itemId: cases[owner].itemId, divisionCode: VILLAGE },
    }),
    [`POST /${owner}/cases/:id/claim`]: act('claim', () => ({})),
    [`POST /${owner}/cases/:id/claim/hand-over`]: act('claim/hand-over', () => ({ to: 'stage-colleague' })),
    [`POST /${owner}/cases/:id/claim/release`]: act('claim/release', () => ({})),
    [`GET /${owner}/cases/:id/materials/:material/file`]: paper('file'),
    [`POST /${owner}/cases/:id/materials/:material/file`]: paper('file', {
      body: PAPER,
      contentType: 'application/pdf',
    }),
    [`POST /${owner}/cases/:id/materials/:material/receive`]: paper('receive', { body: {} }),
    // A paper that the item does not ask for: said only to those who may take one over at all.
    [`POST /${owner}/cases/:id/materials/:material/use`]: act('materials/nothing/use', () => ({
      paperId: NOTHING,
    })),
    [`POST /${owner}/cases/:id/materials/:material/refuse`]: paper('refuse', { body: { reason: REASON } }),
    [`POST /${owner}/cases/:id/materials/:material/check`]: paper('check', { body: {} }),
    [`POST /${owner}/cases/:id/materials/:material/waive`]: paper('waive', { body: { reason: REASON } }),
    [`POST /${owner}/cases/:id/supplement`]: act('supplement', () => ({})),
    [`POST /${owner}/cases/:id/accept-incomplete`]: ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/accept-incomplete`,
      body: { obligations: [{ material: cases[owner].material ?? 'nothing' }], reason: REASON },
    }),
    // In the future: refused by what the domain says, and only to those who may place it at all.
    [`POST /${owner}/cases/:id/place`]: act('place', () => ({
      unitId: testUnit('legal-provider'),
      since: '2099-01-01',
    })),
    ...termsOf(owner),
    [`POST /${owner}/cases/:id/place/end`]: act('place/end', () => ({})),
    // In the past: refused by what the domain says, and only to those who may make it at all.
    [`POST /${owner}/cases/:id/appointments`]: act('appointments', () => ({
      day: '2020-01-01',
      time: '09:00',
      place: '人民路1号',
      purpose: '核对材料',
    })),
    // Whoever comes second is told that it is cancelled already.
    [`POST /${owner}/cases/:id/appointments/:appointmentId/cancel`]: ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/appointments/${cases[owner].appointmentId}/cancel`,
      body: { reason: REASON },
    }),
    [`POST /${owner}/cases/:id/consent`]: act('consent', ({ today }) => ({ consentedOn: today })),
    [`POST /${owner}/cases/:id/decline`]: act('decline', () => ({ declinedOn: '2099-01-01' })),
    [`POST /${owner}/cases/:id/steps/:step`]: (stage) => ({
      path: `/${owner}/cases/${stage.cases[owner].caseId}/steps/${stage.cases[owner].step}`,
      body: {},
    }),
    [`GET /${owner}/cases/:id/terms`]: ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/terms`,
    }),
    // No item names such a reason, and none of these gives more time: said only to those who may ask for it at all.
    [`POST /${owner}/cases/:id/terms/:step/pause`]: term('pause', { reason: 'nothing', note: REASON }),
    [`POST /${owner}/cases/:id/terms/:step/resume`]: term('resume', { reason: 'nothing', note: REASON }),
    [`POST /${owner}/cases/:id/terms/:step/extend`]: term('extend', { value: 5000, reason: REASON }),
    [`POST /${owner}/cases/:id/grant`]: act('grant', () => ({})),
    [`POST /${owner}/cases/:id/refuse`]: act('refuse', () => ({ reason: REASON, remedy: REMEDY })),
    [`POST /${owner}/cases/:id/deem-withdrawn`]: act('deem-withdrawn', () => ({ reason: REASON })),
    [`POST /${owner}/cases/:id/waitlist`]: act('waitlist', () => ({ place: 1 })),
    [`POST /${owner}/cases/:id/hand-over`]: act('hand-over', () => ({ to: '主管部门', receipt: '回执 1' })),
    [`POST /${owner}/cases/:id/withdraw`]: act('withdraw', () => ({ reason: REASON })),
    [`POST /${owner}/cases/:id/release`]: act('release', () => ({ reason: REASON })),
    [`GET /${owner}/unserved-documents`]: () => ({ path: `/${owner}/unserved-documents?limit=200` }),
    [`GET /${owner}/documents`]: () => ({ path: `/${owner}/documents?number=XX-2026-1` }),
    // In the future, of no such document, no such challenge: said only to those who may do it at all.
    [`POST /${owner}/cases/:id/electronic-service`]: act('electronic-service', () => ({
      since: '2099-01-01',
    })),
    [`POST /${owner}/cases/:id/documents/:documentId/service`]: act(
      `documents/${NOTHING}/service`,
      ({ today }) => ({ method: 'post', on: today }),
    ),
    [`POST /${owner}/cases/:id/documents/:documentId/service/proof`]: ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/documents/${NOTHING}/service/proof`,
      body: PAPER,
      contentType: 'application/pdf',
    }),
    [`GET /${owner}/cases/:id/documents/:documentId/service/proof`]: ({ cases }) => ({
      path: `/${owner}/cases/${cases[owner].caseId}/documents/${NOTHING}/service/proof`,
    }),
    [`POST /${owner}/cases/:id/challenges`]: act('challenges', ({ today }) => ({
      kind: 'review',
      filedOn: today,
      documentId: NOTHING,
      grounds: REASON,
    })),
    ...Object.fromEntries(
      Object.entries(saying).map(([action, body]): [string, Make] => [
        `POST /${owner}/cases/:id/challenges/:challengeId/${action}`,
        act(`challenges/${NOTHING}/${action}`, body),
      ]),
    ),
    [`POST /${owner}/cases/:id/stop`]: act('stop', ({ today }) => ({
      stoppedFrom: today,
      reason: REASON,
      remedy: REMEDY,
    })),
  };
}

const session = (method: string, path: string): [string, Make] => [
  `${method} /workbench/${path}`,
  () => ({
    path: `/workbench/${path.replace(':sessionId', NOTHING)}`,
    ...(method === 'POST' ? { body: {} } : {}),
  }),
];

const workbench: Record<string, Make> = {
  ...Object.fromEntries([
    session('GET', 'me'),
    session('GET', 'sessions'),
    session('POST', 'sign-out'),
    session('DELETE', 'sessions/:sessionId'),
    session('DELETE', 'sessions'),
    session('POST', 'password'),
    session('POST', 'second-factor'),
    session('POST', 'second-factor/confirmation'),
    session('POST', 'second-factor/removal'),
  ]),
  'ALL /api/*path': ({ resident }) => ({ path: `/api/registry/registry/persons/${resident.personId}` }),
  'POST /workbench/own/posts/:id/deputies': ({ office, today }) => ({
    path: `/workbench/own/posts/${office.postIds['system-admin']}/deputies`,
    body: { deputy: 'stage-colleague', from: today, to: today, reason: REASON },
  }),
  'POST /workbench/own/deputies/:id/end': ({ office, today }) => ({
    path: `/workbench/own/deputies/${office.deputyId}/end`,
    body: { on: today },
  }),
  'GET /workbench/own/posts': () => ({ path: '/workbench/own/posts' }),
  'GET /workbench/units': () => ({ path: '/workbench/units' }),
  'GET /workbench/units/:id/history': ({ office }) => ({ path: `/workbench/units/${office.unitId}/history` }),
  'GET /workbench/divisions/:code': () => ({ path: `/workbench/divisions/${VILLAGE}` }),
  'POST /workbench/units': ({ office }) => ({
    path: '/workbench/units',
    body: { kind: 'clinic', name: '村卫生室', parentId: office.unitId },
  }),
  // Long ago: refused by what the domain says, and only to those who may re-organise here at all.
  'POST /workbench/units/reorganisations': () => ({
    path: '/workbench/units/reorganisations',
    body: { on: '2000-01-01', reason: REASON, mappings: [{ from: VILLAGE, to: '338801001009' }] },
  }),
  'POST /workbench/units/:id/rename': ({ office, today }) => ({
    path: `/workbench/units/${office.unitId}/rename`,
    body: { name: '示范村', on: today },
  }),
  'POST /workbench/units/:id/end': ({ office, today }) => ({
    path: `/workbench/units/${office.unitId}/end`,
    body: { on: today, reason: REASON },
  }),
  'GET /workbench/calendars': () => ({ path: '/workbench/calendars' }),
  'POST /workbench/calendars/check': () => ({ path: '/workbench/calendars/check', body: GAP }),
  // It leaves a gap: said only to those who may publish at all.
  'POST /workbench/calendars': () => ({
    path: '/workbench/calendars',
    body: { calendar: GAP, basis: REASON },
  }),
  'GET /workbench/accounts': () => ({ path: '/workbench/accounts' }),
  'GET /workbench/accounts/template.xlsx': () => ({ path: '/workbench/accounts/template.xlsx' }),
  'GET /workbench/accounts/:id': ({ office }) => ({ path: `/workbench/accounts/${office.accountId}` }),
  'POST /workbench/accounts': ({ office }) => ({
    path: '/workbench/accounts',
    body: { userId: 'stage-newcomer', name: '新来人', unitId: office.unitId },
  }),
  'POST /workbench/accounts/imports': () => ({
    path: '/workbench/accounts/imports?dryRun=true',
    body: `登录名,姓名,区划代码,单位名称,岗位\nstage-row,名册甲,${VILLAGE},一村,联络员\n`,
    contentType: CSV,
  }),
  'GET /workbench/queue': () => ({ path: '/workbench/queue?view=all&limit=100' }),
  'GET /workbench/queue/visits': () => ({ path: '/workbench/queue/visits?limit=100' }),
  'GET /workbench/queue/counts': () => ({ path: '/workbench/queue/counts' }),
  'POST /workbench/queue/search': () => ({
    path: '/workbench/queue/search',
    body: { view: 'all', name: '某' },
  }),
  'GET /workbench/supervision/deadlines': () => ({ path: '/workbench/supervision/deadlines' }),
  'GET /workbench/supervision/workload': () => ({ path: '/workbench/supervision/workload' }),
  'POST /workbench/supervision/cases': () => ({ path: '/workbench/supervision/cases', body: { limit: 100 } }),
  'POST /workbench/queue/take-next': () => ({
    path: '/workbench/queue/take-next',
    body: { item: 'nothing/at-all' },
  }),
  'GET /workbench/queue/:caseId/colleagues': () => ({ path: `/workbench/queue/${NOTHING}/colleagues` }),
  'POST /workbench/keys/rotations': () => ({ path: '/workbench/keys/rotations', body: { reason: REASON } }),
  'POST /workbench/accounts/:accountId/second-factor/reset': ({ office }) => ({
    path: `/workbench/accounts/${office.accountId}/second-factor/reset`,
    body: { reason: REASON },
  }),
  ...Object.fromEntries(
    (
      [
        ['correct', () => ({ phone: '19900003333' })],
        ['activation', () => ({})],
        ['lock', () => ({ reason: REASON })],
        ['unlock', () => ({ reason: REASON })],
        ['leave', ({ office, today }) => ({ to: office.colleagueId, on: today, reason: REASON })],
      ] as [string, (stage: Stage) => unknown][]
    ).map(([action, body]): [string, Make] => [
      `POST /workbench/accounts/:id/${action}`,
      (stage) => ({ path: `/workbench/accounts/${stage.office.accountId}/${action}`, body: body(stage) }),
    ]),
  ),
  'POST /workbench/accounts/:id/posts': ({ office, today }, { role }) => ({
    path: `/workbench/accounts/${office.accountId}/posts`,
    body: {
      role: role === 'security-admin' ? 'federation-lead' : 'village-liaison',
      unitId: office.unitId,
      from: today,
    },
  }),
  'POST /workbench/posts/:id/end': ({ office, today }, { role }) => ({
    path: `/workbench/posts/${own(office.postIds, role)}/end`,
    body: { on: today, reason: REASON },
  }),
  'POST /workbench/posts/:id/deputies': ({ office, today }) => ({
    path: `/workbench/posts/${office.postIds['system-admin']}/deputies`,
    body: { deputy: 'stage-colleague', from: today, to: today, reason: REASON },
  }),
  'POST /workbench/deputies/:id/end': ({ office, today }) => ({
    path: `/workbench/deputies/${office.deputyId}/end`,
    body: { on: today },
  }),
};

const audit: Record<string, Make> = {
  'GET /audit/services/:service/entries': ({ resident }) => ({
    path: `/audit/services/registry/entries?personId=${resident.personId}`,
  }),
};

const at = (action: string) => `/ops/services/lifecycle/${action}`;
/** The set that is named waits for nobody any more: said only to who may approve one. */
const retentionOf = (owner: Owner): Record<string, Make> => ({
  [`GET /${owner}/retention`]: () => ({ path: `/${owner}/retention` }),
  [`POST /${owner}/retention/proposals/:id/approve`]: () => ({
    path: `/${owner}/retention/proposals/${NOTHING}/approve`,
    body: { idsHash: 'f'.repeat(64), reason: REASON },
  }),
  [`GET /${owner}/retention/proposals/:id/files`]: () => ({
    path: `/${owner}/retention/proposals/${NOTHING}/files`,
  }),
  [`POST /${owner}/retention/proposals/:id/files/:fileId/open`]: () => ({
    path: `/${owner}/retention/proposals/${NOTHING}/files/${NOTHING}/open`,
    body: { reason: REASON },
  }),
});

const ops: Record<string, Make> = {
  'GET /ops/status': () => ({ path: '/ops/status' }),
  'GET /ops/services/:service/parked': () => ({ path: at('parked') }),
  'GET /ops/services/:service/parked/:id': ({ parkedIds }) => ({ path: at(`parked/${parkedIds.here}`) }),
  'POST /ops/services/:service/parked/dry-run': () => ({ path: at('parked/dry-run'), body: {} }),
  'GET /ops/services/:service/replays': () => ({ path: at('replays') }),
  'GET /ops/services/:service/replays/:replayId': ({ replayIds }) => ({
    path: at(`replays/${replayIds.here}`),
  }),
  'POST /ops/services/:service/replays': ({ parkedIds }, { where }) => ({
    path: at('replays'),
    body: { id: parkedIds[where], reason: REASON },
  }),
  'POST /ops/services/:service/replays/:replayId/approve': ({ replayIds }, { where }) => ({
    path: at(`replays/${replayIds[where]}/approve`),
    body: {},
  }),
  'POST /ops/services/:service/parked/:id/dismiss': ({ parkedIds }, { where }) => ({
    path: at(`parked/${parkedIds[where]}/dismiss`),
    body: { reason: REASON },
  }),
  'POST /ops/services/:service/republish': () => ({
    path: at('republish'),
    body: { from: '2026-01-01T00:00:00+08:00', to: '2026-01-01T00:00:01+08:00' },
  }),
  'GET /workbench/operations/overview': () => ({ path: '/workbench/operations/overview' }),
  'GET /workbench/operations/parked': () => ({ path: '/workbench/operations/parked' }),
  'GET /workbench/operations/replays': () => ({ path: '/workbench/operations/replays' }),
  'GET /workbench/alarms': () => ({ path: '/workbench/alarms' }),
  'POST /workbench/queue/checks': () => ({
    path: '/workbench/queue/checks',
    body: { owner: 'subsidies' },
  }),
  'GET /ops/queues': () => ({ path: '/ops/queues' }),
  'GET /ops/services/:service/queues/:queue/failed': () => ({ path: at('queues/sweep/failed') }),
  'POST /ops/services/:service/queues/:queue/retry': () => ({ path: at('queues/sweep/retry'), body: {} }),
};

/** A well-formed request to every door of the matrix: what is refused then is refused for who asks, not for what is asked. */
export const requests: Readonly<Record<string, Make>> = {
  ...ops,
  ...audit,
  ...registry,
  ...certification,
  ...lifecycle,
  ...benefits,
  ...workbench,
  ...Object.assign({}, ...owners.map(casesOf)),
  ...Object.assign({}, ...owners.map(retentionOf)),
};
