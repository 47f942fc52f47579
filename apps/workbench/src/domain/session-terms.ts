/** How long a session lives. */
export interface SessionTerms {
  /** Minutes without a request after which it ends. */
  readonly idleMinutes: number;
  /** Hours after which it ends whatever happens. */
  readonly hours: number;
}

/** A session as it is checked at every request. */
export interface Session {
  /** What its owner sees of it; not what opens it. */
  readonly sessionId: string;
  readonly accountId: string;
  readonly userId: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly endsAt: Date;
}

/** Being seen is written at most so often; an idle session may end by so much early, and never late. */
const SEEN_EVERY_MS = 60_000;

export function endOf(startedAt: Date, { hours }: SessionTerms): Date {
  return new Date(startedAt.getTime() + hours * 60 * 60 * 1000);
}

export function idleEndOf(
  { lastSeenAt, endsAt }: Pick<Session, 'lastSeenAt' | 'endsAt'>,
  { idleMinutes }: SessionTerms,
): Date {
  return new Date(Math.min(lastSeenAt.getTime() + idleMinutes * 60_000, endsAt.getTime()));
}

export function isAlive(session: Session, now: Date, terms: SessionTerms): boolean {
  return now < idleEndOf(session, terms);
}

export function mustBeSeen({ lastSeenAt }: Session, now: Date): boolean {
  return now.getTime() - lastSeenAt.getTime() >= SEEN_EVERY_MS;
}
