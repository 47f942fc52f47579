import { DomainError } from '@app/kernel';

export class PersonNotOnFile extends DomainError {
  readonly slug = 'person-not-on-file';
  readonly kind = 'conflict';
  constructor() {
    super('人口信息中还没有这个身份证号的登记。请先登记本人信息（刚登记的请稍候几秒），再提交申请。');
  }
}

export class PersonDiffers extends DomainError {
  readonly slug = 'person-differs';
  readonly kind = 'invalid';
  constructor() {
    super('身份证号与所选人员不是同一人，请核对身份证号或重新选择人员。');
  }
}

export class PlaceDiffers extends DomainError {
  readonly slug = 'place-differs';
  readonly kind = 'invalid';
  constructor() {
    super('申请的行政区划与本人户籍登记不一致，请按户籍地填写；户籍已迁移的请先办理迁移登记。');
  }
}

export class PersonRecordedDead extends DomainError {
  readonly slug = 'person-recorded-dead';
  readonly kind = 'conflict';
  constructor() {
    super('此人已登记死亡，不能办理。如登记有误，请先在人口信息中撤回死亡登记。');
  }
}

export class GuardianNeeded extends DomainError {
  readonly slug = 'guardian-needed';
  readonly kind = 'conflict';
  constructor() {
    super('未成年人、智力或精神残疾人申请须有法定监护人证明，请补充监护人信息后再办理。');
  }
}

export class ApplicationNotFound extends DomainError {
  readonly slug = 'application-not-found';
  readonly kind = 'not-found';
  constructor(applicationId: string) {
    super('没有找到这份申请，请核对编号。', { applicationId });
  }
}

export class ApplicationOpen extends DomainError {
  readonly slug = 'application-open';
  readonly kind = 'conflict';
  constructor(applicationId: string | null) {
    super('此人已有一份正在办理的申请，请继续办理那一份。', applicationId ? { applicationId } : undefined);
  }
}

export class StepNotOpen extends DomainError {
  readonly slug = 'step-not-open';
  readonly kind = 'conflict';
  constructor(step: string, status: string, open: readonly string[]) {
    super('这份申请现在不能办理这一步，请按流程先完成前面的步骤。', { step, standing: status, openIn: open });
  }
}

export class DayInFuture extends DomainError {
  readonly slug = 'day-in-future';
  readonly kind = 'invalid';
  constructor(field: string) {
    super('日期不能晚于今天，请更正。', { field });
  }
}

export class NoticeTooShort extends DomainError {
  readonly slug = 'notice-too-short';
  readonly kind = 'invalid';
  constructor(earliestTo: string, basis: string) {
    super(`公示不得少于 5 个工作日（起始日不计），截止日最早为 ${earliestTo}。`, { earliestTo, basis });
  }
}

export class NoticeRunning extends DomainError {
  readonly slug = 'notice-running';
  readonly kind = 'conflict';
  constructor(to: string) {
    super(`公示至 ${to} 才结束，请在公示结束后再审批。`, { to });
  }
}

export class ObjectionOpen extends DomainError {
  readonly slug = 'objection-open';
  readonly kind = 'conflict';
  constructor() {
    super('公示期间的异议尚未处理，或已成立。请先处理异议；异议成立的请重新评定或不予批准。');
  }
}

export class ObjectionNotFound extends DomainError {
  readonly slug = 'objection-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这条待处理的异议，请核对序号。');
  }
}

/** Four eyes: who accepted or assessed does not approve. */
export class SecondPersonNeeded extends DomainError {
  readonly slug = 'second-person-needed';
  readonly kind = 'forbidden';
  constructor() {
    super('受理人和评定人不能审批同一份申请，请由另一位有权人员审批。');
  }
}

export class CardAlreadyInForce extends DomainError {
  readonly slug = 'card-already-in-force';
  readonly kind = 'conflict';
  constructor(cardId: string | null) {
    super(
      '此人已有一张有效或冻结的残疾人证，不能再次核发。请办理换领、变更、补发，或先注销原证。',
      cardId ? { cardId } : undefined,
    );
  }
}

