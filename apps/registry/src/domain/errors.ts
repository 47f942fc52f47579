import { DomainError } from '@app/kernel';

export class PersonNotFound extends DomainError {
  readonly slug = 'person-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到此人：可能尚未登记，或不在您的管辖区域。请核对后再试。');
  }
}

export class FactNotFound extends DomainError {
  readonly slug = 'fact-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这条信息：可能已被更正或撤回，或不在您的管辖区域。请刷新档案后再试。');
  }
}

export class HouseholdNotFound extends DomainError {
  readonly slug = 'household-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这一户：可能尚未登记，或不在您的管辖区域。请核对后再试。');
  }
}

export class HouseholdNoTaken extends DomainError {
  readonly slug = 'household-no-taken';
  readonly kind = 'conflict';
  constructor() {
    super('本县已有这个户号的家庭。请核对户号，或把人员加入已有的家庭。');
  }
}

export class GuardianNotFound extends DomainError {
  readonly slug = 'guardian-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这条监护关系：可能已终止，或不在您的管辖区域。请刷新档案后再试。');
  }
}

/** There is nothing to be read in the clear. */
export class NothingOnFile extends DomainError {
  readonly slug = 'nothing-on-file';
  readonly kind = 'not-found';
  constructor() {
    super('档案中没有登记这一项。如已了解，请先在档案中补充登记。');
  }
}

/** What was typed is no name, and no reading of one. */
export class SearchTextNotValid extends DomainError {
  readonly slug = 'search-text-not-valid';
  readonly kind = 'invalid';
  constructor() {
    super('请输入姓名（汉字）或姓名的拼音、首字母，不要混用；按证件号码查找的，请使用证件号码查找。');
  }
}

export class ImportNotFound extends DomainError {
  readonly slug = 'import-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这次导入：可能编号有误，或不在您的管辖区域。请在导入记录中重新选择。');
  }
}

export class IdentityNumberNotValid extends DomainError {
  readonly slug = 'identity-number-not-valid';
  readonly kind = 'invalid';
  constructor(reason: string, suggestion: string) {
    super(`${reason}。${suggestion}`);
  }
}

export class IdentityNumberOnFile extends DomainError {
  readonly slug = 'identity-number-on-file';
  readonly kind = 'conflict';
  /** @param personId only where the caller may see that person */
  constructor(personId: string | null) {
    super(
      personId
        ? '该身份证号已有档案，请在原档案上办理，不要重复登记。'
        : '该身份证号已有档案，可能由其他地区登记。请核对号码；人已迁入的，请联系县级残联数据岗位办理迁入。',
      personId ? { personId } : undefined,
    );
  }
}

/** What was said about a person does not agree with the identity number or the file. */
export class PersonContradicted extends DomainError {
  readonly slug = 'person-contradicted';
  readonly kind = 'invalid';
}

export class PersonIsDead extends DomainError {
  readonly slug = 'person-is-dead';
  readonly kind = 'conflict';
  constructor() {
    super('档案记载此人已死亡，不能登记新的信息。若死亡信息有误，请先撤回死亡登记。');
  }
}

export class PersonIsNotDead extends DomainError {
  readonly slug = 'person-is-not-dead';
  readonly kind = 'conflict';
  constructor() {
    super('档案中没有死亡登记，无需撤回。请刷新档案后再试。');
  }
}

export class DeathOnFileDiffers extends DomainError {
  readonly slug = 'death-on-file-differs';
  readonly kind = 'conflict';
  constructor(diedOn: string) {
    super('档案中已登记了另一个死亡日期。请先核实，撤回错误的登记后再重新登记。', { diedOn });
  }
}

export class DayNotPossible extends DomainError {
  readonly slug = 'day-not-possible';
  readonly kind = 'invalid';
}

export class MoveNotPossible extends DomainError {
  readonly slug = 'move-not-possible';
  readonly kind = 'conflict';
}

export class FactNotValid extends DomainError {
  readonly slug = 'fact-not-valid';
  readonly kind = 'invalid';
}

export class GuardianNotValid extends DomainError {
  readonly slug = 'guardian-not-valid';
  readonly kind = 'invalid';
}

/** The letter is handed over already, was withdrawn, or is none. */
export class LetterNotWaiting extends DomainError {
  readonly slug = 'letter-not-waiting';
  readonly kind = 'conflict';
  constructor() {
    super('这份通知不在待送之列：可能已经送达、已经登记无法送达，或者已经撤回。请刷新列表。');
  }
}

export class LetterNotFound extends DomainError {
  readonly slug = 'letter-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这份通知：可能不在您的管辖区域。请刷新列表后再试。');
  }
}
