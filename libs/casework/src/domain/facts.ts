import { caseFacts, type CaseFacts, type CaseWork, type RoundCause } from '@app/contracts';
import { taskOf, type Case } from './case.js';
import { waitsForPapers } from './papers.js';
import { readersOf, tokensOf } from './place.js';

/** What every fact about a case says. */
function common(state: Case) {
  return {
    personId: state.personId,
    divisionCode: state.divisionCode,
    version: state.version,
    caseId: state.id,
    itemId: state.item.id,
    itemVersion: state.item.version,
    period: state.period,
    roundId: state.roundId,
    status: state.state.status,
    work: workOf(state),
  };
}

/** What is left to do, and who may see that: as the case's own row has it. */
function workOf(state: Case): CaseWork {
  const task = taskOf(state);
  const last = state.done.at(-1);
  return {
    mode: state.mode,
    task: task && { step: task.step, doers: tokensOf(task) },
    readers: [...readersOf(state.item)],
    unitId: state.placement?.unitId ?? null,
    claim: state.claim,
    waitsForPapers: waitsForPapers(state),
    lastDoneBy: last ? [last.by.id, ...(last.onBehalfOf ? [last.onBehalfOf] : [])] : [],
  };
}

/** The facts of the service that owns the case. */
export function factsOf(state: Case): {
  readonly facts: CaseFacts;
  readonly common: ReturnType<typeof common>;
} {
  return { facts: caseFacts[state.item.owner] as CaseFacts, common: common(state) };
}

const causeNames: Readonly<Record<RoundCause, string>> = {
  'card-issued': '残疾人证核发',
  'card-renewed': '残疾人证换领',
  'card-regraded': '残疾类别或等级变更',
  'card-stopped': '残疾人证冻结或注销',
  'card-corrected': '残疾人证信息更正',
  'fact-changed': '认定依据发生变化',
  'moved-in': '迁入',
  'moved-away': '迁出',
  death: '登记死亡',
  'death-withdrawn': '死亡登记已撤销',
  'day-reached': '年龄或期限到期',
  applied: '本人申请',
};

/** A cause, as a caseworker reads it. */
export function causeName(cause: RoundCause): string {
  return causeNames[cause];
}
