import { DomainError } from '@app/kernel';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class BenefitNotFound extends DomainError {
  readonly slug = 'benefit-not-found';
  readonly kind = 'not-found';
  constructor(benefitId: string) {
    super('没有找到这项待遇，或者它不在您的管辖范围内。请核对编号。', { benefitId });
  }
}
