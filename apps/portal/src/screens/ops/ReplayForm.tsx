import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useDryRun, useProposeReplay, type ParkedDetail } from '../../api/ops';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { TryFailure } from '../../components/state/TryFailure';
import { tryingOf } from '../../components/state/useTrying';
import { replayAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import { EffectTable } from './EffectTable';

interface ReplayFormProps {
  readonly service: string;
  readonly message: ParkedDetail;
}

/** A replay: tried dry, looked at, then proposed with a reason for somebody else to approve. */
export function ReplayForm({ service, message }: ReplayFormProps) {
  const t = useTexts();
  const words = t.ops.message;
  const announce = useAnnounce();
  const navigate = useNavigate();
  const dryRun = useDryRun(service, message.id);
  const propose = useProposeReplay(service, message.id);
  const [reason, setReason] = useState('');
  const { errors, errorOf, judge } = useFieldErrors();
  if (message.state !== 'failed' && message.state !== 'waiting') return <p>{words.closed}</p>;
  const tryDry = () =>
    dryRun.mutate(undefined, {
      onSuccess: (results) => {
        const bad = results.filter(({ outcome }) => outcome === 'failed').length;
        announce(words.dryRunDone(results.length - bad, bad));
      },
    });
  const submit = () => {
    const found = [
      ...(dryRun.data ? [] : [{ field: 'dry-run', text: words.dryFirst }]),
      ...(isTooShort(reason) ? [{ field: 'replay-reason', text: words.reasonMissing }] : []),
    ];
    if (!judge(found)) return;
    propose.mutate(reason.trim(), {
      onSuccess: ({ replayId }) => {
        announce(words.proposed);
        void navigate(replayAt(service, replayId));
      },
    });
  };
  return (
    <>
      <p>{words.dryRunHelp}</p>
      <p>
        <Button id="dry-run" loading={dryRun.isPending} onClick={tryDry}>
          {dryRun.data ? words.dryRunAgain : words.dryRun}
        </Button>
      </p>
      <TryFailure trying={tryingOf(dryRun, words.dryRunFailed)} />
      {dryRun.data && (
        <>
          <EffectTable results={dryRun.data} />
          {dryRun.data.some(({ outcome }) => outcome === 'failed') && (
            <Banner kind="warning" title={words.wouldFail} />
          )}
        </>
      )}
      <WorkForm errors={errors} submit={submit}>
        <TryFailure trying={tryingOf(propose, words.notProposed)} />
        <ReasonField
          id="replay-reason"
          label={words.reason}
          error={errorOf('replay-reason')}
          value={reason}
          onChange={setReason}
        />
        <p>{words.proposeHelp}</p>
        <Button type="primary" htmlType="submit" loading={propose.isPending}>
          {words.propose}
        </Button>
      </WorkForm>
    </>
  );
}
