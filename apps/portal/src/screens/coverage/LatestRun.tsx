import { useReconciliations, type Reconciliation } from '../../api/gaps';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { useDivisionName, wholeCode } from '../../api/places';
import { useTexts } from '../../texts/TextsProvider';
import { Doubts } from './Doubts';

/** What the newest run saw, how far it is, and what of it nobody can trust. */
export function LatestRun() {
  const t = useTexts();
  return (
    <section aria-labelledby="latest">
      <h2 id="latest">{t.coverage.latest}</h2>
      <Loaded query={useReconciliations()} what={t.coverage.latest} lines={3}>
        {({ runs }) =>
          runs[0] ? (
            <Run run={runs[0]} />
          ) : (
            <EmptyState title={t.coverage.noRun}>{t.coverage.noRunText}</EmptyState>
          )
        }
      </Loaded>
    </section>
  );
}

function Run({ run }: { readonly run: Reconciliation }) {
  const t = useTexts();
  const { name } = useDivisionName(wholeCode(run.region));
  const place = name ?? t.case.placeUnknown;
  const { outcomes, missing, progress } = run;
  return (
    <>
      <p>
        {run.status === 'running'
          ? t.coverage.running(place, progress.lookedAt, progress.expected)
          : t.coverage.ranOn(place, t.format.day(run.day), run.holders)}
      </p>
      <Doubts doubts={run.distrusted} />
      {run.status === 'done' && (
        <>
          <ul className="gap-counts">
            {run.gaps.map(({ kind, gaps, persons, monthly, unpaid }) => (
              <li key={kind}>
                <strong>{t.coverage.count(t.coverage.kinds[kind], gaps, persons)}</strong>
                {monthly > 0 && <span>{t.coverage.monthly(t.format.yuan(monthly))}</span>}
                {unpaid > 0 && <span>{t.coverage.unpaid(t.format.yuan(unpaid))}</span>}
              </li>
            ))}
          </ul>
          <p>
            {t.coverage.outcomes(outcomes.entitled, outcomes.waiting, outcomes.notEntitled, outcomes.unknown)}{' '}
            {t.coverage.missing(missing.persons, missing.facts)}
          </p>
          <NotLooked run={run} />
        </>
      )}
    </>
  );
}

/** A list that says nothing of something does not say that there is nothing. */
function NotLooked({ run }: { readonly run: Reconciliation }) {
  const t = useTexts();
  if (run.notLooked.length === 0) return null;
  return (
    <details>
      <summary>{t.coverage.notLooked(run.notLooked.length)}</summary>
      <ul>
        {run.notLooked.map(({ what, reason }) => (
          <li key={what} lang="zh-CN">
            {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
