import { useState } from 'react';
import { useCaseAct, type CaseAct, type CaseDetail, type CaseKey } from '../../api/cases';
import { useAnnounce } from '../../components/page/Announcer';
import { useTexts } from '../../texts/TextsProvider';

/** What somebody does with the case that is open, and how the last try went. */
export interface Acting {
  readonly busy: boolean;
  /** The act that failed last, and how. */
  readonly failure: { readonly act: CaseAct; readonly error: unknown } | null;
  forget(): void;
  /** @returns whether it was done */
  run(act: CaseAct): Promise<boolean>;
}

/** @param detail in the version that somebody looks at */
export function useActing(which: CaseKey, detail: Pick<CaseDetail, 'version'>): Acting {
  const t = useTexts();
  const announce = useAnnounce();
  const { mutateAsync, isPending } = useCaseAct(which);
  const [failure, setFailure] = useState<Acting['failure']>(null);
  return {
    busy: isPending,
    failure,
    forget: () => setFailure(null),
    run: async (act) => {
      setFailure(null);
      try {
        await mutateAsync({ act, version: detail.version, key: crypto.randomUUID() });
        announce(t.case.done[act.kind]);
        return true;
      } catch (error) {
        setFailure({ act, error });
        return false;
      }
    },
  };
}
