import { DomainError } from '@app/kernel';

/** No service of the house has this address, or it is no plain address at all. */
export class GatewayAddressUnknown extends DomainError {
  readonly slug = 'gateway-address-unknown';
  readonly kind = 'not-found';
  constructor() {
    super('没有这个地址。请从页面上的链接进入，或刷新后重试。');
  }
}
