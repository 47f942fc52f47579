import { Button } from 'antd';
import { useRef, useState } from 'react';
import type { PayRunDetail } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { useSignDifference, type Difference } from '../../api/take-overs';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';

interface SignaturesProps {
  readonly run: PayRunDetail;
  readonly difference: Difference;
}

const WANTED = 2;

/** Who has signed what stands above, and the second person's turn. */
export function Signatures({ run, difference }: SignaturesProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const heading = useRef<HTMLHeadingElement>(null);
  const { signatures } = difference;
  return (
    <section aria-labelledby="signatures">
      <h2 id="signatures" tabIndex={-1} ref={heading}>
        {t.money.difference.signatures}
      </h2>
      <p>
        {signatures.length === 0
          ? t.money.difference.unsigned
          : t.money.difference.signaturesCaption(signatures.length)}
      </p>
      {signatures.length > 0 && (
        <ol>
          {signatures.map(({ id, role }) => (
            <li key={id}>{t.money.steps.by(t.roleName(role), id === me?.userId)}</li>
          ))}
        </ol>
      )}
      <Turn run={run} difference={difference} signed={() => heading.current?.focus()} />
    </section>
  );
}

function Turn({ run, difference, signed }: SignaturesProps & { signed(): void }) {
  const t = useTexts();
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  const { mutateAsync, isPending } = useSignDifference(run.runNo);
  const trying = useTrying();
  const { sha256, lines, signatures } = difference;
  if (signatures.length >= WANTED) return <Banner kind="success" title={t.money.difference.both} />;
  if (run.state !== 'ordered' && run.state !== 'closed') {
    return (
      <Banner kind="info" title={t.money.difference.notFinal}>
        <p>{t.money.difference.notFinalText}</p>
      </Banner>
    );
  }
  if (signatures.some(({ id, onBehalfOf }) => id === me?.userId || onBehalfOf === me?.userId)) {
    return (
      <Banner kind="warning" title={t.money.difference.mine}>
        <p>{t.money.difference.mineText}</p>
      </Banner>
    );
  }
  if (!me?.permissions.includes('take-over:sign')) {
    return <Banner kind="info" title={t.money.difference.notYours} />;
  }
  const sign = async () => {
    const done = await trying.run(
      () => mutateAsync({ sha256 }),
      () => t.money.difference.done,
      t.money.difference.notDone,
    );
    setAsking(false);
    if (done) signed();
  };
  return (
    <>
      <TryFailure trying={trying} />
      {signatures.length > 0 && <p>{t.money.difference.one}</p>}
      <Button type="primary" onClick={() => setAsking(true)}>
        {t.money.difference.submit}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t.money.difference.sure}
        confirm={t.money.difference.submit}
        busy={isPending}
        onConfirm={() => void sign()}
        onCancel={() => setAsking(false)}
      >
        <p>{t.money.difference.sureText(lines.length)}</p>
      </ConfirmDialog>
    </>
  );
}
