import { Link } from 'react-router';
import { useCasesOf } from '../../api/personFile';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { StatusChip } from '../../components/case/StatusChip';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

/** The person's cases of every service, the nearest term first. */
export function CasesOfPerson({ personId }: { readonly personId: string }) {
  const t = useTexts();
  return (
    <Loaded query={useCasesOf(personId)} what={t.personFile.tabs.cases}>
      {({ rows, total }) =>
        rows.length === 0 ? (
          <EmptyState title={t.personFile.noCases} />
        ) : (
          <DataTable
            caption={t.personFile.caseCaption(t.queue.total(total.value, total.atLeast))}
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
              { key: 'owner', title: t.queue.owner, render: ({ owner }) => t.owners[owner] },
              {
                key: 'place',
                title: t.queue.place,
                render: ({ divisionName }) => divisionName ?? t.case.placeUnknown,
              },
              {
                key: 'status',
                title: t.queue.status,
                render: ({ status }) => <StatusChip status={status} />,
              },
              {
                key: 'due',
                title: t.queue.due,
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
              {
                key: 'updated',
                title: t.queue.updated,
                render: ({ updatedAt }) => t.format.moment(new Date(updatedAt)),
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}
