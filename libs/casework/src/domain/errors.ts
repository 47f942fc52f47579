import { DomainError } from '@app/kernel';
import type { CaseStatus } from '@app/contracts';
import { statusNames } from './case.js';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class CaseNotFound extends DomainError {
  readonly slug = 'case-not-found';
  readonly kind = 'not-found';
  constructor(caseId: string) {
    super('没有找到这一事项，或者它不在您的管辖范围内。请核对编号。', { caseId });
  }
}

/** The case stands where this cannot be done. */
export class CaseNotReady extends DomainError {
  readonly slug = 'case-not-ready';
  readonly kind = 'conflict';
  constructor(status: CaseStatus, action: string, instead: string) {
    super(`这一事项目前是“${statusNames[status]}”，不能${action}。${instead}`, { status });
  }
}

/** Steps are done in the order of the item. */
export class StepNotNext extends DomainError {
  readonly slug = 'step-not-next';
  readonly kind = 'conflict';
  constructor(step: string, nextStep: string | null) {
    super(
      nextStep === null
        ? '这一事项没有待办的步骤，请刷新页面查看最新状态。'
        : '这一步现在不能办：请先办完前面的步骤，或刷新页面查看当前步骤。',
      { step, nextStep },
    );
  }
}

/** A decision is granted or refused, not ticked off. */
export class StepIsDecision extends DomainError {
  readonly slug = 'step-is-decision';
  readonly kind = 'conflict';
  constructor(step: string) {
    super('这一步是审批决定，请用“批准”或“不予批准”办理，不能直接标记完成。', { step });
  }
}

/** One person may not both prepare and decide. */
export class FourEyes extends DomainError {
  readonly slug = 'four-eyes';
  readonly kind = 'conflict';
  constructor(step: string) {
    super('上一步由您本人办理，同一人不能再作决定。请交由另一位有权人员决定。', { step });
  }
}

/** The item has this decision taken by somebody else than the body whose answer is recorded. */
export class DecisionOfOtherBody extends DomainError {
  readonly slug = 'decision-of-other-body';
  readonly kind = 'conflict';
  constructor(step: string) {
    super('这一事项的决定不由该部门作出，不能按它的名单登记。请核对事项和名单。', { step });
  }
}

/** What another body has decided is entered by one person and confirmed by another. */
export class EnteredBySameHand extends DomainError {
  readonly slug = 'entered-by-same-hand';
  readonly kind = 'conflict';
  constructor() {
    super('这份答复由您本人（或您代理的人）录入，不能再由您确认。请交由另一位有权人员核对后确认。');
  }
}

/** A machine may not say no. */
export class NotByMachine extends DomainError {
  readonly slug = 'not-by-machine';
  readonly kind = 'forbidden';
  constructor() {
    super('不予批准和停止只能由有权人员作出，系统不能自动决定。请由经办人员登录办理。');
  }
}

export class ItemNotRationed extends DomainError {
  readonly slug = 'item-not-rationed';
  readonly kind = 'conflict';
  constructor(itemId: string) {
    super('这一事项没有名额限制，不能列入轮候。请直接作出批准或不予批准的决定。', { itemId });
  }
}

export class DayInFuture extends DomainError {
  readonly slug = 'day-in-future';
  readonly kind = 'invalid';
  constructor(field: string, today: string) {
    super(`日期不能晚于今天（${today}），请更正后再提交。`, { field });
  }
}

/** The person already has a running case of this item in this period. */
export class CaseExists extends DomainError {
  readonly slug = 'case-exists';
  readonly kind = 'conflict';
  constructor(itemId: string, caseId: string | null) {
    super('此人在本期内已有这一事项，请在原事项上继续办理，不要重复申请。', {
      itemId,
      ...(caseId === null ? {} : { caseId }),
    });
  }
}

/** No such item of this service is in force at the place. */
export class ItemNotOffered extends DomainError {
  readonly slug = 'item-not-offered';
  readonly kind = 'invalid';
  constructor(itemId: string, divisionCode: string) {
    super('当地现行目录中没有这一事项，或它由其他部门办理。请在服务目录中选择。', { itemId, divisionCode });
  }
}

export class MaterialNotAsked extends DomainError {
  readonly slug = 'material-not-asked';
  readonly kind = 'invalid';
  constructor(materials: readonly string[]) {
    super('收到的材料中有这一事项不需要的，请核对材料名称；能够共享获取的材料不得向本人索要。', {
      materials,
    });
  }
}

/** Somebody else holds the task; who, as an id. */
export class CaseClaimed extends DomainError {
  readonly slug = 'case-claimed';
  readonly kind = 'conflict';
  constructor(claimedBy: string) {
    super('这一任务已由另一位同事认领，请与其联系，或请主管人员转交。', { claimedBy });
  }
}

/** It has changed since it was looked at: as which version it stands now. */
export class CaseChanged extends DomainError {
  readonly slug = 'case-changed';
  readonly kind = 'outdated';
  constructor(version: number) {
    super('您打开之后，这一事项又有变动，您看到的不是最新内容，这次没有保存。请核对最新内容后再办。', {
      version,
    });
  }
}

