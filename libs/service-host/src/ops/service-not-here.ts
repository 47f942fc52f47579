import { DomainError } from '@app/kernel';

/** A service that this process does not run. */
export class ServiceNotHere extends DomainError {
  readonly slug = 'service-not-here';
  readonly kind = 'not-found';
  constructor(service: string) {
    super('这个进程不运行该服务，请向运行它的进程发出请求。', { service });
  }
}
