import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useComfort } from '../theme/ComfortProvider';
import { zh, type Texts } from './zh';

const TextsContext = createContext<Texts>(zh);

/** Every word that is read on the screens, in the language that was chosen. */
export const useTexts = (): Texts => useContext(TextsContext);

/** Chinese is there at once; English is fetched when somebody chooses it, and until then Chinese stands. */
export function TextsProvider({ children }: { readonly children: ReactNode }) {
  const { comfort } = useComfort();
  const [english, setEnglish] = useState<Texts | null>(null);
  const wanted = comfort.language === 'en';

  useEffect(() => {
    if (!wanted) return;
    let here = true;
    void import('./en').then(({ en }) => {
      if (here) setEnglish(en);
    });
    return () => {
      here = false;
    };
  }, [wanted]);

  const texts = wanted && english ? english : zh;
  useEffect(() => {
    document.documentElement.lang = texts.lang;
  }, [texts]);
  return <TextsContext value={texts}>{children}</TextsContext>;
}
