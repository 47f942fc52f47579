import { useOverview } from '../../api/ops';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { DriftTable } from './DriftTable';
import { OpsPage } from './OpsPage';
import { Unpublished } from './Unpublished';

/** O9: nothing is lost: what is not sent yet, and whether the work queue still says what the services say. */
export function OutboxScreen() {
  const t = useTexts();
  const words = t.ops.outbox;
  return (
    <OpsPage title={t.ops.pages.opsOutbox}>
      <Loaded query={useOverview(false)} what={words.what}>
        {({ services }) => (
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
              { key: 'count', title: words.count, render: (service) => <Unpublished service={service} /> },
              {
                key: 'oldest',
                title: words.oldest,
                render: ({ answered, relayed, unpublished }) => {
                  if (unpublished && unpublished.count > 0) return t.ops.span(unpublished.oldestSeconds);
                  return unpublished || (answered && !relayed) ? t.ops.none : t.ops.unknown;
                },
              },
            ]}
          />
        )}
      </Loaded>
      <h2>{words.drift}</h2>
      <p>{words.driftHelp}</p>
      <DriftTable />
    </OpsPage>
  );
}
