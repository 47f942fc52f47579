import { Link, useSearchParams } from 'react-router';
import { standings, useDeadlines, type DeadlineOverview } from '../../api/supervision';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { AsOf } from '../../components/state/AsOf';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import { DeadlineList } from './DeadlineList';
import './deadlines.css';
import { listOf } from './listOf';
import { StandingTable } from './StandingTable';
import { sumsBy } from './sums';

const tabs = ['units', 'items', 'list'] as const;

/** S1: what is late, what will be, and what has no term: by place, by item, and case by case. */
export function DeadlinesScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const chosen = tabs.find((each) => each === query.get('tab')) ?? 'units';
  const found = useDeadlines();
  return (
    <Page title={t.deadlines.title}>
      <Loaded query={found} what={t.deadlines.title}>
        {(overview) => (
          <>
            <AsOf
              what={t.deadlines.title}
              asOf={overview.asOf}
              stale={overview.stale}
              refresh={() => void found.refetch()}
            />
            <Summary overview={overview} />
            <Tabs
              name={t.deadlines.tabsLabel}
              chosen={chosen}
              choose={(tab) => setQuery(tab === 'units' ? {} : { tab })}
              tabs={tabs.map((key) => ({ key, label: t.deadlines.tabs[key] }))}
            >
              {chosen === 'list' ? (
                <DeadlineList overview={overview} />
              ) : (
                <Sums overview={overview} by={chosen} />
              )}
            </Tabs>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** How many of each standing, as links to the cases. */
function Summary({ overview }: { readonly overview: DeadlineOverview }) {
  const t = useTexts();
  const [all] = sumsBy(overview.cells, () => '');
  return (
    <section aria-labelledby="deadline-summary">
      <h2 id="deadline-summary">{t.deadlines.summary}</h2>
      <ul className="standing-counts">
        {standings.map((standing) => {
          const count = all?.counts[standing] ?? 0;
          const words = t.deadlines.count(t.deadlines.standings[standing], count);
          return <li key={standing}>{count > 0 ? <Link to={listOf({ standing })}>{words}</Link> : words}</li>;
        })}
      </ul>
      <p>{t.deadlines.explained(t.format.day(overview.weekUntil))}</p>
    </section>
  );
}

interface SumsProps {
  readonly overview: DeadlineOverview;
  readonly by: 'units' | 'items';
}

/** The same numbers by place, or by item. */
function Sums({ overview: { cells, level }, by }: SumsProps) {
  const t = useTexts();
  if (cells.length === 0) return <EmptyState title={t.deadlines.none} />;
  const rows =
    by === 'units'
      ? sumsBy(cells, ({ divisionCode }) => divisionCode).map(({ first, counts }) => ({
          key: first.divisionCode,
          name: first.divisionName ?? t.case.placeUnknown,
          filter: { division: first.divisionCode },
          counts,
        }))
      : sumsBy(cells, ({ itemId }) => itemId).map(({ first, counts }) => ({
          key: first.itemId,
          name: first.title,
          filter: { item: first.itemId },
          counts,
        }));
  return (
    <StandingTable
      caption={t.deadlines.captions[by](rows.length)}
      head={by === 'units' ? t.deadlines.levels[level] : t.queue.item}
      rows={rows}
    />
  );
}
