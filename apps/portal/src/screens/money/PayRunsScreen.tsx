import { Link } from 'react-router';
import { useRuns, type PayRun } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { payRunAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { BeginRunForm } from './BeginRunForm';
import './money.css';
import { wholeCode } from '../../api/places';
import { PlaceName } from '../../components/case/PlaceName';
import { RunStateChip } from './RunStateChip';

/** The months of a county: each run, how much it pays, and where it stands. */
export function PayRunsScreen() {
  const t = useTexts();
  const { data: me } = useMe();
  const cursor = useCursor<number>('');
  const query = useRuns(cursor.after);
  return (
    <Page title={t.money.title}>
      <Loaded query={query} what={t.money.title}>
        {({ runs, next }) =>
          runs.length === 0 ? (
            <EmptyState title={t.money.list.empty} />
          ) : (
            <>
              <RunTable runs={runs} busy={query.isFetching} />
              <Pager
                name={t.money.title}
                position={t.money.list.position(runs.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )
        }
      </Loaded>
      {me?.permissions.includes('pay-run:plan') && query.isSuccess && <BeginRunForm me={me} />}
    </Page>
  );
}

function RunTable({ runs, busy }: { readonly runs: readonly PayRun[]; readonly busy: boolean }) {
  const t = useTexts();
  return (
    <DataTable
      caption={t.money.list.caption(runs.length)}
      busy={busy}
      rows={runs}
      rowKey={({ runNo }) => String(runNo)}
      columns={[
        {
          key: 'run',
          title: t.money.list.run,
          heads: true,
          render: ({ runNo, month, serial }) => (
            <Link to={payRunAt(runNo)}>{t.money.run(month, serial)}</Link>
          ),
        },
        {
          key: 'place',
          title: t.money.place,
          render: ({ county }) => <PlaceName code={wholeCode(county)} />,
        },
        { key: 'payOn', title: t.money.list.payOn, render: ({ payOn }) => t.format.day(payOn) },
        { key: 'state', title: t.money.state, render: ({ state }) => <RunStateChip state={state} /> },
        { key: 'count', title: t.money.count, figures: true, render: ({ count }) => count },
        { key: 'sum', title: t.money.list.sum, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        { key: 'leftOut', title: t.money.list.leftOut, figures: true, render: ({ leftOut }) => leftOut },
        {
          key: 'open',
          title: t.money.list.open,
          figures: true,
          render: ({ openFindings }) => openFindings,
        },
      ]}
    />
  );
}
