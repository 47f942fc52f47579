/** A key that signs the tokens of users between services. */
export interface SigningKey {
  readonly kid: string;
  readonly signsFrom: Date;
  /** Until when services may believe it; null: it is the newest one. */
  readonly publishedUntil: Date | null;
}

/** How long a token of the gateway is good for. */
export const GATEWAY_TOKEN_SECONDS = 60;

/** A new key stands in the published set for so long before it signs: services keep the set for a minute. */
const PUBLISHED_BEFORE_SECONDS = 120;
/** Clocks of services differ a little. */
const LEEWAY_SECONDS = 60;

const after = (instant: Date, seconds: number) => new Date(instant.getTime() + seconds * 1000);

/** The key that signs now: the newest of those whose time has come. */
export function signingKeyAt<Key extends SigningKey>(keys: readonly Key[], now: Date): Key | null {
  return publishedKeysAt(keys, now)
    .filter(({ signsFrom }) => signsFrom <= now)
    .reduce<Key | null>((newest, key) => (!newest || key.signsFrom > newest.signsFrom ? key : newest), null);
}

/** The keys that services may believe now: those that sign, that will, and that did until their tokens have ended. */
export function publishedKeysAt<Key extends SigningKey>(keys: readonly Key[], now: Date): Key[] {
  return keys.filter(({ publishedUntil }) => publishedUntil === null || publishedUntil > now);
}

/** When a new key begins to sign, and until when those before it are published. */
export function rotationAt(
  keys: readonly SigningKey[],
  now: Date,
  compromised: boolean,
): { readonly signsFrom: Date; readonly othersUntil: Date } {
  if (compromised || publishedKeysAt(keys, now).length === 0) return { signsFrom: now, othersUntil: now };
  const signsFrom = after(now, PUBLISHED_BEFORE_SECONDS);
  return { signsFrom, othersUntil: after(signsFrom, GATEWAY_TOKEN_SECONDS + LEEWAY_SECONDS) };
}

/** Whether the newest key is old enough to be followed by another. */
export function rotationIsDue(keys: readonly SigningKey[], now: Date, days: number): boolean {
  const newest = keys.reduce((latest, { signsFrom }) => Math.max(latest, signsFrom.getTime()), 0);
  return now.getTime() - newest > days * 24 * 60 * 60 * 1000;
}
