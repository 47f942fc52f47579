import { Button } from 'antd';
import { useStartReconciliation } from '../../api/gaps';
import { useMe } from '../../api/session';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { useTexts } from '../../texts/TextsProvider';

/** Begins a run now; the nightly one needs nobody. */
export function StartRun() {
  const t = useTexts();
  const { data: me } = useMe();
  const { mutateAsync, isPending } = useStartReconciliation();
  const trying = useTrying();
  if (!me?.permissions.includes('reconciliation:run')) return null;
  const start = () =>
    trying.run(
      () => mutateAsync(undefined),
      ({ runs }) => (runs.some(({ begun }) => begun) ? t.coverage.begun : t.coverage.underWay),
      t.coverage.notBegun,
    );
  return (
    <>
      <Button type="primary" loading={isPending} onClick={() => void start()}>
        {t.coverage.start}
      </Button>
      <TryFailure trying={trying} />
    </>
  );
}
