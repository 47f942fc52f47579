/** The facts between services: their schemas, frozen samples, names; from them come JSON Schema and AsyncAPI 3. Depends on zod alone. */
export * from './define-event.js';
export * from './envelope.js';
export * from './values.js';
export * from './registry/person-registered.v1.js';
export * from './registry/fact-recorded.v1.js';
export * from './registry/fact-withdrawn.v1.js';
export * from './registry/death.v1.js';
export * from './registry/moved.v1.js';
export * from './certification/card.v1.js';
export * from './lifecycle/chain.v1.js';
export * from './lifecycle/item.v1.js';
export * from './casework/case.v1.js';
export * from './subsidies/benefit.v1.js';
export * from './catalogue.js';
export * from './documents.js';
export * from './frozen.js';
