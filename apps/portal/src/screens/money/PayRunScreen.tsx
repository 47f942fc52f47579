import { Link, useParams, useSearchParams } from 'react-router';
import { useRun, type PayRunDetail } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { Loaded } from '../../components/state/Loaded';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { FindingList } from './FindingList';
import { LineList } from './LineList';
import './money.css';
import { OwnedLists } from './OwnedLists';
import { wholeCode } from '../../api/places';
import { PlaceName } from '../../components/case/PlaceName';
import { ReturnedList } from './ReturnedList';
import { RunHistory } from './RunHistory';
import { RunStages } from './RunStages';
import { RunStateChip } from './RunStateChip';
import { RunWork } from './RunWork';

const tabs = ['work', 'findings', 'lines', 'returned', 'history'] as const;

/** One run: plan, check, approve, export, return, and its lists. */
export function PayRunScreen() {
  const { runNo = '' } = useParams();
  const t = useTexts();
  const query = useRun(Number(runNo));
  const { data } = query;
  return (
    <Page
      title={t.money.title}
      heading={data ? t.money.heading(data.month, data.serial) : t.money.title}
      actions={<Link to={routes.payRuns}>{t.money.toList}</Link>}
    >
      <Loaded query={query} what={t.money.title}>
        {(run) => <RunBody key={runNo} run={run} />}
      </Loaded>
    </Page>
  );
}

function RunBody({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const tab = tabs.find((each) => each === query.get('tab')) ?? 'work';
  const panels = {
    work: (
      <>
        <RunWork run={run} />
        <OwnedLists run={run} />
      </>
    ),
    findings: <FindingList run={run} />,
    lines: <LineList run={run} />,
    returned: <ReturnedList run={run} />,
    history: <RunHistory run={run} />,
  };
  return (
    <>
      <About run={run} />
      <RunStages run={run} />
      <Tabs
        name={t.money.title}
        chosen={tab}
        choose={(key) => setQuery(key === 'work' ? {} : { tab: key }, { replace: true })}
        tabs={tabs.map((key) => ({ key, label: t.money.tabs[key] }))}
      >
        {panels[tab]}
      </Tabs>
    </>
  );
}

function About({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const began = run.steps[0];
  return (
    <section className="identity" aria-label={t.money.about}>
      <dl>
        <div>
          <dt>{t.money.place}</dt>
          <dd>
            <PlaceName code={wholeCode(run.county)} />
          </dd>
        </div>
        <div>
          <dt>{t.money.state}</dt>
          <dd>
            <RunStateChip state={run.state} />
          </dd>
        </div>
        <div>
          <dt>{t.money.planned}</dt>
          <dd>{t.money.sum(run.count, run.fen)}</dd>
        </div>
        <div>
          <dt>{t.money.leftOut}</dt>
          <dd>{t.money.lines(run.leftOut)}</dd>
        </div>
        {run.orderedCount > 0 && (
          <div>
            <dt>{t.money.ordered}</dt>
            <dd>{t.money.sum(run.orderedCount, run.orderedFen)}</dd>
          </div>
        )}
        <div>
          <dt>{t.money.list.payOn}</dt>
          <dd>{t.format.day(run.payOn)}</dd>
        </div>
        {began && (
          <div>
            <dt>{t.money.plannedBy}</dt>
            <dd>{t.money.steps.by(t.roleName(began.role), began.by === me?.userId)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
