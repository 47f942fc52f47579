import { Button } from 'antd';
import { useState } from 'react';
import { useOverview, type OperationsOverview } from '../../api/ops';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { FailedJobs } from './FailedJobs';
import { Figure } from './Figure';
import { OpsPage } from './OpsPage';
import { Silent } from './Silent';

/** O3: jobs by where they stand, and those that failed. */
export function QueuesScreen() {
  const t = useTexts();
  return (
    <OpsPage title={t.ops.pages.opsQueues}>
      <Loaded query={useOverview(false)} what={t.ops.queues.what}>
        {({ services }) => <Queues services={services} />}
      </Loaded>
    </OpsPage>
  );
}

function Queues({ services }: Pick<OperationsOverview, 'services'>) {
  const t = useTexts();
  const words = t.ops.queues;
  const [shown, setShown] = useState<{ service: string; queue: string } | null>(null);
  const rows = services.flatMap(({ service, queues }) => queues.map((queue) => ({ service, ...queue })));
  const nameOf = ({ service, queue }: { service: string; queue: string }) =>
    `${t.ops.serviceName(service)} · ${words.queueNames[queue] ?? words.otherQueue}`;
  const silent = services.filter(({ answered }) => !answered).map(({ service }) => service);
  if (rows.length === 0 && silent.length === 0) return <EmptyState title={words.none} />;
  return (
    <>
      <Silent services={silent} say={t.ops.overview.silent} />
      <DataTable
        caption={words.caption(rows.length)}
        rows={rows}
        rowKey={({ service, queue }) => `${service} ${queue}`}
        columns={[
          {
            key: 'queue',
            title: words.queue,
            heads: true,
            render: (row) => (
              <>
                {nameOf(row)}
                {row.counts === null && <span className="aside">{words.away}</span>}
              </>
            ),
          },
          { key: 'backend', title: words.backend, render: ({ backend }) => words.backends[backend] },
          ...(['waiting', 'delayed', 'active', 'failed'] as const).map((state) => ({
            key: state,
            title: words[state],
            figures: true,
            render: ({ counts }: (typeof rows)[number]) => <Figure value={counts?.[state]} />,
          })),
          {
            key: 'oldest',
            title: words.oldest,
            render: ({ counts, oldestWaitingSeconds: oldest }) =>
              oldest === null ? (counts === null ? t.ops.unknown : t.ops.none) : t.ops.span(oldest),
          },
          {
            key: 'acts',
            title: t.table.actions,
            render: (row) =>
              row.counts !== null && row.counts.failed > 0 ? (
                <Button
                  size="small"
                  aria-label={words.showOf(nameOf(row))}
                  onClick={() => setShown({ service: row.service, queue: row.queue })}
                >
                  {words.show}
                </Button>
              ) : (
                t.ops.none
              ),
          },
        ]}
      />
      {shown && <FailedJobs {...shown} title={nameOf(shown)} close={() => setShown(null)} />}
    </>
  );
}
