import { DomainError } from '@app/kernel';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class PayeeNotFound extends DomainError {
  readonly slug = 'payee-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这个发放账户，或者它不在您的管辖范围内。请核对编号。');
  }
}

/** Who is paid nothing needs no account; or they are out of the caller's reach. */
export class PersonHasNoBenefit extends DomainError {
  readonly slug = 'person-has-no-benefit';
  readonly kind = 'not-found';
  constructor() {
    super('此人名下没有待遇，或者不在您的管辖范围内。请在待遇审定后登记发放账户。');
  }
}

/** Somebody else changed it in between. */
export class PayeeChanged extends DomainError {
  readonly slug = 'payee-changed';
  readonly kind = 'conflict';
  constructor(version: number) {
    super('这个发放账户已被他人处理，请刷新后按最新状态办理。', { version });
  }
}

/** One waits already: two at once could not be told apart by who confirms. */
export class PayeeAlreadyPending extends DomainError {
  readonly slug = 'payee-already-pending';
  readonly kind = 'conflict';
  constructor() {
    super('此人已有一个待复核的发放账户，请先复核、退回或撤回该账户，再登记新的账户。');
  }
}

export class PayeeNotPending extends DomainError {
  readonly slug = 'payee-not-pending';
  readonly kind = 'conflict';
  constructor() {
    super('这个发放账户已不在待复核状态，请刷新后查看。');
  }
}

/** It was refused, withdrawn or replaced before. */
export class PayeeOver extends DomainError {
  readonly slug = 'payee-over';
  readonly kind = 'conflict';
  constructor() {
    super('这个发放账户已停用，无需撤回。如需恢复，请重新登记并复核。');
  }
}

export class PayeeFourEyes extends DomainError {
  readonly slug = 'four-eyes';
  readonly kind = 'conflict';
  constructor() {
    super('发放账户须由登记人以外的人员复核，请交由其他有权人员办理。');
  }
}

/** Who confirms entered another number than who registered it. */
export class AccountNotAsEntered extends DomainError {
  readonly slug = 'account-not-as-entered';
  readonly kind = 'conflict';
  constructor() {
    super('复核时录入的账号与登记的账号不一致，请对照存折或银行卡重新核对；登记有误的，请退回后重新登记。');
  }
}

export class AccountNumberNotPossible extends DomainError {
  readonly slug = 'account-number-not-possible';
  readonly kind = 'invalid';
  constructor() {
    super('账号应为6至32位数字，请对照存折或银行卡重新填写。');
  }
}

export class ProofEnded extends DomainError {
  readonly slug = 'proof-ended';
  readonly kind = 'conflict';
  constructor() {
    super('监护或代领证明的有效期已过，请取得有效的证明后重新登记。');
  }
}

export class PhoneNotPossible extends DomainError {
  readonly slug = 'phone-not-possible';
  readonly kind = 'invalid';
  constructor() {
    super('联系电话应为7至15位数字，请核对后重新填写，或暂不填写。');
  }
}

/** Registry has told who acts for the person, and this one is not among them. */
export class HolderNotOnFile extends DomainError {
  readonly slug = 'holder-not-on-file';
  readonly kind = 'conflict';
  constructor() {
    super(
      '户名所填的人不是此人在册的监护人或代理人，请核对姓名和关系；确有代理权的，请先在档案中凭证明登记，再登记账户。',
    );
  }
}

export class HolderAuthorityOver extends DomainError {
  readonly slug = 'holder-authority-over';
  readonly kind = 'conflict';
  constructor(until: string | null) {
    super('该监护人或代理人的期限已经届满，不能再登记收款账户。请取得新的证明并在档案中登记后再办理。', {
      until,
    });
  }
}

export class HolderMayNotNameAccount extends DomainError {
  readonly slug = 'holder-may-not-name-account';
  readonly kind = 'conflict';
  constructor() {
    super('该代理人的授权不包括登记或变更收款账户。请由本人或监护人办理，或补充授权并在档案中登记。');
  }
}

export class ProofOutlivesAuthority extends DomainError {
  readonly slug = 'proof-outlives-authority';
  readonly kind = 'invalid';
  constructor(until: string) {
    super(`证明有效期晚于代理期限：档案中的监护或代理至${until}为止。请把证明有效期填写为不晚于这一天。`, {
      until,
    });
  }
}
