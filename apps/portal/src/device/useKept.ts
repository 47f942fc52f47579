import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Bag } from './kept';
import { onKept, openVault, signsOfKept, type KeptSign, type Vault } from './vault';

/** For whom something is kept on this device; null while it is being looked up. */
export function useKeptSigns(): readonly KeptSign[] | null {
  const [signs, setSigns] = useState<readonly KeptSign[] | null>(null);
  useEffect(() => {
    let here = true;
    const look = () =>
      void signsOfKept().then(
        (found) => here && setSigns(found),
        // A browser that lets nothing be kept (a private window) has nothing.
        () => here && setSigns([]),
      );
    look();
    const stop = onKept(look);
    return () => {
      here = false;
      stop();
    };
  }, []);
  return signs;
}

/** What is open in this window, as it stands. */
export function useOpenBag(): { readonly vault: Vault | null; readonly bag: Bag | null } {
  const vault = useSyncExternalStore(onKept, openVault);
  const [read, setRead] = useState<{ readonly of: Vault; readonly bag: Bag } | null>(null);
  useEffect(() => {
    let here = true;
    const look = () => {
      const of = openVault();
      void of?.read().then(
        (bag) => here && setRead({ of, bag }),
        () => here && setRead(null),
      );
    };
    look();
    const stop = onKept(look);
    return () => {
      here = false;
      stop();
    };
  }, []);
  return { vault, bag: read !== null && read.of === vault ? read.bag : null };
}
