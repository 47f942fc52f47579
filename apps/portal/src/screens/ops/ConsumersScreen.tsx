import { useSearchParams } from 'react-router';
import { useOverview, type OperationsOverview } from '../../api/ops';
import { SelectField } from '../../components/input/SelectField';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { FilterBar } from '../../components/table/FilterBar';
import { useTexts } from '../../texts/TextsProvider';
import { OpsPage } from './OpsPage';
import { Silent } from './Silent';

/** O2: what each service has not handled yet, topic by topic, the most first. */
export function ConsumersScreen() {
  const t = useTexts();
  return (
    <OpsPage title={t.ops.pages.opsConsumers}>
      <Loaded query={useOverview(false)} what={t.ops.consumers.what}>
        {({ services }) => <Consumers services={services} />}
      </Loaded>
    </OpsPage>
  );
}

function Consumers({ services }: Pick<OperationsOverview, 'services'>) {
  const t = useTexts();
  const words = t.ops.consumers;
  const [query, setQuery] = useSearchParams();
  const chosen = query.get('service') ?? '';
  const choose = (service: string) => setQuery(service ? { service } : {});
  const unknown = services.filter(({ topics }) => topics === null);
  const rows = services
    .filter(({ service }) => !chosen || service === chosen)
    .flatMap(({ service, topics }) => (topics ?? []).map((topic) => ({ service, ...topic })))
    .sort((a, b) => b.messages - a.messages);
  return (
    <>
      <FilterBar
        name={words.filters}
        chips={
          chosen
            ? [
                {
                  key: 'service',
                  label: words.chip(t.ops.serviceName(chosen)),
                  remove: () => choose(''),
                },
              ]
            : []
        }
        clearAll={() => choose('')}
      >
        <SelectField
          label={words.filter}
          all={words.all}
          value={chosen}
          options={services.map(({ service }) => ({ value: service, label: t.ops.serviceName(service) }))}
          onChange={choose}
        />
      </FilterBar>
      <Silent services={unknown.map(({ service }) => service)} say={words.lagUnknown} />
      {rows.length === 0 ? (
        <EmptyState title={chosen ? words.filteredEmpty : words.none} />
      ) : (
        <DataTable
          caption={words.caption(rows.length)}
          rows={rows}
          rowKey={({ service, topic }) => `${service} ${topic}`}
          columns={[
            {
              key: 'service',
              title: t.ops.service,
              heads: true,
              render: ({ service }) => t.ops.serviceName(service),
            },
            { key: 'topic', title: words.topic, render: ({ topic }) => t.ops.topicName(topic) },
            { key: 'lag', title: words.lag, figures: true, render: ({ messages }) => messages },
          ]}
        />
      )}
    </>
  );
}
