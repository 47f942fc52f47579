import { Button } from 'antd';
import { useRef, type ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { useAnnounce } from '../page/Announcer';

export interface Chip {
  readonly key: string;
  /** e.g. 状态：审核中 */
  readonly label: string;
  remove(): void;
}

interface FilterBarProps {
  readonly name: string;
  /** The fields that filter, each with its label. */
  readonly children: ReactNode;
  readonly chips: readonly Chip[];
  clearAll(): void;
}

/** What a list is filtered by, and each filter as a chip that a key takes away. */
export function FilterBar({ name, children, chips, clearAll }: FilterBarProps) {
  const t = useTexts();
  const announce = useAnnounce();
  const bar = useRef<HTMLElement>(null);
  // The chip that is pressed goes away, and would take the focus with it.
  const removed = (text: string, remove: () => void) => {
    remove();
    announce(text);
    bar.current?.focus();
  };
  return (
    <section className="filter-bar" aria-label={name} ref={bar} tabIndex={-1}>
      <div className="filter-fields">{children}</div>
      {chips.length > 0 && (
        <ul className="chips" aria-label={t.table.activeFilters}>
          {chips.map((chip) => (
            <li key={chip.key}>
              <button
                type="button"
                className="chip"
                aria-label={t.table.removeFilter(chip.label)}
                onClick={() => removed(t.table.filterRemoved(chip.label), chip.remove)}
              >
                {chip.label} <span aria-hidden="true">✕</span>
              </button>
            </li>
          ))}
          <li>
            <Button type="link" size="small" onClick={() => removed(t.table.filtersCleared, clearAll)}>
              {t.table.clearFilters}
            </Button>
          </li>
        </ul>
      )}
    </section>
  );
}
