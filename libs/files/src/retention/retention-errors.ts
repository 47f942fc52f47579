import { DomainError } from '@app/kernel';

/** Not the one that waits now: superseded by a newer one, approved already, done, or never there. */
export class ProposalNotOpen extends DomainError {
  readonly slug = 'retention-proposal-not-open';
  readonly kind = 'conflict';
  constructor() {
    super('这份销毁清单已被新的代替，或者已经批准，不能再批准。请刷新后看最新的清单。');
  }
}

/** Who approves must have seen exactly this set. */
export class ProposalChanged extends DomainError {
  readonly slug = 'retention-proposal-changed';
  readonly kind = 'conflict';
  constructor() {
    super('清单内容与您看到的不一致，请刷新后重新核对再批准。');
  }
}

/** No such bundle, or no such file in it: said only to who may open one. */
export class BundleNotFound extends DomainError {
  readonly slug = 'archive-bundle-not-found';
  readonly kind = 'conflict';
  constructor() {
    super('没有这份归档，或其中没有这个文件。请在销毁证明中核对归档编号，并用人员或案件编号查找文件。');
  }
}
