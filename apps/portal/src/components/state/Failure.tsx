import { Button } from 'antd';
import { isProblem } from '../../api/problem';
import { useTexts } from '../../texts/TextsProvider';
import { Banner } from './Banner';
import { TraceNumber } from './TraceNumber';
import { useProblemText } from './useProblemText';

interface FailureProps {
  readonly error: unknown;
  /** What could not be shown, e.g. 待办队列. */
  readonly what: string;
  readonly retry?: () => void;
}

/** Something could not be fetched: what happened, what to do, and the number to tell. Not allowed is told apart from broken. */
export function Failure({ error, what, retry }: FailureProps) {
  const t = useTexts();
  const textOf = useProblemText();
  const forbidden = isProblem(error, 403);
  const gone = isProblem(error, 404);
  const traceId = isProblem(error) ? error.traceId : null;
  const title = forbidden ? t.states.forbidden(what) : gone ? t.states.notFound(what) : t.states.failed(what);
  return (
    <Banner
      kind={forbidden || gone ? 'warning' : 'error'}
      urgent={!forbidden && !gone}
      title={title}
      actions={retry && !forbidden && !gone ? <Button onClick={retry}>{t.states.retry}</Button> : undefined}
    >
      <p>{textOf(error)}</p>
      {forbidden && <p>{t.states.whomToAsk}</p>}
      {traceId && <TraceNumber traceId={traceId} />}
    </Banner>
  );
}