/** Nobody changes a case without saying which version of it they have looked at. */
export class CaseVersionMissing extends DomainError {
  readonly slug = 'case-version-missing';
  readonly kind = 'unseen';
  constructor() {
    super('请求没有说明依据的是事项的哪个版本（If-Match），内容没有保存。请重新打开这一事项后再办。');
  }
}

/** No step of the item is an institution's, so none is shown the case. */
export class ItemWithoutInstitution extends DomainError {
  readonly slug = 'item-without-institution';
  readonly kind = 'conflict';
  constructor(itemId: string) {
    super('这一事项没有由机构承办的步骤，不需要安排承办单位，请按步骤继续办理。', { itemId });
  }
}

/** A material that stands where this cannot be done with it. */
export class MaterialNotReady extends DomainError {
  readonly slug = 'material-not-ready';
  readonly kind = 'conflict';
  constructor(material: string, state: string, instead: string) {
    super(instead, { material, state });
  }
}

/** Nobody has stored a scan of it, or it is not to be seen here. */
export class MaterialWithoutFile extends DomainError {
  readonly slug = 'material-without-file';
  readonly kind = 'not-found';
  constructor(material: string) {
    super('这份材料没有扫描件；如需查看，请上传扫描件或联系收件人员。', { material });
  }
}

/** No such paper of this person is known here. */
export class PaperNotKnown extends DomainError {
  readonly slug = 'paper-not-known';
  readonly kind = 'not-found';
  constructor(paperId: string) {
    super('没有找到可以沿用的这份材料，请刷新页面后重新选择，或请本人提供。', { paperId });
  }
}

/** Registry has not told of the person, or the person is out of the caller's reach. A fact may still be on its way. */
export class ApplicantNotKnown extends DomainError {
  readonly slug = 'applicant-not-known';
  readonly kind = 'not-found';
  constructor(personId: string) {
    super('没有找到此人，或者此人不在您的管辖范围内。刚刚登记的，请稍等几秒再提交。', {
      personId,
      retryable: true,
    });
  }
}

/** The person died, or lives somewhere else. */
export class ApplicantNotHere extends DomainError {
  readonly slug = 'applicant-not-here';
  readonly kind = 'conflict';
  constructor(why: 'died' | 'moved-away' | 'lives-elsewhere') {
    super(WHY_NOT_HERE[why], { why });
  }
}

const WHY_NOT_HERE = {
  died: '此人已登记死亡，不能再申请。如登记有误，请先撤销死亡登记。',
  'moved-away': '此人户籍已迁出，请由迁入地受理。',
  'lives-elsewhere': '此人的户籍不在所填的村（社区），请按户籍所在地受理；如已迁入，请先登记迁移。',
} as const;

/** The item has no such step. */
export class StepUnknown extends DomainError {
  readonly slug = 'step-unknown';
  readonly kind = 'not-found';
  constructor(step: string) {
    super('这一事项没有这个步骤，请按事项的步骤编号提交。', { step });
  }
}

/** What is sent by text message may be read by others, so it says neither a number nor what ails somebody. */
export class MessageSaysTooMuch extends DomainError {
  readonly slug = 'message-says-too-much';
  readonly kind = 'invalid';
  constructor() {
    super(
      '发给本人的消息里不能写证件、电话或账户号码，也不能写残疾类别、疾病或诊断：别人可能看到。地点请写地址，事由请换个说法。',
    );
  }
}

/** The item has no limit for such a step. */
export class TermNotOfStep extends DomainError {
  readonly slug = 'term-not-of-step';
  readonly kind = 'conflict';
  constructor() {
    super('这一事项没有这个环节，或者该环节没有规定期限。请核对环节。');
  }
}

/** The item names other reasons for which this step's term may stand still, or none. */
export class PauseNotOfStep extends DomainError {
  readonly slug = 'pause-not-of-step';
  readonly kind = 'conflict';
  constructor(step: string, allowed: readonly string[]) {
    super(
      allowed.length === 0
        ? '该环节的期限没有可以中止的法定事由，期限继续计算。'
        : `该环节的期限只能因这些事由中止：${allowed.join('、')}。`,
      { step, allowed },
    );
  }
}

/** An appointment is made for a time that is still to come. */
export class AppointmentNotPossible extends DomainError {
  readonly slug = 'appointment-not-possible';
  readonly kind = 'invalid';
  constructor() {
    super('预约的时间已经过去，请填写以后的日期和时间。');
  }
}

/** This case has no such appointment. */
export class AppointmentNotFound extends DomainError {
  readonly slug = 'appointment-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('这一事项没有这个预约。请刷新页面查看。');
  }
}

export class AppointmentCancelled extends DomainError {
  readonly slug = 'appointment-cancelled';
  readonly kind = 'conflict';
  constructor() {
    super('这个预约已经取消，无需再次取消。需要的话，请重新预约。');
  }
}
