import { Button } from 'antd';
import { useState } from 'react';
import { useCancelRun, type PayRunDetail } from '../../api/pay-runs';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { useTexts } from '../../texts/TextsProvider';
import { ReasonField } from '../../components/input/ReasonField';
import { TryFailure } from '../../components/state/TryFailure';
import { MOST_WORDS, saysNothing, useTrying } from '../../components/state/useTrying';

/** The run is given up, with the reason, while no money is ordered. */
export function CancelRun({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { mutateAsync, isPending } = useCancelRun(run.runNo);
  const trying = useTrying();
  const cancel = async () => {
    if (saysNothing(reason)) return setError(t.money.cancel.missing);
    setError(null);
    await trying.run(
      () => mutateAsync({ version: run.version, reason: reason.trim() }),
      () => t.money.cancel.done,
      t.money.cancel.notDone,
    );
    setOpen(false);
  };
  return (
    <>
      <TryFailure trying={trying} />
      <div className="buttons">
        <Button onClick={() => setOpen(true)}>{t.money.cancel.open}</Button>
      </div>
      <ConfirmDialog
        open={open}
        title={t.money.cancel.title}
        confirm={t.money.cancel.submit}
        danger
        busy={isPending}
        onConfirm={() => void cancel()}
        onCancel={() => setOpen(false)}
      >
        <p>{t.money.cancel.text}</p>
        <ReasonField
          id="cancel-reason"
          label={t.money.cancel.reason}
          most={MOST_WORDS}
          error={error}
          value={reason}
          onChange={setReason}
        />
      </ConfirmDialog>
    </>
  );
}
