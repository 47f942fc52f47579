import { Link } from 'react-router';
import type { QueueRow } from '../../api/queue';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { StatusChip } from '../../components/case/StatusChip';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { HolderCell } from './HolderCell';
import { sorts, type Sort } from './questionOf';

interface QueueTableProps {
  readonly rows: readonly QueueRow[];
  readonly caption: string;
  readonly sort: Sort;
  readonly onSort?: (sort: Sort) => void;
  readonly busy: boolean;
}

export function QueueTable({ rows, caption, sort, onSort, busy }: QueueTableProps) {
  const t = useTexts();
  return (
    <DataTable
      caption={caption}
      busy={busy}
      rows={rows}
      rowKey={({ caseId }) => caseId}
      sorting={
        onSort && {
          by: sort,
          direction: 'ascending',
          choose: (by) => onSort(sorts.find((each) => each === by) ?? 'due'),
        }
      }
      columns={[
        {
          key: 'case',
          title: t.queue.case,
          heads: true,
          render: ({ owner, caseId, title, period }) => (
            <>
              <Link to={caseAt(owner, caseId)}>{title}</Link>
              <span className="aside">{t.periods(period)}</span>
            </>
          ),
        },
        { key: 'person', title: t.queue.person, render: ({ personName }) => personName ?? t.queue.noPerson },
        {
          key: 'place',
          title: t.queue.place,
          render: ({ divisionName }) => divisionName ?? t.case.placeUnknown,
        },
        { key: 'status', title: t.queue.status, render: ({ status }) => <StatusChip status={status} /> },
        {
          key: 'task',
          title: t.queue.task,
          render: ({ task, waitsForPapers }) => (
            <>
              {task ? (task.title ?? t.chainSteps[task.step] ?? t.case.thisStep) : '—'}
              {waitsForPapers && <span className="aside">{t.queue.views.papers}</span>}
            </>
          ),
        },
        {
          key: 'due',
          title: t.queue.due,
          sort: 'due',
          render: ({ term }) =>
            term ? (
              <DeadlineChip
                term={{
                  kind: term.kind,
                  due: term.dueAt,
                  provisional: term.provisional,
                  paused: term.paused,
                }}
              />
            ) : (
              t.case.noTerm
            ),
        },
        { key: 'holder', title: t.queue.holder, render: (row) => <HolderCell row={row} /> },
        {
          key: 'updated',
          title: t.queue.updated,
          render: ({ updatedAt }) => t.format.moment(new Date(updatedAt)),
        },
      ]}
    />
  );
}
