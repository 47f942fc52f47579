import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';

type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

/** Says a sentence to whoever listens instead of looks; politely, after what is being spoken. */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

/** The one live region of the page. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  const turn = useRef(false);
  const announce = useCallback<Announce>((next) => {
    // The same sentence twice must change something, or it is not spoken again.
    turn.current = !turn.current;
    setText(next + (turn.current ? '\u00a0' : ''));
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
        {text}
      </div>
    </AnnounceContext>
  );
}
