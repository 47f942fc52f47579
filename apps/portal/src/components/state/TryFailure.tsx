import { Button } from 'antd';
import { isProblem } from '../../api/problem';
import { Banner } from './Banner';
import { TraceNumber } from './TraceNumber';
import { useProblemText } from './useProblemText';
import { useTexts } from '../../texts/TextsProvider';
import type { Trying } from './useTrying';

/** Why the last thing was not done: what was refused is a warning, what broke an error with its number. */
export function TryFailure({ trying }: { readonly trying: Trying }) {
  const t = useTexts();
  const textOf = useProblemText();
  if (!trying.failure) return null;
  const { title, error } = trying.failure;
  const broke = !isProblem(error) || error.status === 0 || error.status >= 500;
  return (
    <Banner
      kind={broke ? 'error' : 'warning'}
      urgent
      title={title}
      actions={<Button onClick={trying.forget}>{t.form.close}</Button>}
    >
      <p>{textOf(error)}</p>
      {broke && isProblem(error) && error.traceId && <TraceNumber traceId={error.traceId} />}
    </Banner>
  );
}
