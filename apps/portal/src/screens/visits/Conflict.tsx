import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { CaseDetail } from '../../api/cases';
import { Problem } from '../../api/problem';
import { useMe } from '../../api/session';
import { caseNow } from '../../api/visits';
import { StatusChip } from '../../components/case/StatusChip';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { useAnnounce } from '../../components/page/Announcer';
import { Loaded } from '../../components/state/Loaded';
import { useOnline } from '../../components/state/useOnline';
import { useProblemText } from '../../components/state/useProblemText';
import {
  asWritten,
  withMatter,
  withoutMatter,
  withVisit,
  type KeptMatter,
  type KeptVisit,
  type Refused,
} from '../../device/kept';
import type { Vault } from '../../device/vault';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface ConflictProps {
  readonly vault: Vault;
  readonly visit: KeptVisit;
  readonly matter: KeptMatter;
  readonly refused: Refused;
  /** The record is gone, and with it what had the focus. */
  gone(): void;
}

/** A record that the owner did not take: why, what was written here, what stands there, and what the officer makes of it. */
export function Conflict({ vault, visit, matter, refused, gone }: ConflictProps) {
  const t = useTexts();
  const textOf = useProblemText();
  const announce = useAnnounce();
  const online = useOnline();
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  const { owner, caseId, title, stepTitle, papers } = matter;
  const signedIn = online && me !== undefined;
  const now = useQuery({
    queryKey: ['visit-now', caseId],
    queryFn: () => caseNow({ owner, caseId }),
    enabled: signedIn,
    staleTime: 0,
    gcTime: 0,
  });
  const again = async (version: number) => {
    await vault.change((bag) =>
      withMatter(bag, visit.personId, caseId, {
        version,
        record: (record) => ({ ...asWritten(record), key: crypto.randomUUID() }),
      }),
    );
    gone();
  };
  const discard = async () => {
    setAsking(false);
    await vault.change((bag) => withVisit(bag, visit.personId, (each) => withoutMatter(each, caseId)));
    announce(t.visits.conflict.discarded);
    gone();
  };
  const received = visit.record?.matters[caseId]?.received ?? [];
  const names = papers.filter(({ material }) => received.includes(material)).map((paper) => paper.title);
  return (
    <section className="visit-conflict" aria-labelledby={`conflict-${caseId}`}>
      <h4 id={`conflict-${caseId}`}>{t.visits.conflict.title(t.visits.matter(title, stepTitle))}</h4>
      <p>{textOf(problemOf(refused))}</p>
      <h5>{t.visits.conflict.mine}</h5>
      {visit.record && (
        <p>
          {t.visits.form.tellsDay(t.format.day(visit.record.visitedOn))}
          {visit.record.note}
        </p>
      )}
      {names.length > 0 && <p>{t.visits.conflict.papers(names.join('、'))}</p>}
      <h5>{t.visits.conflict.now}</h5>
      {signedIn ? (
        <Loaded query={now} what={t.visits.conflict.loading} lines={2}>
          {(detail) => <Now detail={detail} step={matter.step} again={(version) => void again(version)} />}
        </Loaded>
      ) : (
        <p>{t.visits.conflict.loadOffline}</p>
      )}
      <div className="buttons">
        <Button danger onClick={() => setAsking(true)}>
          {t.visits.conflict.discard}
        </Button>
        <Link to={caseAt(owner, caseId)} className="visit-link">
          {t.visits.conflict.open}
        </Link>
      </div>
      <p className="field-help">{t.visits.conflict.keep}</p>
      <ConfirmDialog
        open={asking}
        title={t.visits.conflict.discardTitle}
        confirm={t.visits.conflict.discardGo}
        danger
        onConfirm={() => void discard()}
        onCancel={() => setAsking(false)}
      >
        <p>{t.visits.conflict.discardText}</p>
      </ConfirmDialog>
    </section>
  );
}

interface NowProps {
  readonly detail: CaseDetail;
  readonly step: string;
  again(version: number): void;
}

/** What stands in the system: who did the step, or that it is still to be done and by whom. */
function Now({ detail, step, again }: NowProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const done = detail.steps.find((each) => each.step === step)?.done;
  const next = detail.steps.find((each) => each.step === detail.task?.step);
  const open = detail.task?.step === step;
  const held = detail.claim !== null && detail.claim.by !== me?.userId;
  return (
    <>
      <p>
        <StatusChip status={detail.status} />
      </p>
      {done && !open && (
        <p>
          {t.visits.conflict.stepDone(
            t.case.doneBy(t.roleName(done.role), done.by === me?.userId, t.format.moment(new Date(done.at))),
          )}
          {done.note && ` ${t.case.note(done.note)}`}
        </p>
      )}
      {open ? (
        <p>{held ? t.visits.conflict.held : t.visits.conflict.stillOpen}</p>
      ) : (
        <p>{next ? t.visits.conflict.taskNow(next.title) : t.visits.conflict.noTask}</p>
      )}
      {open && !held && (
        <>
          <p>{t.visits.conflict.againHelp}</p>
          <Button type="primary" onClick={() => again(detail.version)}>
            {t.visits.conflict.again}
          </Button>
        </>
      )}
    </>
  );
}

const problemOf = ({ status, slug, detail }: Refused) =>
  new Problem(status, {
    ...(slug && { type: `urn:onething:problem:${slug}` }),
    ...(detail && { detail }),
  });
