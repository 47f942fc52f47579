/** How a caller may react. One filter maps it to an HTTP status; no HTTP word appears in `domain/` or `app/`. */
export type DomainErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** It has changed since the caller looked at it. */
  | 'outdated'
  /** The caller does not say what it has looked at. */
  | 'unseen'
  | 'too-many';

/**
 * A refusal that the caller can do something about. `slug` is stable and machine-readable (`card-not-valid`),
 * `message` is Chinese and says what to do next. Neither ever contains a person's data.
 */
export abstract class DomainError extends Error {
  abstract readonly slug: string;
  abstract readonly kind: DomainErrorKind;
  /** Facts about the refusal that a client may show or act on; ids and codes only. */
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = new.target.name;
    if (details) this.details = details;
  }
}
