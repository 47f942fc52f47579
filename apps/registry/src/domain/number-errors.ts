import { DomainError } from '@app/kernel';

export class NumberBasisDiffers extends DomainError {
  readonly slug = 'number-basis-differs';
  readonly kind = 'conflict';
  constructor(has: boolean) {
    super(
      has
        ? '档案中已有身份证号，请选择“变更”或“录入有误”，不能按补登办理。'
        : '此人是临时登记，还没有身份证号，请按“补登”办理。',
    );
  }
}

export class NumberUnchanged extends DomainError {
  readonly slug = 'number-unchanged';
  readonly kind = 'conflict';
  constructor() {
    super('填写的号码与档案中的相同，无需变更。请核对新的身份证号。');
  }
}

/** Somebody else has the number. */
export class NumberOfAnother extends DomainError {
  readonly slug = 'number-of-another';
  readonly kind = 'conflict';
  /** @param personId only where the caller may see that person */
  constructor(personId: string | null) {
    super(
      personId
        ? '该身份证号已有另一份档案。若是同一人，请提出合并档案（以有此号码的档案为保留档案）；若不是，请核对号码。'
        : '该身份证号已有另一份档案，可能在其他地区。若是同一人，请联系县级残联数据岗位办理迁入后合并档案；若不是，请核对号码。',
      personId ? { personId } : undefined,
    );
  }
}

/** The number belongs to a file that was merged into this one. */
export class NumberOfAbsorbed extends DomainError {
  readonly slug = 'number-of-absorbed';
  readonly kind = 'conflict';
  constructor() {
    super(
      '该身份证号属于已并入本档案的原档案，按此号码已能查到本人。需以此号码为现号码的，请先拆分，再以那份档案为保留档案重新合并。',
    );
  }
}

export class NoTemporaryRegistration extends DomainError {
  readonly slug = 'no-temporary-registration';
  readonly kind = 'conflict';
  constructor() {
    super('此人没有待补登身份证号的临时登记：已有身份证号的无需复核。请刷新档案或列表后再看。');
  }
}
