import { Button } from 'antd';
import type { WaitingLoad } from '../../api/supervision';
import { EmptyState } from '../../components/state/EmptyState';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

interface WaitingTableProps {
  readonly waiting: readonly WaitingLoad[];
  show(load: WaitingLoad): void;
}

/** What nobody has taken: by who may, and where. */
export function WaitingTable({ waiting, show }: WaitingTableProps) {
  const t = useTexts();
  if (waiting.length === 0) return <EmptyState title={t.workload.noWaiting} />;
  return (
    <DataTable
      caption={t.workload.waitingCaption(waiting.length)}
      rows={waiting}
      rowKey={({ doers, divisionCode, unitId }) => `${doers.join()} ${divisionCode} ${unitId}`}
      columns={[
        {
          key: 'who',
          title: t.workload.whoMay,
          heads: true,
          render: ({ roles, department, unitName }) => (
            <>
              {t.rolesAndDepartment(roles, department)}
              {unitName !== null && <span className="aside">{unitName}</span>}
            </>
          ),
        },
        {
          key: 'place',
          title: t.queue.place,
          render: ({ divisionName }) => divisionName ?? t.case.placeUnknown,
        },
        {
          key: 'open',
          title: t.workload.unclaimed,
          figures: true,
          render: (load) => (
            <Button
              size="small"
              aria-label={t.workload.showWaitingOf(
                t.rolesAndDepartment(load.roles, load.department),
                load.divisionName ?? t.case.placeUnknown,
                load.open,
              )}
              onClick={() => show(load)}
            >
              {t.workload.show(load.open)}
            </Button>
          ),
        },
        {
          key: 'overdue',
          title: t.deadlines.standings.overdue,
          figures: true,
          render: ({ counts }) => counts.overdue ?? 0,
        },
        {
          key: 'near',
          title: t.workload.near,
          figures: true,
          render: ({ counts }) => (counts.today ?? 0) + (counts.week ?? 0),
        },
        {
          key: 'oldest',
          title: t.workload.opened,
          render: ({ oldestAt }) => t.format.moment(new Date(oldestAt)),
        },
      ]}
    />
  );
}
