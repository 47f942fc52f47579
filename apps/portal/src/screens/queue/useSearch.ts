import { useState } from 'react';
import { useQueueSearch } from '../../api/queue';

/** Looking for a name: it goes in a body, never in an address, and is forgotten when the page is left. */
export function useSearch() {
  const [name, setName] = useState<string | null>(null);
  const result = useQueueSearch(name);
  return { name, result, look: (wanted: string) => setName(wanted), clear: () => setName(null) };
}

export type Search = ReturnType<typeof useSearch>;
