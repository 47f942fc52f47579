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

/** The item has no such step. */
export class StepUnknown extends DomainError {
  readonly slug = 'step-unknown';
  readonly kind = 'not-found';
  constructor(step: string) {
    super('这一事项没有这个步骤，请按事项的步骤编号提交。', { step });
  }
}
