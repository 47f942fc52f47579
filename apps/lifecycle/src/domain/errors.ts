import { DomainError } from '@app/kernel';

/** Not on file here, or out of the caller's reach: nobody can tell which. */
export class PersonNotFound extends DomainError {
  readonly slug = 'person-not-found';
  readonly kind = 'not-found';
  constructor(personId: string) {
    super('没有找到此人，或者不在您的管辖范围内。请核对编号；刚登记的人员请稍后再试。', { personId });
  }
}

/** Without birth date, sex and a region nothing can be worked out. */
export class PersonNotDetermined extends DomainError {
  readonly slug = 'person-not-determined';
  readonly kind = 'conflict';
  constructor(personId: string) {
    super('此人的基础信息尚未送达，或所在县（市、区）没有事项目录，暂时无法认定。请先在人员登记中补全。', {
      personId,
    });
  }
}

/** Closed, answered, never released, or out of the caller's reach: nobody can tell which. */
export class GapTaskNotOpen extends DomainError {
  readonly slug = 'gap-task-not-open';
  readonly kind = 'conflict';
  constructor(gapId: string) {
    super('没有找到待答复的缺口任务：可能尚未下发、已经答复或已随缺口销号，请刷新缺口列表后再试。', {
      gapId,
    });
  }
}

/** Somebody else looks after this gap. */
export class NotOwnerOfGap extends DomainError {
  readonly slug = 'not-owner-of-gap';
  readonly kind = 'forbidden';
  constructor(ownerRole: string) {
    super('这一缺口任务由其他岗位负责，请由负责人答复，或请镇（街道）残联理事长处理。', { ownerRole });
  }
}

/** It was made for another list, or by nobody. */
export class StuckCursorNotValid extends DomainError {
  readonly slug = 'stuck-cursor-not-valid';
  readonly kind = 'invalid';
  constructor() {
    super('翻页位置无效，请回到第一页。');
  }
}
