import { DomainError } from '@app/kernel';
import type { PasswordFault } from './password-policy.js';

/** Nobody is signed in, or the session has ended. */
export class NotSignedIn extends DomainError {
  readonly slug = 'not-signed-in';
  readonly kind = 'unauthenticated';
  constructor() {
    super('请先登录：您还没有登录，或登录已到期。');
  }
}

/** One answer for every reason: whoever asks must not learn which accounts there are. */
export class SignInRefused extends DomainError {
  readonly slug = 'sign-in-refused';
  readonly kind = 'unauthenticated';
  constructor() {
    super('用户名或密码不正确，或账号不能登录。请核对后再试；仍不能登录时请联系本单位的系统管理员。');
  }
}

export class CodeRefused extends DomainError {
  readonly slug = 'code-refused';
  readonly kind = 'unauthenticated';
  constructor() {
    super('验证码不正确或已用过。请等待验证器显示新的验证码后再输入。');
  }
}

/** The step between password and session has ended, or never began. */
export class SignInNotBegun extends DomainError {
  readonly slug = 'sign-in-not-begun';
  readonly kind = 'unauthenticated';
  constructor() {
    super('登录步骤已过期，请重新输入用户名和密码。');
  }
}

export class ActivationRefused extends DomainError {
  readonly slug = 'activation-refused';
  readonly kind = 'unauthenticated';
  constructor() {
    super('用户名或激活码不正确，或激活码已用过、已过期。请向系统管理员索取新的激活码。');
  }
}

/** @see SlowDown */
export class TooManyAttempts extends DomainError {
  readonly slug = 'too-many-attempts';
  readonly kind = 'too-many';
  constructor(retryAfterSeconds: number) {
    super(`尝试次数过多，请在 ${retryAfterSeconds} 秒后再试。`, { retryAfterSeconds });
  }
}

export class TooManyRequests extends DomainError {
  readonly slug = 'too-many-requests';
  readonly kind = 'too-many';
  constructor(retryAfterSeconds: number) {
    super(`请求过于频繁，请在 ${retryAfterSeconds} 秒后再试。`, { retryAfterSeconds });
  }
}

const FAULTS: Readonly<Record<PasswordFault, string>> = {
  'too-short': '至少 12 个字符',
  'too-long': '至多 128 个字符',
  common: '这个密码已在泄露的密码表中',
  repetitive: '不要用重复或连续的字符',
  'holds-user-id': '不要包含用户名',
  'holds-name': '不要包含姓名',
  'holds-place-name': '不要包含所在地的名称',
};

export class PasswordNotGood extends DomainError {
  readonly slug = 'password-not-good';
  readonly kind = 'invalid';
  constructor(faults: readonly PasswordFault[]) {
    super(`请换一个密码：${faults.map((fault) => FAULTS[fault]).join('；')}。`, { faults });
  }
}

/** A change of what guards the account needs the password once more. */
export class PasswordWrong extends DomainError {
  readonly slug = 'password-wrong';
  readonly kind = 'forbidden';
  constructor() {
    super('当前密码不正确，请重新输入。');
  }
}

/** The request does not come from a page of the portal. */
export class ForeignRequest extends DomainError {
  readonly slug = 'foreign-request';
  readonly kind = 'forbidden';
  constructor() {
    super('请求不是从本系统的页面发出的。请刷新页面后重试。');
  }
}

export class SessionNotFound extends DomainError {
  readonly slug = 'session-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有这个登录，它可能已经结束。请刷新列表。');
  }
}

export class SecondFactorHeld extends DomainError {
  readonly slug = 'second-factor-held';
  readonly kind = 'conflict';
  constructor() {
    super('账号已有验证器。要更换，请先停用现有的验证器。');
  }
}

export class SecondFactorMissing extends DomainError {
  readonly slug = 'second-factor-missing';
  readonly kind = 'conflict';
  constructor() {
    super('账号没有待确认或已启用的验证器，请先登记验证器。');
  }
}

export class SecondFactorRequired extends DomainError {
  readonly slug = 'second-factor-required';
  readonly kind = 'forbidden';
  constructor() {
    super('本系统要求使用验证器，不能停用。更换设备请联系安全管理员重置。');
  }
}

/** This installation has been set to the other way of signing in. */
export class WayNotOpen extends DomainError {
  readonly slug = 'way-not-open';
  readonly kind = 'not-found';
  constructor() {
    super('本系统没有开通这种登录方式，请使用登录页上提供的方式。');
  }
}

export class AccountUnknown extends DomainError {
  readonly slug = 'account-unknown';
  readonly kind = 'not-found';
  constructor() {
    super('没有这个账号，请核对后再试。');
  }
}
