import { Link } from 'react-router';
import { useRunLines, type PayRunDetail, type RunLine } from '../../api/pay-runs';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { payRunAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { Months } from './Months';
import { PersonCell } from './PersonCell';
import { useItemTitle } from './useItemTitle';

/** What the bank sent back, why, who looks after it, and which run pays it again. */
export function ReturnedList({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const cursor = useCursor<number>('');
  const found = useRunLines(run.runNo, { state: 'failed', after: cursor.after ?? undefined });
  return (
    <Loaded query={found} what={t.money.tabs.returned}>
      {({ lines, next }) =>
        lines.length === 0 ? (
          <EmptyState title={t.money.returned.none} />
        ) : (
          <>
            <ReturnedTable run={run} lines={lines} busy={found.isFetching} />
            <Pager
              name={t.money.tabs.returned}
              position={t.money.detail.position(lines.length)}
              onFirst={cursor.onFirst}
              onNext={cursor.onNext(next)}
            />
          </>
        )
      }
    </Loaded>
  );
}

interface ReturnedTableProps {
  readonly run: PayRunDetail;
  readonly lines: readonly RunLine[];
  readonly busy: boolean;
}

function ReturnedTable({ run, lines, busy }: ReturnedTableProps) {
  const t = useTexts();
  const titleOf = useItemTitle(run.county);
  const duty = run.reasons.find(({ state }) => state === 'failed');
  return (
    <DataTable
      caption={t.money.returned.caption(lines.length)}
      busy={busy}
      rows={lines}
      rowKey={({ lineNo }) => String(lineNo)}
      columns={[
        { key: 'person', title: t.money.person, heads: true, render: (line) => <PersonCell {...line} /> },
        { key: 'item', title: t.money.item, render: ({ itemId }) => titleOf(itemId) },
        { key: 'months', title: t.money.detail.months, render: ({ months }) => <Months months={months} /> },
        {
          key: 'sum',
          title: t.money.amount,
          figures: true,
          render: ({ fen, setOff }) => t.format.yuan(fen - setOff),
        },
        { key: 'reason', title: t.money.bankReason, render: ({ reason }) => reason },
        {
          key: 'owner',
          title: t.money.owner,
          render: () => (
            <>
              {duty?.owner ? t.roleName(duty.owner) : t.money.none}
              {duty?.todo && <span className="aside">{duty.todo}</span>}
            </>
          ),
        },
        { key: 'again', title: t.money.returned.again, render: ({ again }) => <Again again={again} /> },
      ]}
    />
  );
}

function Again({ again }: Pick<RunLine, 'again'>) {
  const t = useTexts();
  if (again === null) return <>{t.money.returned.notYet}</>;
  const { runNo, month, serial, state, reason } = again;
  return (
    <>
      <Link to={payRunAt(runNo)}>
        {t.money.returned.at(t.money.run(month, serial), t.money.detail.states[state])}
      </Link>
      {reason && (
        <span className="aside">{state === 'failed' ? reason : t.money.reasonOf(state, reason)}</span>
      )}
    </>
  );
}
