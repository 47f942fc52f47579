import { useSearchParams } from 'react-router';
import type { Chip } from './FilterBar';
import { useTexts } from '../../texts/TextsProvider';

/** What may be chosen for one filter. */
export interface Choice {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/**
 * Filters of a list, which stand in the address beside its tab.
 * @param tab null: the list is no tab
 */
export function useTabFilter<Name extends string>(tab: string | null, names: readonly Name[]) {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const chosen = names.filter((name) => query.get(name));
  const write = (values: readonly (readonly [Name, string])[]) =>
    setQuery(
      Object.fromEntries([...(tab ? [['tab', tab]] : []), ...values.filter(([, value]) => value !== '')]),
      { replace: true },
    );
  const of = (name: Name) => query.get(name) ?? '';
  const change = (name: Name, value: string) =>
    write(names.map((each) => [each, each === name ? value : of(each)]));
  return {
    of,
    change,
    clear: () => write([]),
    /** The whole of it as a text; empty: nothing is filtered. */
    key: chosen.map((name) => `${name}=${of(name)}`).join('&'),
    chips: (choices: Readonly<Record<Name, Choice>>): Chip[] =>
      chosen.map((name) => {
        const { label, options } = choices[name];
        const value = options.find((option) => option.value === of(name))?.label ?? label;
        return { key: name, label: t.queue.chip(label, value), remove: () => change(name, '') };
      }),
  };
}

export type TabFilter<Name extends string> = ReturnType<typeof useTabFilter<Name>>;
