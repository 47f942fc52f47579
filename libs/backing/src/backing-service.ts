/** Where a backing service comes from. */
export type Source = 'environment' | 'docker' | 'binary' | 'embedded';

export type BackingState = 'looking' | 'fetching' | 'starting' | 'ready' | 'died';

/** One backing service, whoever runs it. */
export interface BackingService {
  readonly source: Source;
  /** For people: which version from where, or why nothing better could be had. Never holds a password. */
  readonly detail: string;
  /** Ends it at once and leaves it down, as a crash does. @throws Error if it is not ours to kill. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port and data; stops it first if it runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Somebody else's server, or nothing at all: there is nothing to steer. */
export function notOurs(source: Source, detail: string): BackingService {
  const refuse = () => Promise.reject(new Error(`not started by us, so not ours to stop: ${detail}`));
  return { source, detail, kill: refuse, restart: refuse, stop: () => Promise.resolve() };
}
