/** What a service says when it refuses or fails (RFC 9457). */
interface ProblemBody {
  readonly type?: string;
  readonly detail?: string;
  readonly traceId?: string | null;
  readonly retryable?: boolean;
  readonly errors?: readonly FieldProblem[];
  readonly [extension: string]: unknown;
}

/** Where in a request something was wrong. */
export interface FieldProblem {
  readonly pointer?: string;
  readonly message?: string;
}

const URN = 'urn:onething:problem:';

/** An answer that is no success, or none at all. */
export class Problem extends Error {
  constructor(
    /** 0: nothing came back. */
    readonly status: number,
    private readonly body: ProblemBody = {},
  ) {
    super(body.detail ?? `HTTP ${status}`);
    this.name = 'Problem';
  }

  /** Its name, e.g. `claimed-by-another`; null where a server says no more than its status. */
  get slug(): string | null {
    return this.body.type?.startsWith(URN) ? this.body.type.slice(URN.length) : null;
  }

  /** A Chinese sentence that says what to do. */
  get detail(): string | null {
    return this.body.detail ?? null;
  }

  get traceId(): string | null {
    return this.body.traceId ?? null;
  }

  get fields(): readonly FieldProblem[] {
    return this.body.errors ?? [];
  }

  /** A fact of the refusal that is a text, such as since when a task is somebody else's. */
  fact(name: string): string | null {
    const value = this.body[name];
    return typeof value === 'string' ? value : null;
  }
}

export const isProblem = (error: unknown, status?: number): error is Problem =>
  error instanceof Problem && (status === undefined || error.status === status);

/** Reads the body of a refusal; one that cannot be read is a refusal without words. */
export async function problemOf(response: Response): Promise<Problem> {
  try {
    return new Problem(response.status, (await response.clone().json()) as ProblemBody);
  } catch {
    return new Problem(response.status);
  }
}
