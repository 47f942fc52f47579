import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds for which one code is shown, and its digits: what every authenticator app takes for granted (RFC 6238). */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Clocks of telephones are wrong by less than a step; RFC 6238 section 5.2 recommends one. */
const STEPS_OFF = 1;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a counter. Source: RFC 4226 section 5.3. */
export function codeOfCounter(secret: Buffer, counter: number, digits: number = DIGITS): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', secret).update(moving).digest();
  const offset = (digest[digest.length - 1] ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The time step of an instant. */
export function stepAt(instant: Date): number {
  return Math.floor(instant.getTime() / 1000 / STEP_SECONDS);
}

/**
 * The step that a code belongs to, so that it is taken once.
 * @param lastStep of the last code that was taken: it and everything before is refused (RFC 6238 section 5.2)
 * @returns null if the code is of no step that may still be used
 */
export function stepOfCode(secret: Buffer, code: string, now: Date, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const around = stepAt(now);
  let found: number | null = null;
  for (let step = around - STEPS_OFF; step <= around + STEPS_OFF; step += 1) {
    const matches = timingSafeEqual(Buffer.from(codeOfCounter(secret, step)), Buffer.from(code));
    if (matches && step > lastStep) found = step;
  }
  return found;
}

/** Base32 without padding, as authenticator apps read it (RFC 4648). */
export function base32(bytes: Buffer): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      text += ALPHABET[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** What the picture for the authenticator app says. */
export function enrolmentAddress(secret: Buffer, issuer: string, userId: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(userId)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
}
