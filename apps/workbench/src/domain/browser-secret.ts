import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The random value (256 bits) by which a browser is known: only its hash is kept, so that a copy of the tables opens no session. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a cookie can be such a value at all. */
export function isSecret(text: string | null): text is string {
  return text !== null && /^[A-Za-z0-9_-]{43}$/.test(text);
}

export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(`session:${secret}`).digest('base64url');
}

/** A value that follows from the secret and gives nothing of it away. */
export function derivedFrom(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}

/** What every change must bring in a header: only a page of our own origin can read it, and it belongs to one session. */
export function csrfTokenOf(secret: string): string {
  return derivedFrom(secret, 'csrf');
}

export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
