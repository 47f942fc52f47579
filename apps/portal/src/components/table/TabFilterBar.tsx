import { SelectField } from '../input/SelectField';
import { FilterBar } from './FilterBar';
import type { Choice, TabFilter } from './useTabFilter';

interface TabFilterBarProps<Name extends string> {
  readonly name: string;
  readonly filter: TabFilter<Name>;
  /** In the order in which they stand. */
  readonly choices: Readonly<Record<Name, Choice & { readonly all: string }>>;
}

/** The filters of a list that stand in its address, each as one of few values. */
export function TabFilterBar<Name extends string>({ name, filter, choices }: TabFilterBarProps<Name>) {
  return (
    <FilterBar name={name} chips={filter.chips(choices)} clearAll={filter.clear}>
      {(Object.keys(choices) as Name[]).map((each) => (
        <SelectField
          key={each}
          {...choices[each]}
          value={filter.of(each)}
          onChange={(value) => filter.change(each, value)}
        />
      ))}
    </FilterBar>
  );
}
