import { Link } from 'react-router';
import { useStuck, type StuckItem, type StuckKind } from '../../api/supervision';
import { PlaceName } from '../../components/case/PlaceName';
import { AsOf } from '../../components/state/AsOf';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { caseAt, chainAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface StuckListProps {
  readonly kind: StuckKind;
  /** Whoever asks for the list anew asks for its number, too. */
  refreshed(): void;
}

/** What does not move for one reason: since when, who must act, and the way to chain and case. */
export function StuckList({ kind, refreshed }: StuckListProps) {
  const t = useTexts();
  const cursor = useCursor<string>(kind);
  const found = useStuck(kind, cursor.after);
  const what = t.stuck.kinds[kind];
  return (
    <Loaded query={found} what={what}>
      {({ rows, next, asOf, stale }) => (
        <>
          <AsOf
            what={what}
            asOf={asOf}
            stale={stale}
            refresh={() => {
              void found.refetch();
              refreshed();
            }}
          />
          {rows.length === 0 ? (
            <EmptyState title={t.stuck.none[kind]} />
          ) : (
            <>
              <StuckTable rows={rows} caption={t.stuck.caption(what, rows.length)} busy={found.isFetching} />
              <Pager
                name={what}
                position={t.stuck.position(rows.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

interface StuckTableProps {
  readonly rows: readonly StuckItem[];
  readonly caption: string;
  readonly busy: boolean;
}

function StuckTable({ rows, caption, busy }: StuckTableProps) {
  const t = useTexts();
  return (
    <DataTable
      caption={caption}
      busy={busy}
      rows={rows}
      rowKey={({ personId, item, action, period }) => `${personId} ${item?.itemId} ${action} ${period}`}
      columns={[
        {
          key: 'item',
          title: t.stuck.what,
          heads: true,
          render: ({ personId, item, period }) => (
            <>
              <Link to={chainAt(personId)}>{item ? t.stuck.titleOf(item.title) : t.stuck.wholeChain}</Link>
              {period !== null && <span className="aside">{t.periods(period)}</span>}
            </>
          ),
        },
        {
          key: 'place',
          title: t.queue.place,
          render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
        },
        { key: 'why', title: t.stuck.why, render: (row) => <Why row={row} /> },
        {
          key: 'since',
          title: t.stuck.since,
          render: ({ since }) => (since === null ? t.stuck.sinceUnknown : t.format.moment(new Date(since))),
        },
        {
          key: 'owner',
          title: t.stuck.owner,
          render: ({ owner, must }) => (
            <>
              {owner === null ? t.rolesAndDepartment(must.roles, must.department) : t.owners[owner]}
              <span className="aside" lang="zh-CN">
                {must.zh}
              </span>
            </>
          ),
        },
        {
          key: 'case',
          title: t.queue.case,
          render: ({ case: waited }) =>
            waited ? (
              <Link to={caseAt(waited.owner, waited.caseId)}>{t.stuck.caseOf(waited.title)}</Link>
            ) : (
              t.stuck.noCase
            ),
        },
      ]}
    />
  );
}

function Why({ row: { kind, action, facts, messages } }: { readonly row: StuckItem }) {
  const t = useTexts();
  if (kind === 'unanswered')
    return <>{action === 'stop' ? t.stuck.stopUnanswered : t.stuck.openUnanswered}</>;
  if (kind === 'parked') return <>{t.stuck.messages(messages ?? 0)}</>;
  return (
    <>
      {kind === 'missing-fact' ? t.stuck.facts(facts.length) : t.stuck.factOfOther}
      <span className="aside" lang="zh-CN">
        {facts.map(({ zh, question }) => question ?? zh).join('；')}
      </span>
    </>
  );
}
