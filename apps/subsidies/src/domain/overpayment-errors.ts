import { DomainError } from '@app/kernel';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class OverpaymentNotFound extends DomainError {
  readonly slug = 'overpayment-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这笔多发记录，或者它不在您的管辖范围内。请核对编号。');
  }
}

export class OverpaymentChanged extends DomainError {
  readonly slug = 'overpayment-changed';
  readonly kind = 'conflict';
  constructor(version: number) {
    super('这笔多发记录已有变化，请刷新后按最新状态办理。', { version });
  }
}

/** It is settled or waived, or nobody asked for what is decided here. */
export class OverpaymentOver extends DomainError {
  readonly slug = 'overpayment-not-open';
  readonly kind = 'conflict';
  constructor() {
    super('这笔多发记录目前的状态不能办理这一步，请刷新后查看。');
  }
}

export class NothingToRecover extends DomainError {
  readonly slug = 'nothing-to-recover';
  readonly kind = 'conflict';
  constructor() {
    super('这笔多发款项已全部收回，无需再登记。');
  }
}

export class RecoveredTooMuch extends DomainError {
  readonly slug = 'recovered-too-much';
  readonly kind = 'conflict';
  constructor(open: number) {
    super('登记的金额多于尚未收回的金额，请核对收款凭证后重新登记；多收的款项应退还本人。', { open });
  }
}

export class WaiverFourEyes extends DomainError {
  readonly slug = 'four-eyes';
  readonly kind = 'conflict';
  constructor() {
    super('免于追回须由提出人以外的人员决定，请交由其他有权人员办理。');
  }
}

export class DayInFutureOfReceipt extends DomainError {
  readonly slug = 'day-in-future';
  readonly kind = 'invalid';
  constructor() {
    super('收款日不能晚于今天，请核对收款凭证。');
  }
}
