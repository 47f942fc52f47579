import { DomainError } from '@app/kernel';

/** What was typed as a name can be none. */
export class WorkNameNotValid extends DomainError {
  readonly slug = 'work-name-not-valid';
  readonly kind = 'invalid';
  constructor() {
    super('请填写姓名、姓名的开头，或全拼、拼音首字母（不要混写汉字和字母）。');
  }
}

/** The page that this cursor continues was sorted otherwise. */
export class WorkCursorNotValid extends DomainError {
  readonly slug = 'work-cursor-not-valid';
  readonly kind = 'invalid';
  constructor() {
    super('翻页位置与排序方式不一致，请从第一页重新查看。');
  }
}

/** Others were faster each time. */
export class NextTaken extends DomainError {
  readonly slug = 'next-taken';
  readonly kind = 'conflict';
  constructor() {
    super('前面的几件刚被同事领取，请再试一次。');
  }
}

/** The owner does not answer, so nothing can be compared with it. */
export class OwnerAway extends DomainError {
  readonly slug = 'owner-away';
  readonly kind = 'conflict';
  constructor(owner: string) {
    super('暂时连接不上这项服务，请稍后再核对。', { owner });
  }
}

/** What could be taken lies in services that do not answer now. */
export class NextOutOfReach extends DomainError {
  readonly slug = 'next-out-of-reach';
  readonly kind = 'conflict';
  constructor(owners: readonly string[]) {
    super('办理这些事项的服务暂时连接不上，请稍后再取下一件。', { owners });
  }
}
