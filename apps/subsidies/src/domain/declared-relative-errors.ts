import { DomainError } from '@app/kernel';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class DeclarationNotFound extends DomainError {
  readonly slug = 'declaration-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这条申报，或者它不在您的管辖范围内。请核对编号。');
  }
}

/** Somebody else changed it in between, or it is withdrawn already. */
export class DeclarationChanged extends DomainError {
  readonly slug = 'declaration-changed';
  readonly kind = 'conflict';
  constructor() {
    super('这条申报已有变化或已撤下，请刷新后按最新状态办理。');
  }
}
