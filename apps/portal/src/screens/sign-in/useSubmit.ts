import { useState, type FormEvent } from 'react';
import { useProblemText } from '../../components/state/useProblemText';

/** One form at the door: sent once at a time, and what went wrong as a sentence. */
export function useSubmit(send: () => Promise<unknown>) {
  const textOf = useProblemText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await send();
    } catch (error) {
      setFailure(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, submit: (event: FormEvent) => void submit(event) };
}
