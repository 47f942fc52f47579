/** Who is asking and what they may; encryption, blind index and masking of people's numbers. */
export * from './actor/roles.js';
export * from './actor/actor.js';
export * from './actor/actor-token.js';
export * from './actor/actor.guard.js';
export * from './secrets/data-keys.js';
export * from './secrets/column-cipher.js';
export * from './secrets/masking.js';
export * from './secrets/identity-number.js';
