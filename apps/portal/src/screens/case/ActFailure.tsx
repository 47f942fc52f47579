import { Button } from 'antd';
import { useNavigate } from 'react-router';
import { isProblem } from '../../api/problem';
import { Banner } from '../../components/state/Banner';
import { TraceNumber } from '../../components/state/TraceNumber';
import { useProblemText } from '../../components/state/useProblemText';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import type { Acting } from './useActing';

/** Why the last act was not done: where somebody else was quicker, the way to the next case; where something changed, what one typed stays. */
export function ActFailure({ acting }: { readonly acting: Acting }) {
  const t = useTexts();
  const textOf = useProblemText();
  const navigate = useNavigate();
  if (!acting.failure) return null;
  const { act, error } = acting.failure;
  const taken = isProblem(error, 409);
  const outdated = isProblem(error, 412) || isProblem(error, 428);
  const conflict = taken || outdated;
  const traceId = isProblem(error) ? error.traceId : null;
  return (
    <Banner
      kind={conflict ? 'warning' : 'error'}
      urgent
      title={t.case.notDone[act.kind]}
      actions={
        <>
          {taken && (
            <Button type="primary" onClick={() => void navigate(routes.queue)}>
              {t.queue.toQueue}
            </Button>
          )}
          <Button onClick={acting.forget}>{t.form.close}</Button>
        </>
      }
    >
      <p>{textOf(error)}</p>
      {conflict && <p>{t.case.reloaded}</p>}
      {outdated && <p>{t.case.kept}</p>}
      {traceId && !conflict && <TraceNumber traceId={traceId} />}
    </Banner>
  );
}
