import { useState } from 'react';

/**
 * Where a list is read on: forward by what its last answer named, and back to its beginning.
 * @param question what is asked beside the page; another question begins anew
 */
export function useCursor<Cursor>(question: string) {
  const [at, setAt] = useState<{ readonly question: string; readonly after: Cursor } | null>(null);
  const after = at?.question === question ? at.after : null;
  return {
    after,
    onFirst: after === null ? undefined : () => setAt(null),
    /** @param next null: there is no more */
    onNext: (next: Cursor | null) => (next === null ? undefined : () => setAt({ question, after: next })),
  };
}
