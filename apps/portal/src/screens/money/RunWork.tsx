import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { isAtWork, type PayRunDetail, type ReturnReport } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ApprovePanel } from './ApprovePanel';
import { CancelRun } from './CancelRun';
import { ExportPanel } from './ExportPanel';
import { ReturnForm } from './ReturnForm';
import { ReturnResult } from './ReturnResult';

/** What is to be done with the run now, and by whom. */
export function RunWork({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const [report, setReport] = useState<ReturnReport | null>(null);
  const heading = useNews(run);
  const may = (permission: string) => me?.permissions.includes(permission) ?? false;
  return (
    <section className="run-now" aria-labelledby="run-now">
      <h2 id="run-now" tabIndex={-1} ref={heading}>
        {t.money.now}
      </h2>
      {report && <ReturnResult report={report} />}
      <Now run={run} mayExport={may('pay-run:export')} took={setReport} />
      {(run.state === 'planning' || run.state === 'planned') &&
        (may('pay-run:plan') || may('pay-run:approve')) && <CancelRun run={run} />}
    </section>
  );
}

interface NowProps {
  readonly run: PayRunDetail;
  readonly mayExport: boolean;
  took(report: ReturnReport): void;
}

function Now({ run, mayExport, took }: NowProps) {
  const t = useTexts();
  const { state } = run;
  if (isAtWork(state)) {
    return (
      <Banner kind="info" title={t.money.nowIn(t.money.states[state])}>
        <p>{t.money.working[state as keyof typeof t.money.working]}</p>
      </Banner>
    );
  }
  if (state === 'planned') return run.openFindings > 0 ? <ToCheck run={run} /> : <ApprovePanel run={run} />;
  if (state === 'cancelled') {
    const why = run.steps.at(-1)?.note;
    return (
      <Banner kind="info" title={t.money.nowIn(t.money.states[state])}>
        {why && <p>{t.money.cancel.because(why)}</p>}
      </Banner>
    );
  }
  if (state === 'ordered') return <ExportPanel run={run} may={mayExport} />;
  return (
    <>
      {state === 'closed' && <Closed run={run} />}
      {state === 'exported' && <ReturnForm run={run} may={mayExport} took={took} />}
      {run.fileSha256 !== null && <ExportPanel run={run} may={mayExport} />}
    </>
  );
}

function ToCheck({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const [, setQuery] = useSearchParams();
  return (
    <Banner
      kind="warning"
      title={t.money.toCheck(run.openFindings)}
      actions={
        <Button type="primary" onClick={() => setQuery({ tab: 'findings', state: 'open' })}>
          {t.money.toFindings}
        </Button>
      }
    >
      <p>{t.money.toCheckText}</p>
    </Banner>
  );
}

function Closed({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const returned = run.reasons.reduce((sum, { state, lines }) => sum + (state === 'failed' ? lines : 0), 0);
  return (
    <Banner
      kind={returned > 0 ? 'warning' : 'success'}
      title={t.money.closed.title}
      actions={
        returned > 0 && (
          <>
            <Link to="?tab=returned">{t.money.returning.toReturned}</Link>
            {me?.permissions.includes('pay-run:plan') && (
              <Link to={routes.payRuns}>{t.money.closed.next}</Link>
            )}
          </>
        )
      }
    >
      <p>{returned > 0 ? t.money.closed.some(returned) : t.money.closed.none}</p>
    </Banner>
  );
}

/** Says when the run has come to another state; what had the focus may have gone with the old one. */
function useNews({ state }: PayRunDetail) {
  const t = useTexts();
  const announce = useAnnounce();
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    announce(t.money.nowIn(t.money.states[state]));
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus();
  }, [state, announce, t]);
  return heading;
}
