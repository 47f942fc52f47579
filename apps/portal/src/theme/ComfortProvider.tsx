import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { storeComfort, storedComfort, type Comfort } from './comfort';

interface ComfortChoice {
  readonly comfort: Comfort;
  /** What `look` comes to, with what the machine asks for. */
  readonly scheme: 'light' | 'dark' | 'contrast';
  /** The machine asks for no movement. */
  readonly calm: boolean;
  choose(change: Partial<Comfort>): void;
}

const ComfortContext = createContext<ComfortChoice | null>(null);

export function useComfort(): ComfortChoice {
  const choice = useContext(ComfortContext);
  if (!choice) throw new Error('useComfort outside of ComfortProvider');
  return choice;
}

/** Look, density and language for everything below. */
export function ComfortProvider({ children }: { readonly children: ReactNode }) {
  const [comfort, setComfort] = useState(storedComfort);
  const wantsDark = useMedia('(prefers-color-scheme: dark)');
  const wantsContrast = useMedia('(prefers-contrast: more)');
  const calm = useMedia('(prefers-reduced-motion: reduce)');
  const scheme =
    comfort.look !== 'system' ? comfort.look : wantsContrast ? 'contrast' : wantsDark ? 'dark' : 'light';

  useEffect(() => {
    document.documentElement.dataset['scheme'] = scheme;
    document.documentElement.dataset['density'] = comfort.density;
  }, [scheme, comfort.density]);

  const choice = useMemo<ComfortChoice>(
    () => ({
      comfort,
      scheme,
      calm,
      choose: (change) =>
        setComfort((before) => {
          const after = { ...before, ...change };
          storeComfort(after);
          return after;
        }),
    }),
    [comfort, scheme, calm],
  );
  return <ComfortContext value={choice}>{children}</ComfortContext>;
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    list.addEventListener('change', change);
    return () => list.removeEventListener('change', change);
  }, [query]);
  return matches;
}
