import { DomainError } from '@app/kernel';

export class DecisionNotFound extends DomainError {
  readonly slug = 'identity-decision-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这项合并、拆分或号码变更申请：可能编号有误，或不在您的管辖区域。请在待审列表中重新选择。');
  }
}

export class DecisionNotOpen extends DomainError {
  readonly slug = 'identity-decision-not-open';
  readonly kind = 'conflict';
  constructor() {
    super('这项申请已经审核过，不能再审。请刷新列表查看结果。');
  }
}

export class DecisionFourEyes extends DomainError {
  readonly slug = 'identity-decision-four-eyes';
  readonly kind = 'forbidden';
  constructor() {
    super('合并、拆分和身份证号变更须由提出人及其代理人以外的第二人审核，请交由另一位有权人员办理。');
  }
}

export class DecisionAlreadyProposed extends DomainError {
  readonly slug = 'identity-decision-already-proposed';
  readonly kind = 'conflict';
  constructor() {
    super('这份档案已有一项待审的同类申请。请先审核那一项，再提出新的申请。');
  }
}

export class DuplicateNotFound extends DomainError {
  readonly slug = 'duplicate-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这一对疑似重复档案：可能已经处理，或其中一份不在您的管辖区域。请刷新列表后再试。');
  }
}

/** Somebody changed one of the files since it was proposed. */
export class PersonChangedMeanwhile extends DomainError {
  readonly slug = 'person-changed-meanwhile';
  readonly kind = 'conflict';
  constructor() {
    super('档案在此期间已有变动。请查看最新档案后重新提出申请。');
  }
}

export class FilesNotMergeable extends DomainError {
  readonly slug = 'files-not-mergeable';
  readonly kind = 'invalid';
  constructor() {
    super('这两份档案是同一份，或其中一份已经并入其他档案，不能合并。请刷新后重新选择。');
  }
}

const CONTRADICTIONS = {
  death: '两份档案的死亡登记不一致。请先核实本人情况，在有误的一份上登记或撤回死亡，再办理合并。',
  away: '两份档案的迁出情况不一致。请先核实户籍所在地，在有误的一份上登记迁移，再办理合并。',
  number: '拟保留的档案是临时登记，还没有身份证号。请以有身份证号的一份为保留档案，重新提出合并。',
};

/** What stops or moves what somebody has must not follow from a merge alone. */
export class FilesContradict extends DomainError {
  readonly slug = 'files-contradict';
  readonly kind = 'conflict';
  constructor(about: keyof typeof CONTRADICTIONS) {
    super(CONTRADICTIONS[about], { about });
  }
}

/** A split without anybody to go, or out of a file that was never merged into this one. */
export class SplitNotPossible extends DomainError {
  readonly slug = 'split-not-possible';
  readonly kind = 'invalid';
  constructor() {
    super('请说明拆出的是谁：选择已并入本档案的原档案，或填写第二个人的姓名和身份证号，两者选一。');
  }
}
