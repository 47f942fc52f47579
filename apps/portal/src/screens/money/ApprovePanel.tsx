import { Button } from 'antd';
import { useState } from 'react';
import { useApproveRun, type PayRunDetail } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';

/** A second person approves what stands here. Who planned it reads that it is not theirs; the service refuses them too. */
export function ApprovePanel({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  const { mutateAsync, isPending } = useApproveRun(run.runNo);
  const trying = useTrying();
  const { version, count, fen } = run;
  const mine = run.plannedBy === me?.userId;
  const may = me?.permissions.includes('pay-run:approve') ?? false;
  const approve = async () => {
    await trying.run(
      () => mutateAsync({ version, count, fen }),
      () => t.money.approve.done,
      t.money.approve.notDone,
    );
    setAsking(false);
  };
  return (
    <>
      <TryFailure trying={trying} />
      <Banner
        kind={mine ? 'warning' : 'info'}
        title={mine ? t.money.approve.fourEyesTitle : t.money.approve.ready(count, fen)}
        actions={
          may &&
          !mine && (
            <Button type="primary" onClick={() => setAsking(true)}>
              {t.money.approve.submit}
            </Button>
          )
        }
      >
        {mine && <p>{t.money.approve.fourEyesText}</p>}
        {!mine && <p>{may ? t.money.approve.text : t.money.approve.notYours}</p>}
      </Banner>
      <ConfirmDialog
        open={asking}
        title={t.money.approve.sure}
        confirm={t.money.approve.submit}
        busy={isPending}
        onConfirm={() => void approve()}
        onCancel={() => setAsking(false)}
      >
        <p>{count === 0 ? t.money.approve.nothing : t.money.approve.sureText(count, fen)}</p>
      </ConfirmDialog>
    </>
  );
}
