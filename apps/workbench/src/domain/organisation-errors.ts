import { DomainError } from '@app/kernel';

export class UnitNotFound extends DomainError {
  readonly slug = 'unit-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这个单位：可能尚未登记，或不在您的管辖区域。请核对后再试。');
  }
}

export class UnitNotPossible extends DomainError {
  readonly slug = 'unit-not-possible';
  readonly kind = 'invalid';
}

export class UnitTaken extends DomainError {
  readonly slug = 'unit-taken';
  readonly kind = 'conflict';
}

export class ReorganisationNotPossible extends DomainError {
  readonly slug = 'reorganisation-not-possible';
  readonly kind = 'invalid';
}

export class AccountNotFound extends DomainError {
  readonly slug = 'account-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这个账号：可能尚未开通，或不在您的管辖区域。请核对后再试。');
  }
}

export class UserIdTaken extends DomainError {
  readonly slug = 'user-id-taken';
  readonly kind = 'conflict';
  constructor() {
    super('这个登录名已有人使用，请换一个登录名。');
  }
}

export class AccountNotActive extends DomainError {
  readonly slug = 'account-not-active';
  readonly kind = 'conflict';
}

export class PostNotFound extends DomainError {
  readonly slug = 'post-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这个岗位：可能已经结束，或不在您的管辖区域。请刷新后再试。');
  }
}

/** A rule of the separation of duties, or of what a unit's posts may carry, forbids it. */
export class PostNotPossible extends DomainError {
  readonly slug = 'post-not-possible';
  readonly kind = 'invalid';
}

/** Nobody changes what they themselves may do. */
export class OwnPosts extends DomainError {
  readonly slug = 'own-posts';
  readonly kind = 'forbidden';
  constructor() {
    super('不能调整本人的账号和岗位，请由另一位管理员办理。');
  }
}

export class DeputyNotFound extends DomainError {
  readonly slug = 'deputy-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这项代理：可能已经结束，或不在您的管辖区域。请刷新后再试。');
  }
}

export class DeputyNotPossible extends DomainError {
  readonly slug = 'deputy-not-possible';
  readonly kind = 'invalid';
}

export class LeavingNotPossible extends DomainError {
  readonly slug = 'leaving-not-possible';
  readonly kind = 'invalid';
}
