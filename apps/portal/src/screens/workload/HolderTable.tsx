import { Button } from 'antd';
import type { HolderLoad } from '../../api/supervision';
import { EmptyState } from '../../components/state/EmptyState';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

interface HolderTableProps {
  readonly holders: readonly HolderLoad[];
  readonly doneSince: string | null;
  show(holder: HolderLoad): void;
}

/** What each person has in hand, and has done of late; most overdue first. */
export function HolderTable({ holders, doneSince, show }: HolderTableProps) {
  const t = useTexts();
  if (holders.length === 0) return <EmptyState title={t.workload.noHolders} />;
  return (
    <>
      <p>
        {doneSince === null
          ? t.workload.doneNone
          : t.workload.doneSince(t.format.moment(new Date(doneSince)))}
      </p>
      <DataTable
        caption={t.workload.holderCaption(holders.length)}
        rows={holders}
        rowKey={({ userId }) => userId}
        columns={[
          {
            key: 'name',
            title: t.workload.who,
            heads: true,
            render: ({ name, unitName }) => (
              <>
                {name ?? t.queue.colleague}
                {unitName !== null && <span className="aside">{unitName}</span>}
              </>
            ),
          },
          { key: 'posts', title: t.workload.posts, render: (holder) => <Posts holder={holder} /> },
          {
            key: 'open',
            title: t.workload.open,
            figures: true,
            render: (holder) => {
              if (holder.open === 0) return 0;
              const label = t.workload.showOf(holder.name ?? t.queue.colleague, holder.open);
              return (
                <Button size="small" aria-label={label} onClick={() => show(holder)}>
                  {t.workload.show(holder.open)}
                </Button>
              );
            },
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
            title: t.workload.oldest,
            render: ({ oldestAt }) =>
              oldestAt === null ? t.workload.nothing : t.format.moment(new Date(oldestAt)),
          },
          { key: 'week', title: t.workload.doneWeek, figures: true, render: ({ done }) => done.week },
          { key: 'month', title: t.workload.doneMonth, figures: true, render: ({ done }) => done.month },
        ]}
      />
    </>
  );
}

function Posts({ holder: { posts } }: { readonly holder: HolderLoad }) {
  const t = useTexts();
  if (posts.length === 0) return <>{t.workload.noPost}</>;
  return (
    <ul className="inline-list">
      {posts.map(({ role, department, unitName }) => (
        <li key={`${role} ${department} ${unitName}`}>
          {t.rolesAndDepartment([role], department)}
          <span className="aside">{unitName}</span>
        </li>
      ))}
    </ul>
  );
}
