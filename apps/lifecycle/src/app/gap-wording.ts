import type { GapKind, GapReason } from '../domain/reconcile.js';

const kinds: Readonly<Record<GapKind, string>> = {
  'should-have': '应享未享',
  'should-not-have': '不应享而享',
  unanswered: '承办未回应',
  'granted-unpaid': '已享未付',
};

const reasons: Readonly<Record<GapReason, string>> = {
  'taken-over': '接管存量时即符合条件，但没有办理记录',
  'not-opened': '符合条件，但没有办理记录',
  death: '已登记死亡，仍在享受',
  'moved-away': '户籍已迁出，仍在享受',
  card: '残疾人证已冻结、注销或转出，仍在享受',
  facts: '已不再符合条件，仍在享受',
  rate: '应享标准已降低，仍按原标准享受',
  'never-qualified': '随存量接管而来，按现有事实不符合条件',
  planned: '已列入本人事项，承办系统尚未建立',
  'stop-proposed': '已提请停止，承办系统尚未处理',
  'payment-failed': '发放后被退回，尚未重新发放',
  'payment-held': '待遇已暂缓，等待指定人员决定',
  'no-rate': '当地没有设定标准，或现有事实不能确定适用哪一档',
  'not-ordered': '同一事项已向其他人发放到所列月份，本人没有列入发放批次',
};

/** A gap in one sentence. */
export function gapInChinese(kind: GapKind, reason: GapReason): string {
  return `${kinds[kind]}：${reasons[reason]}`;
}
