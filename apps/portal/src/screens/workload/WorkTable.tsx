import { Link } from 'react-router';
import type { QueueRow } from '../../api/queue';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import type { ChipTerm } from '../../components/case/deadline';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { HandOverCell } from './HandOverCell';

/** A case to which no text gives a term that runs: never late. */
const NO_TERM: ChipTerm = { kind: 'unknown', due: null, provisional: false, paused: false };

const termOf = ({ term }: QueueRow): ChipTerm =>
  term ? { kind: term.kind, due: term.dueAt, provisional: term.provisional, paused: term.paused } : NO_TERM;

interface WorkTableProps {
  readonly rows: readonly QueueRow[];
  readonly caption: string;
  readonly busy: boolean;
}

/** Open cases as a supervisor looks at them: until when, who has each, what it waits for, and giving it to somebody else. */
export function WorkTable({ rows, caption, busy }: WorkTableProps) {
  const t = useTexts();
  return (
    <DataTable
      caption={caption}
      busy={busy}
      rows={rows}
      rowKey={({ caseId }) => caseId}
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
        { key: 'due', title: t.queue.due, render: (row) => <DeadlineChip term={termOf(row)} /> },
        { key: 'waits', title: t.workload.waitsFor, render: (row) => <WaitsFor row={row} /> },
        { key: 'holder', title: t.queue.holder, render: (row) => <Holder row={row} /> },
      ]}
    />
  );
}

function WaitsFor({ row: { task, waitsForPapers } }: { readonly row: QueueRow }) {
  const t = useTexts();
  return (
    <>
      {task ? task.title : t.workload.nothingToDo}
      {waitsForPapers && <span className="aside">{t.queue.views.papers}</span>}
    </>
  );
}

/** Who has taken it; of what nobody has, whose it is to take. */
function Holder({ row }: { readonly row: QueueRow }) {
  const t = useTexts();
  const { claim, task } = row;
  if (claim) {
    return (
      <>
        {t.workload.heldBy(claim.byName ?? t.queue.colleague, t.format.moment(new Date(claim.at)))}
        <HandOverCell row={row} holder={claim.by} />
      </>
    );
  }
  return (
    <>
      {t.queue.nobody}
      {task && <span className="aside">{t.rolesAndDepartment(task.roles, task.department)}</span>}
    </>
  );
}
