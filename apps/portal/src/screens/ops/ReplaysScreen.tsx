import { Link } from 'react-router';
import { useReplays, type ReplayLine } from '../../api/ops';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { replayAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { OpsPage } from './OpsPage';
import { ReplayState } from './ReplayState';
import { Silent } from './Silent';

/** Replays of every service: those that wait for a second person, and what became of the others. */
export function ReplaysScreen() {
  const t = useTexts();
  return (
    <OpsPage title={t.ops.pages.opsReplays}>
      <Loaded query={useReplays()} what={t.ops.replays.what}>
        {({ rows, silent }) => (
          <>
            <Silent services={silent} say={t.ops.replays.silent} />
            {rows.length === 0 ? <EmptyState title={t.ops.replays.none} /> : <ReplaysTable rows={rows} />}
          </>
        )}
      </Loaded>
    </OpsPage>
  );
}

function ReplaysTable({ rows }: { readonly rows: readonly ReplayLine[] }) {
  const t = useTexts();
  const words = t.ops.replays;
  const outcomeOf = ({ replay: { expected, results } }: ReplayLine) => {
    if (results === null) return words.expected(expected.length);
    const applied = results.filter(({ outcome }) => outcome === 'applied').length;
    return words.outcome(applied, results.length - applied);
  };
  return (
    <DataTable
      caption={words.caption(rows.length)}
      rows={rows}
      rowKey={({ replay }) => replay.replayId}
      columns={[
        {
          key: 'replay',
          title: words.replay,
          heads: true,
          render: ({ service, replay }) => (
            <Link to={replayAt(service, replay.replayId)}>
              {words.of(t.ops.serviceName(service), t.format.moment(new Date(replay.proposedAt)))}
            </Link>
          ),
        },
        { key: 'state', title: words.state, render: ({ replay }) => <ReplayState {...replay} /> },
        { key: 'messages', title: words.messages, render: outcomeOf },
        { key: 'by', title: words.proposedBy, render: ({ replay }) => replay.proposedBy },
        {
          key: 'approved',
          title: words.approvedBy,
          render: ({ replay }) => replay.approvedBy ?? words.notYet,
        },
        { key: 'reason', title: words.reason, render: ({ replay }) => replay.reason },
      ]}
    />
  );
}
