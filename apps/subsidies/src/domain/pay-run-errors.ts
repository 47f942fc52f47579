import { DomainError } from '@app/kernel';
import type { PayRunState } from './pay-run-state.js';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class PayRunNotFound extends DomainError {
  readonly slug = 'pay-run-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这个发放批次，或者它不在您的管辖范围内。请核对批次号。');
  }
}

/** One at a time: two that plan at once could not tell what the other one pays. */
export class PayRunUnderWay extends DomainError {
  readonly slug = 'pay-run-under-way';
  readonly kind = 'conflict';
  constructor(runNo: number) {
    super(`本县第${runNo}号发放批次尚未下达，请先办结或作废该批次，再生成新的批次。`, { runNo });
  }
}

export class PayRunOfMonthNotPossible extends DomainError {
  readonly slug = 'pay-run-month-not-possible';
  readonly kind = 'conflict';
}

/** Somebody else changed it in between, or it is not what they saw. */
export class PayRunChanged extends DomainError {
  readonly slug = 'pay-run-changed';
  readonly kind = 'conflict';
  constructor(version: number) {
    super('这个发放批次的内容已有变化，请刷新并核对笔数和金额后再办理。', { version });
  }
}

export class PayRunNotReady extends DomainError {
  readonly slug = 'pay-run-not-ready';
  readonly kind = 'conflict';
  constructor(state: PayRunState) {
    super(`这个发放批次目前处于“${stateNames[state]}”，不能办理这一步。请刷新后查看。`, { state });
  }
}

export class FindingsOpen extends DomainError {
  readonly slug = 'findings-open';
  readonly kind = 'conflict';
  constructor(open: number) {
    super(`还有${open}条发放前核查未处理，请逐条核实通过或剔除后再审批。`, { open });
  }
}

export class PayRunFourEyes extends DomainError {
  readonly slug = 'four-eyes';
  readonly kind = 'conflict';
  constructor() {
    super('发放批次须由编制人以外的人员审批，请交由其他有权人员办理。');
  }
}

/** It was settled already, or the run has none such. */
export class FindingNotOpen extends DomainError {
  readonly slug = 'finding-not-open';
  readonly kind = 'conflict';
  constructor() {
    super('没有找到这条核查，或者它已处理完毕。请刷新后查看。');
  }
}

/** Nobody described the format that the payer of money wants. */
export class BankFormatUnknown extends DomainError {
  readonly slug = 'bank-format-unknown';
  readonly kind = 'invalid';
  constructor() {
    super('没有这种代发文件格式。请先按代发单位提供的样式登记格式，再导出。');
  }
}

export class NothingToPay extends DomainError {
  readonly slug = 'nothing-to-pay';
  readonly kind = 'conflict';
  constructor() {
    super('这个发放批次没有可发放的明细，无需导出；请查看未发放名单。');
  }
}

/** The file would not be the one that was handed over. */
export class BankFileDiffers extends DomainError {
  readonly slug = 'bank-file-differs';
  readonly kind = 'conflict';
  constructor() {
    super('重新生成的代发文件与已交付文件的校验值不一致，未予提供。请联系运维人员核查密钥和数据。');
  }
}

/** Its time is over, and a named person has approved that it goes. */
export class BankFileDestroyed extends DomainError {
  readonly slug = 'bank-file-destroyed';
  readonly kind = 'conflict';
  constructor(on: string) {
    super(
      `这个批次的代发文件已按保管期限于${on}销毁，不能再导出；发放明细和账目仍可查看，已归档的可凭理由调档。`,
      { on },
    );
  }
}

const stateNames: Readonly<Record<PayRunState, string>> = {
  planning: '编制中',
  planned: '待审批',
  approved: '已审批，待下达',
  ordering: '下达中',
  ordered: '已下达，待导出',
  exported: '已导出，待回盘',
  closed: '已办结',
  cancelled: '已作废',
};

/** What the answer says is another file's, or another run's. */
export class ReturnNotOfRun extends DomainError {
  readonly slug = 'return-not-of-run';
  readonly kind = 'invalid';
  constructor() {
    super('回盘文件里没有一行属于这个发放批次，没有导入。请核对批次号后，选择对应批次的回盘文件。');
  }
}
