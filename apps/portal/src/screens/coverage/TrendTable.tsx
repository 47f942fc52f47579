import { useGapTrend } from '../../api/gaps';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** How the gaps went from run to run, the newest first. */
export function TrendTable() {
  const t = useTexts();
  return (
    <Loaded query={useGapTrend()} what={t.coverage.tabs.trend}>
      {({ points }) =>
        points.length === 0 ? (
          <EmptyState title={t.coverage.noTrend} />
        ) : (
          <DataTable
            caption={t.coverage.trendCaption}
            rows={points}
            rowKey={({ runId, place, kind }) => `${runId} ${place} ${kind}`}
            columns={[
              { key: 'day', title: t.coverage.day, heads: true, render: ({ day }) => t.format.day(day) },
              { key: 'kind', title: t.coverage.kind, render: ({ kind }) => t.coverage.kinds[kind] },
              { key: 'gaps', title: t.coverage.gaps, render: ({ gaps }) => gaps },
              { key: 'persons', title: t.coverage.persons, render: ({ persons }) => persons },
              {
                key: 'monthly',
                title: t.coverage.perMonth,
                render: ({ monthly, gaps, unpriced }) => (
                  <>
                    {gaps > unpriced ? t.format.yuan(monthly) : t.coverage.unpriced}
                    {unpriced > 0 && gaps > unpriced && (
                      <span className="aside">{t.coverage.unpricedOf(unpriced)}</span>
                    )}
                  </>
                ),
              },
              { key: 'doubt', title: t.coverage.doubtful, render: ({ distrusted }) => distrusted },
            ]}
          />
        )
      }
    </Loaded>
  );
}
