import type { SeenService } from '../../api/ops';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { Figure } from './Figure';
import { StateChip } from '../../components/state/StateChip';
import { Unpublished } from './Unpublished';

/** Every service with what it says of itself; of whoever says nothing, nothing is known. */
export function ServicesTable({ services }: { readonly services: readonly SeenService[] }) {
  const t = useTexts();
  const words = t.ops.overview;
  return (
    <DataTable
      caption={words.caption(services.length)}
      rows={services}
      rowKey={({ service }) => service}
      columns={[
        {
          key: 'service',
          title: t.ops.service,
          heads: true,
          render: ({ service }) => t.ops.serviceName(service),
        },
        {
          key: 'answered',
          title: words.answered,
          render: ({ answered }) => (
            <StateChip tone={answered ? 'good' : 'bad'}>{answered ? words.yes : words.no}</StateChip>
          ),
        },
        { key: 'lag', title: words.lag, figures: true, render: ({ lag }) => <Figure value={lag} /> },
        {
          key: 'parked',
          title: words.parkedCount,
          figures: true,
          render: ({ parked }) => <Figure value={parked} />,
        },
        { key: 'outbox', title: words.outbox, render: (service) => <Unpublished service={service} /> },
        {
          key: 'jobs',
          title: words.jobs,
          figures: true,
          render: (service) => <Figure value={failedJobs(service)} />,
        },
        { key: 'remind', title: words.remind, render: ({ reminding }) => words.reminds[reminding] },
      ]}
    />
  );
}

/** Null where one of the queues, or the service, does not say. */
function failedJobs({ answered, queues }: SeenService): number | null {
  if (!answered || queues.some(({ counts }) => counts === null)) return null;
  return queues.reduce((sum, { counts }) => sum + (counts?.failed ?? 0), 0);
}
