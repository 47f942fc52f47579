import type { Role } from '@app/access';
import type { LeftOutReason } from './pay-line.js';

/** Who of the county looks after something on a run's lists, and what there is to do: nothing is left out or asked about without an owner. */
export interface Duty {
  /** A role. */
  readonly owner: string;
  /** In Chinese. */
  readonly todo: string;
}

/**
 * What is looked for before money goes out, each with its owner. Source: the list of checks of issue 6, point 5. A run is not approved while a
 * finding is open.
 */
export const checkDuties = {
  'account-changed': { owner: 'benefit-officer', todo: '请与本人核实变更后，再决定是否发放。' },
  'card-stopped': { owner: 'benefit-officer', todo: '请先核实残疾人证状态，再决定补发的月份是否发放。' },
  'death-suspected': {
    owner: 'benefit-officer',
    todo: '请与数据岗位核实名单所指是否本人；未核实清楚的先剔除，误报的下一批次补发。',
  },
  died: { owner: 'benefit-officer', todo: '请核实死亡日期和应发月份，再决定是否发放，并及时办理停发。' },
  'household-twice': { owner: 'benefit-officer', todo: '请核实该户由谁领取，其余的剔除并办理停发。' },
  'moved-away': { owner: 'benefit-officer', todo: '请核实迁出日期，与迁入地衔接后，再决定是否发放。' },
  'proof-ended': { owner: 'benefit-officer', todo: '请取得有效证明并重新登记、复核。' },
  'shared-account': { owner: 'benefit-officer', todo: '请由乡镇核实户主与各人的关系、各人是否知情同意。' },
  'shared-phone': { owner: 'benefit-officer', todo: '请由乡镇联系各人，核实电话和领款人。' },
  'staff-relative': { owner: 'federation-lead', todo: '请由未参与受理、审核的人员核实领取资格。' },
  'two-households': {
    owner: 'benefit-officer',
    todo: '请与数据岗位核实是否同一人在两户建档；是的，请剔除其中一份，并合并档案。',
  },
} as const satisfies Readonly<Record<string, Duty & { readonly owner: Role }>>;
export type PayCheck = keyof typeof checkDuties;
export const payChecks = Object.keys(checkDuties) as [PayCheck, ...PayCheck[]];

/** Who sees to it that somebody who was left out is paid, or that their benefit ends. */
export const leftOutDuties: Readonly<Record<LeftOutReason, Duty & { readonly owner: Role }>> = {
  held: { owner: 'benefit-officer', todo: '暂缓发放：请核实后恢复或停发，恢复后补发。' },
  died: { owner: 'benefit-officer', todo: '本人死亡：请核实后办理停发；误报的，撤销后补发。' },
  'moved-away': { owner: 'benefit-officer', todo: '户籍迁出：请与迁入地衔接后办理停发。' },
  'card-stopped': {
    owner: 'benefit-officer',
    todo: '残疾人证冻结、注销或失效：请核实后停发；恢复有效的补发。',
  },
  'no-rate': { owner: 'data-officer', todo: '没有可用的标准：请录入本地标准，或补齐确定标准所需的信息。' },
  'no-cycle': { owner: 'data-officer', todo: '没有规定发放周期：请核实本地规定。' },
  parked: { owner: 'operator', todo: '有消息搁置：请按搁置原因处理并重放，下一批次补发。' },
  'no-account': { owner: 'benefit-officer', todo: '没有收款账户：请由村（社区）登记、乡镇复核。' },
  'account-held': { owner: 'benefit-officer', todo: '账户变更后暂缓一期：请与本人核实，下一批次补发。' },
  'proof-ended': { owner: 'benefit-officer', todo: '监护或代领证明已到期：请取得有效证明并重新登记、复核。' },
  'taken-out': { owner: 'benefit-officer', todo: '核查后本次不发：请查清后，下一批次再定。' },
  changed: { owner: 'benefit-officer', todo: '编制后有变动：下一批次按新情况发放。' },
};

/** Who sees to it that money arrives which the bank has sent back, in whatever words. */
const returnedDuty: Duty & { readonly owner: Role } = {
  owner: 'benefit-officer',
  todo: '退票：请与本人核对账户，有误的重新登记、复核；应发的由下一批次重发。',
};

/** The duty of lines in this state for this reason; null: nobody has to do anything. */
export function dutyOf(state: string, reason: string | null): Duty | null {
  if (state === 'failed') return returnedDuty;
  return reason !== null && Object.hasOwn(leftOutDuties, reason)
    ? leftOutDuties[reason as LeftOutReason]
    : null;
}

/** Checks whose findings are a role's. */
export function checksOf(owner: string): PayCheck[] {
  return payChecks.filter((check) => checkDuties[check].owner === owner);
}

/** Something to be looked at before somebody is paid. */
export interface PayFinding {
  readonly check: PayCheck;
  readonly personId: string;
  /** The account that it is about; null: none. */
  readonly accountId: string | null;
  /** A sentence in Chinese, without names and numbers of persons. */
  readonly reason: string;
  /** Day since when it is so; null: nothing says. */
  readonly since: string | null;
  /**
   * What it rests on: while that is the same, a decision to pay counts in later runs too, and nobody takes it every month. Null: it is decided
   * in each run anew, because each run pays something else of it.
   */
  readonly basis: string | null;
}
