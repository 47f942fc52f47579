/** Decision, DomainError, Clock: nothing else without an ADR. */
export type { Decision } from './decision.js';
export { DomainError, type DomainErrorKind } from './domain-error.js';
export { Clock, SystemClock, shanghaiDay } from './clock.js';
