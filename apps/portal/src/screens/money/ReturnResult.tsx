import { Link } from 'react-router';
import type { ReturnReport } from '../../api/pay-runs';
import { Banner } from '../../components/state/Banner';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

const counts = ['paid', 'failed', 'unchanged', 'unanswered'] as const;

/** What came of a return file, and which of its rows were not taken. */
export function ReturnResult({ report }: { readonly report: ReturnReport }) {
  const t = useTexts();
  const { problems } = report;
  return (
    <>
      <Banner
        kind={problems.length > 0 ? 'warning' : 'success'}
        title={t.money.returning.done(report.paid, report.failed)}
        actions={report.failed > 0 && <Link to="?tab=returned">{t.money.returning.toReturned}</Link>}
      >
        <dl className="facts">
          {counts.map((count) => (
            <div key={count}>
              <dt>{t.money.returning[count]}</dt>
              <dd>{t.money.lines(report[count])}</dd>
            </div>
          ))}
        </dl>
      </Banner>
      {problems.length > 0 && (
        <DataTable
          caption={t.money.returning.problems(problems.length)}
          rows={problems.map((problem, place) => ({ ...problem, place }))}
          rowKey={({ place }) => String(place)}
          columns={[
            {
              key: 'row',
              title: t.money.returning.row,
              heads: true,
              render: ({ row }) => (row === 0 ? t.money.returning.wholeFile : t.money.returning.rowAt(row)),
            },
            {
              key: 'column',
              title: t.money.returning.column,
              render: ({ column }) => column ?? t.money.returning.wholeRow,
            },
            { key: 'problem', title: t.money.returning.problem, render: ({ sentence }) => sentence },
          ]}
        />
      )}
      {report.moreProblems && <p>{t.money.returning.moreProblems}</p>}
    </>
  );
}
