import type { Type } from '@nestjs/common';
import type { Owner } from '@app/contracts';

/** In all-in-one each service's operations have a name of their own in the API document. */
export function named(service: Owner, controller: Type, name: string): Type {
  const prefix = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  Object.defineProperty(controller, 'name', { value: `${prefix}${name}` });
  return controller;
}
