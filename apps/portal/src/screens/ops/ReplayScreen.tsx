import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useApproveReplay, useReplay, type Replay } from '../../api/ops';
import { useMe } from '../../api/session';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { Loaded } from '../../components/state/Loaded';
import { TryFailure } from '../../components/state/TryFailure';
import { tryingOf } from '../../components/state/useTrying';
import { parkedAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { EffectTable } from './EffectTable';
import { FactList } from './FactList';
import { OpsPage } from './OpsPage';
import { ReplayState } from './ReplayState';

/** O7: what was proposed, on whose word it was done, and what came of each message. */
export function ReplayScreen() {
  const { service = '', replayId = '' } = useParams();
  const t = useTexts();
  const [justDone, setJustDone] = useState(false);
  return (
    <OpsPage title={t.ops.replay.title} heading={t.ops.replay.heading(t.ops.serviceName(service))}>
      <Loaded query={useReplay(service, replayId)} what={t.ops.replay.title}>
        {(replay) => (
          <>
            <Facts service={service} replay={replay} />
            <Standing service={service} replay={replay} onDone={() => setJustDone(true)} />
            {replay.results !== null && (
              <>
                <ResultsHeading focused={justDone} />
                <EffectTable results={replay.results} done />
              </>
            )}
            <h2>{t.ops.replay.expected}</h2>
            <EffectTable results={replay.expected} />
          </>
        )}
      </Loaded>
    </OpsPage>
  );
}

interface ReplayOf {
  readonly service: string;
  readonly replay: Replay;
}

function Facts({ service, replay }: ReplayOf) {
  const t = useTexts();
  const words = t.ops.replays;
  const moment = (at: string) => t.format.moment(new Date(at));
  const facts = [
    [words.state, <ReplayState key="state" {...replay} />],
    [words.reason, replay.reason],
    [words.proposedBy, replay.proposedBy],
    [t.ops.replay.proposedAt, moment(replay.proposedAt)],
    [t.ops.replay.expiresAt, moment(replay.expiresAt)],
    [words.approvedBy, replay.approvedBy ?? words.notYet],
    [t.ops.replay.approvedAt, replay.approvedAt === null ? words.notYet : moment(replay.approvedAt)],
  ] as const;
  return (
    <FactList facts={facts}>
      {replay.parkedId !== null && (
        <p>
          <Link to={parkedAt(service, replay.parkedId)}>{t.ops.replay.toMessage}</Link>
        </p>
      )}
    </FactList>
  );
}

/** Has the focus when the button that had it has gone. */
function ResultsHeading({ focused }: { readonly focused: boolean }) {
  const t = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focused) heading.current?.focus();
  }, [focused]);
  return (
    <h2 ref={heading} tabIndex={-1}>
      {t.ops.replay.results}
    </h2>
  );
}

interface ApproveOf extends ReplayOf {
  onDone(): void;
}

/** What is to be done with it now: by whoever did not propose it. */
function Standing({ service, replay, onDone }: ApproveOf) {
  const t = useTexts();
  const words = t.ops.replay;
  const { data: me } = useMe();
  if (replay.state === 'expired') return <Banner kind="warning" title={words.expired} />;
  if (replay.state === 'approved') return <Banner kind="info" title={words.running} />;
  if (replay.state === 'finished') {
    const failed = (replay.results ?? []).filter(({ outcome }) => outcome === 'failed').length;
    return failed === 0 ? (
      <Banner kind="success" title={words.allDone} />
    ) : (
      <Banner kind="error" title={words.someFailed(failed)} />
    );
  }
  return (
    <>
      <Banner kind="info" title={me?.userId === replay.proposedBy ? words.own : words.waiting} />
      {me && me.userId !== replay.proposedBy && <Approve service={service} replay={replay} onDone={onDone} />}
    </>
  );
}

function Approve({ service, replay, onDone }: ApproveOf) {
  const t = useTexts();
  const words = t.ops.replay;
  const announce = useAnnounce();
  const approve = useApproveReplay(service, replay.replayId);
  const [asking, setAsking] = useState(false);
  const run = async () => {
    setAsking(false);
    try {
      // Awaited: what is shown by then has no button any more that anything could be told to.
      const { results } = await approve.mutateAsync();
      const failed = (results ?? []).filter(({ outcome }) => outcome === 'failed').length;
      announce(words.approved((results?.length ?? 0) - failed, failed));
      onDone();
    } catch {
      // Said above the button.
    }
  };
  return (
    <>
      <TryFailure trying={tryingOf(approve, words.notApproved)} />
      <p>
        <Button type="primary" loading={approve.isPending} onClick={() => setAsking(true)}>
          {words.approve}
        </Button>
      </p>
      <ConfirmDialog
        open={asking}
        title={words.approveTitle}
        confirm={words.approve}
        onConfirm={() => void run()}
        onCancel={() => setAsking(false)}
      >
        <p>{words.approveText}</p>
      </ConfirmDialog>
    </>
  );
}
