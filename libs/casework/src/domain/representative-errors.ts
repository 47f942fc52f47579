import { DomainError } from '@app/kernel';

/** Whoever wants to sign is not on file as somebody who may, on that day. */
export class RepresentativeNotOnFile extends DomainError {
  readonly slug = 'representative-not-on-file';
  readonly kind = 'conflict';
  constructor() {
    super(
      '所选的代办人现在不是此人在册的监护人或代理人。确有代理权的，请先在档案中凭证明登记（刚登记的请稍候几秒），再办理。',
      { field: 'onBehalf' },
    );
  }
}

/** They may from a later day on. */
export class RepresentativeAuthorityNotYet extends DomainError {
  readonly slug = 'representative-authority-not-yet';
  readonly kind = 'conflict';
  constructor() {
    super('该监护人或代理人的权限在签署当日尚未生效。请由本人办理，或在生效后办理。', { field: 'onBehalf' });
  }
}

/** They may no longer. */
export class RepresentativeAuthorityOver extends DomainError {
  readonly slug = 'representative-authority-over';
  readonly kind = 'conflict';
  constructor(until: string | null) {
    super('该监护人或代理人的期限已经届满，不能代为办理。请取得新的证明并在档案中登记后再办理。', {
      field: 'onBehalf',
      until,
    });
  }
}

/** They may sign other things. */
export class RepresentativeMayNot extends DomainError {
  readonly slug = 'representative-may-not';
  readonly kind = 'conflict';
  constructor() {
    super('该代理人的授权不包括代为办理这一项。请由本人或监护人办理，或补充授权并在档案中登记。', {
      field: 'onBehalf',
    });
  }
}

/** The person has a guardian, who alone gives something up for them. */
export class GuardianSigns extends DomainError {
  readonly slug = 'guardian-signs';
  readonly kind = 'conflict';
  constructor() {
    super(
      '此人在册有监护人：放弃应享有的服务须由监护人作出，本人的意愿请写明在原因中。请选择监护人为代办人后再办理；监护已终止的，请先在档案中更正。',
      { field: 'onBehalf' },
    );
  }
}
