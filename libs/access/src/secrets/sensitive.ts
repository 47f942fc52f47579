import { inspect } from 'node:util';
import { maskName, maskNumber } from './masking.js';

/** What kinds of secrets of people there are, and how each is shown to somebody who need not know it. */
const MASKS = {
  name: maskName,
  identity: maskNumber,
  card: maskNumber,
  phone: maskNumber,
  account: maskNumber,
  address: (address: string) => (address === '' ? '' : '已登记'),
} as const satisfies Record<string, (plain: string) => string>;

export type SensitiveKind = keyof typeof MASKS;

export const sensitiveKinds = Object.keys(MASKS) as [SensitiveKind, ...SensitiveKind[]];

/**
 * A name, number or address of a person on its way through a process. Whatever turns it into text, be it JSON, a log line, an
 * error's message or a debugger, gets the masked text; only `reveal` gives the plain one, and can be searched for in the code.
 */
export class Sensitive {
  readonly #plain: string;

  constructor(
    readonly kind: SensitiveKind,
    plain: string,
  ) {
    this.#plain = plain;
  }

  /** For a column that may be empty. */
  static orNull(kind: SensitiveKind, plain: string | null): Sensitive | null {
    return plain === null ? null : new Sensitive(kind, plain);
  }

  /** The plain text: to encrypt it, to compare it, or for an answer to somebody who asked for it with a purpose. */
  reveal(): string {
    return this.#plain;
  }

  toString(): string {
    return MASKS[this.kind](this.#plain);
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `Sensitive(${this.kind}: ${this.toString()})`;
  }
}
