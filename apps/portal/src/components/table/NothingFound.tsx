import { Button } from 'antd';
import { EmptyState } from '../state/EmptyState';
import { useTexts } from '../../texts/TextsProvider';

interface NothingFoundProps {
  readonly filter: { readonly key: string; clear(): void };
  readonly none: string;
  readonly filteredNone: string;
}

/** A list without rows: because of its filters, which can be taken away, or because there is nothing. */
export function NothingFound({ filter, none, filteredNone }: NothingFoundProps) {
  const t = useTexts();
  if (!filter.key) return <EmptyState title={none} />;
  return (
    <EmptyState
      title={filteredNone}
      action={<Button onClick={filter.clear}>{t.table.clearFilters}</Button>}
    />
  );
}
