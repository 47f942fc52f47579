import { DomainError } from '@app/kernel';

export class DeathMatchNotFound extends DomainError {
  readonly slug = 'death-match-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这条疑似死亡：可能编号有误，或不在您的管辖区域。请在疑似死亡列表中重新选择。');
  }
}

export class DeathMatchNotOpen extends DomainError {
  readonly slug = 'death-match-not-open';
  readonly kind = 'conflict';
  constructor() {
    super('这条疑似死亡已经有人认定或已经办结，请刷新列表；认定有误的，请由第二人退回后重新认定。');
  }
}

export class DeathMatchNotProposed extends DomainError {
  readonly slug = 'death-match-not-proposed';
  readonly kind = 'conflict';
  constructor() {
    super('这条疑似死亡还没有人认定是谁，不能复核。请先核实并选择名单上的人。');
  }
}

export class DeathMatchFourEyes extends DomainError {
  readonly slug = 'death-match-four-eyes';
  readonly kind = 'forbidden';
  constructor() {
    super('死亡认定须由认定人及其代理人以外的第二人复核，请交由另一位有权人员办理。');
  }
}

export class NotAmongCandidates extends DomainError {
  readonly slug = 'not-among-candidates';
  readonly kind = 'invalid';
  constructor() {
    super('所选的人不在这一行的疑似人员之中。请在列出的人员中选择；都不是的，请登记“都不是”。');
  }
}
