import { useState } from 'react';
import { useAnnounce } from '../page/Announcer';

/** How the last try of something went. */
export interface Trying {
  /** What failed, in words, and how; null: nothing did. */
  readonly failure: { readonly title: string; readonly error: unknown } | null;
  forget(): void;
}

/** A change as a try. @param title what stands over the reason when it is not done */
export function tryingOf(change: { readonly error: unknown; reset(): void }, title: string): Trying {
  return { failure: change.error === null ? null : { title, error: change.error }, forget: change.reset };
}

/** Tries things, says what came of them, and keeps what failed until somebody has read it. */
export function useTrying() {
  const announce = useAnnounce();
  const [failure, setFailure] = useState<Trying['failure']>(null);
  return {
    failure,
    forget: () => setFailure(null),
    /**
     * @param done what is said when it is done
     * @param notDone what stands over the reason when it is not
     * @returns null where it failed
     */
    run: async <Result>(
      what: () => Promise<Result>,
      done: (result: Result) => string,
      notDone: string,
    ): Promise<Result | null> => {
      setFailure(null);
      try {
        const result = await what();
        announce(done(result));
        return result;
      } catch (error) {
        setFailure({ title: notDone, error });
        return null;
      }
    },
  };
}

/** Notes and reasons, as the service takes them: 2 to 200 characters. */
export const MOST_WORDS = 200;
export const saysNothing = (text: string): boolean => text.trim().length < 2;
