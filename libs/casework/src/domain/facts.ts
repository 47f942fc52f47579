import { caseFacts, type CaseFacts, type RoundCause } from '@app/contracts';
import type { Case } from './case.js';

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
