import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { EventDefinition } from '@app/contracts';

export interface OnEventsOptions {
  readonly service: string;
  /** `open-chain-on-card-issued`: what it does, on what. Half of the inbox key, and never changes. */
  readonly name: string;
  readonly events: readonly EventDefinition[];
  /** Of these, the ones that overtake what is parked of the same key. */
  readonly stopFacts?: readonly EventDefinition[];
}

/** Nest replaces a consumer's error by "Internal server error"; delivery needs the real one to decide and to park. */
@Catch()
export class KeepError implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Makes a controller's method a consumer: `(events: Envelope[], slice: Slice) => Promise<void>`. It gets a slice of the log in
 * one open transaction, each event once; see `ConsumerDefinition.run` for what it may do.
 */
export function OnEvents(options: OnEventsOptions): MethodDecorator {
  const name = `${options.service}/${options.name}`;
  return (target, key, descriptor) => {
    // Without them Nest hands over the events alone.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    applyDecorators(EventPattern(name, { ...options, name }) as MethodDecorator, UseFilters(KeepError))(
      target,
      key,
      descriptor,
    );
  };
}
