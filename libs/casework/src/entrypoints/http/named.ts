import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApiHeader } from '@nestjs/swagger';
import type { Owner } from '@app/contracts';

/** Of one case: the controller's own path may say so, or the operation's. */
const OF_ONE_CASE = /\/cases\/:id\/./;

/** In all-in-one each service's operations have a name of their own in the API document; what changes a case says what it needs. */
export function named(service: Owner, controller: Type, name: string): Type {
  const prefix = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  Object.defineProperty(controller, 'name', { value: `${prefix}${name}` });
  const prototype = controller.prototype as object;
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (isChangeOfCase(controller, property.value)) needsVersion(prototype, key, property);
  }
  return controller;
}

const needsVersion = ApiHeader({
  name: 'If-Match',
  required: true,
  description:
    'The version of the case that you have looked at, as its `ETag` says (`"3"`); `*`: whatever stands. 428 without it, 412 once it has changed.',
});

function isChangeOfCase(controller: Type, handler: unknown): boolean {
  if (typeof handler !== 'function') return false;
  const path: unknown = Reflect.getMetadata(PATH_METADATA, handler);
  return (
    Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.POST &&
    typeof path === 'string' &&
    OF_ONE_CASE.test(`${String(Reflect.getMetadata(PATH_METADATA, controller))}/${path}`)
  );
}
