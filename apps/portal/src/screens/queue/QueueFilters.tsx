import { useCatalogue } from '../../api/cases';
import { useMe } from '../../api/session';
import { SelectField } from '../../components/input/SelectField';
import { FilterBar } from '../../components/table/FilterBar';
import { useTexts } from '../../texts/TextsProvider';
import { dues, filters, type FilterName, type Question } from './questionOf';

interface QueueFiltersProps {
  readonly question: Question;
  ask(change: Partial<Question>): void;
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

const entriesOf = (labels: Readonly<Record<string, string>>): Choice[] =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

export function QueueFilters({ question, ask }: QueueFiltersProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const { data: catalogue } = useCatalogue(me?.posts[0]?.from);
  const { filter } = question;
  const items = (catalogue?.items ?? [])
    .filter(({ owner }) => !filter.owner || owner === filter.owner)
    .map(({ itemId, title }) => ({ value: itemId, label: t.lang === 'zh-CN' ? title.zh : title.en }));
  const choices: Record<
    FilterName,
    { readonly label: string; readonly all: string; readonly options: Choice[] }
  > = {
    owner: { label: t.queue.owner, all: t.queue.allOwners, options: entriesOf(t.owners) },
    item: { label: t.queue.item, all: t.queue.allItems, options: items },
    status: { label: t.queue.status, all: t.queue.allStatuses, options: entriesOf(t.caseStatuses) },
    due: {
      label: t.queue.due,
      all: t.queue.allDue,
      options: dues.map((value) => ({ value, label: t.queue.dues[value] })),
    },
  };
  const change = (name: FilterName, value: string) => {
    const next = { ...filter, [name]: value || undefined };
    // Another business has other items.
    if (name === 'owner') delete next.item;
    ask({ filter: next });
  };
  const chips = filters.flatMap((name) => {
    const value = filter[name];
    if (!value) return [];
    const { label, options } = choices[name];
    const chosen = options.find((option) => option.value === value)?.label ?? label;
    return [{ key: name, label: t.queue.chip(label, chosen), remove: () => change(name, '') }];
  });
  return (
    <FilterBar name={t.queue.filters} chips={chips} clearAll={() => ask({ filter: {} })}>
      {filters.map((name) => (
        <SelectField
          key={name}
          {...choices[name]}
          value={filter[name] ?? ''}
          onChange={(value) => change(name, value)}
        />
      ))}
    </FilterBar>
  );
}
