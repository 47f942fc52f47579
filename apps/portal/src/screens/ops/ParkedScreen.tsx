import { useSearchParams } from 'react-router';
import { useParked, type ParkedLine } from '../../api/ops';
import { SelectField } from '../../components/input/SelectField';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { FilterBar } from '../../components/table/FilterBar';
import { useTexts } from '../../texts/TextsProvider';
import { OpsPage } from './OpsPage';
import { ParkedTable } from './ParkedTable';
import { Silent } from './Silent';

const filters = ['service', 'reason'] as const;
type Filter = (typeof filters)[number];

/** O4: what could not be handled and why, and whom it hurts; what it is filtered by stands in the address. */
export function ParkedScreen() {
  const t = useTexts();
  return (
    <OpsPage title={t.ops.pages.opsParked}>
      <Loaded query={useParked()} what={t.ops.parked.what}>
        {({ rows, silent }) => (
          <>
            <Silent services={silent} say={t.ops.parked.silent} />
            {rows.length === 0 ? (
              <EmptyState title={silent.length > 0 ? t.ops.parked.noneHere : t.ops.parked.none} />
            ) : (
              <Rows rows={rows} />
            )}
          </>
        )}
      </Loaded>
    </OpsPage>
  );
}

function Rows({ rows }: { readonly rows: readonly ParkedLine[] }) {
  const t = useTexts();
  const words = t.ops.parked;
  const [query, setQuery] = useSearchParams();
  const chosen = (name: Filter) => query.get(name) ?? '';
  const choose = (name: Filter, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    setQuery(next);
  };
  const choices = {
    service: {
      label: t.ops.service,
      all: t.ops.consumers.all,
      options: [...new Set(rows.map(({ service }) => service))].map((value) => ({
        value,
        label: t.ops.serviceName(value),
      })),
    },
    reason: {
      label: words.reason,
      all: words.allReasons,
      options: Object.entries(words.reasons).map(([value, label]) => ({ value, label })),
    },
  };
  const shown = rows.filter(
    ({ service, message }) =>
      (!chosen('service') || service === chosen('service')) &&
      (!chosen('reason') || message.reason === chosen('reason')),
  );
  const chips = filters.flatMap((key) => {
    const value = chosen(key);
    const { label, options } = choices[key];
    const name = options.find((option) => option.value === value)?.label ?? value;
    return value ? [{ key, label: t.queue.chip(label, name), remove: () => choose(key, '') }] : [];
  });
  return (
    <>
      <FilterBar name={words.filters} chips={chips} clearAll={() => setQuery({})}>
        {filters.map((name) => (
          <SelectField
            key={name}
            {...choices[name]}
            value={chosen(name)}
            onChange={(value) => choose(name, value)}
          />
        ))}
      </FilterBar>
      {shown.length === 0 ? <EmptyState title={words.filteredEmpty} /> : <ParkedTable rows={shown} />}
    </>
  );
}