export class NoCardInForce extends DomainError {
  readonly slug = 'no-card-in-force';
  readonly kind = 'conflict';
  constructor() {
    super('此人没有可以换领或变更的残疾人证。首次办证请选择“新办”。');
  }
}

export class WaitingTimeRuns extends DomainError {
  readonly slug = 'waiting-time-runs';
  readonly kind = 'conflict';
  constructor(until: string, basis: string) {
    super(`原证因不再符合残疾标准注销，自注销起一年内不受理新办申请，${until} 起可以申请。`, {
      until,
      basis,
    });
  }
}

export class CardNotFound extends DomainError {
  readonly slug = 'card-not-found';
  readonly kind = 'not-found';
  constructor(details?: { cardId?: string; personId?: string }) {
    super('没有找到这张残疾人证，请核对编号。', details);
  }
}

export class CardActionNotOpen extends DomainError {
  readonly slug = 'card-action-not-open';
  readonly kind = 'conflict';
  constructor(action: string, standing: string, open: readonly string[]) {
    super('残疾人证现在的状态不能办理这一项，请先办理解冻、迁入等前置手续。', {
      action,
      standing,
      openIn: open,
    });
  }
}

export class RenewalTooEarly extends DomainError {
  readonly slug = 'renewal-too-early';
  readonly kind = 'conflict';
  constructor(from: string, basis: string) {
    super(`还没有到换领时间，${from} 起可以换领；证件遗失或损坏请办理补发。`, { from, basis });
  }
}

export class NothingChanges extends DomainError {
  readonly slug = 'nothing-changes';
  readonly kind = 'conflict';
  constructor() {
    super('残疾类别和等级与现证相同，没有可变更的内容。');
  }
}

/** The card has the number that its holder has. */
export class NumberFits extends DomainError {
  readonly slug = 'number-fits';
  readonly kind = 'conflict';
  constructor() {
    super('残疾人证号与本人现在的身份证号一致，无需换号。证件遗失或损坏请办理补发。');
  }
}

/** A number that the person has no more. */
export class NumberIsFormer extends DomainError {
  readonly slug = 'number-is-former';
  readonly kind = 'conflict';
  constructor() {
    super('这是本人的曾用身份证号，或属于已并入本人档案的原档案。请按本人现在的身份证号填写。');
  }
}

/** The number on the application is not the applicant's any more. */
export class ApplicantNumberChanged extends DomainError {
  readonly slug = 'applicant-number-changed';
  readonly kind = 'conflict';
  constructor() {
    super(
      '受理后本人的身份证号已变更，不能按申请表上的号码编证号。请核对证件，在审批时填写本人现在的身份证号。',
    );
  }
}

export class StandardNotMet extends DomainError {
  readonly slug = 'standard-not-met';
  readonly kind = 'conflict';
  constructor() {
    super('评定结论不符合残疾标准，不能变更；请按“不再符合标准”办理注销。');
  }
}

/** The region's cards are issued by the federation's system above; here they are only followed. */
export class CardsIssuedAbove extends DomainError {
  readonly slug = 'cards-issued-above';
  readonly kind = 'conflict';
  constructor() {
    super('本地区的残疾人证由上级系统核发和变更，请在该系统办理；办结后随每日文件更新到这里。');
  }
}

const CARD_NUMBER_FAULTS: Record<string, string> = {
  shape: '残疾人证号应为 18 位身份证号加类别、等级各 1 位，补发的证件另加 B 和次数，请核对后重新填写。',
  'identity-number': '残疾人证号前 18 位不是正确的身份证号，请对照证件核对。',
  'identity-differs': '残疾人证号前 18 位与身份证号不同，请核对是否为同一人的证件。',
  'category-differs': '残疾人证号第 19 位与残疾类别不符，请核对类别。',
  'grade-differs': '残疾人证号第 20 位与残疾等级不符，请核对等级（多重残疾按最重的等级）。',
};

/** Never quotes the number. */
export class CardNumberDiffers extends DomainError {
  readonly slug = 'card-number-differs';
  readonly kind = 'invalid';
  constructor(fault: string) {
    super(CARD_NUMBER_FAULTS[fault] ?? CARD_NUMBER_FAULTS['shape']!, { fault });
  }
}
