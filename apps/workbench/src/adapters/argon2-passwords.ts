import { Injectable } from '@nestjs/common';
import { hash, verify, type Options } from '@node-rs/argon2';
import { normalisePassword } from '../domain/password-policy.js';

/** Argon2id, 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet. The only place that says so. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const satisfies Options;
const MADE_SO = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** What is compared with when there is no account or no password: it takes as long as a real one, and nothing is equal to it. */
const NOBODYS = `${MADE_SO}YW5vdGhlciBncmFpbiBvZiBzYWx0$H7CHNXQcUGzkF7bE1jwW1GlXh9CQZb9q7tY3GZc6w7Y`;

/** Makes and checks what is kept of passwords. */
@Injectable()
export class Argon2Passwords {
  hash(typed: string): Promise<string> {
    return hash(normalisePassword(typed), PARAMETERS);
  }

  /** @param kept null compares with nobody's, in the same time */
  async matches(typed: string, kept: string | null): Promise<boolean> {
    const right = await verify(kept ?? NOBODYS, normalisePassword(typed));
    return right && kept !== null;
  }

  /** Whether the hash was made when other parameters stood here. */
  isOutdated(kept: string): boolean {
    return !kept.startsWith(MADE_SO);
  }
}
