import type { UseQueryResult } from '@tanstack/react-query';
import { Button } from 'antd';
import { PAGE_SIZE, type QueuePage } from '../../api/queue';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { Pager } from '../../components/table/Pager';
import { useTexts } from '../../texts/TextsProvider';
import type { Question, Sort } from './questionOf';
import { QueueTable } from './QueueTable';

interface QueueResultProps {
  readonly question: Question;
  readonly query: UseQueryResult<QueuePage>;
  /** Which page this is, from 0. */
  readonly page: number;
  /** Found by name, not a list. */
  readonly searched?: boolean;
  readonly onNext?: (after: string) => void;
  readonly onFirst?: () => void;
  readonly onSort?: (sort: Sort) => void;
  clearFilters(): void;
}

/** A page of the queue in each of its states. */
export function QueueResult(props: QueueResultProps) {
  const { question, query, page, searched, onNext, onFirst, onSort, clearFilters } = props;
  const t = useTexts();
  const filtered = searched || Object.keys(question.filter).length > 0;
  return (
    <Loaded query={query} what={t.queue.title}>
      {({ rows, total, next, asOf, stale }) => {
        if (rows.length === 0) {
          return filtered ? (
            <EmptyState
              title={t.queue.filteredEmpty}
              action={
                <Button onClick={clearFilters}>
                  {searched ? t.queue.searchClear : t.table.clearFilters}
                </Button>
              }
            />
          ) : (
            <EmptyState title={t.queue.empty[question.view]} />
          );
        }
        const count = t.queue.total(total.value, total.atLeast);
        const caption = searched
          ? t.queue.searchResult(count)
          : t.queue.caption(t.queue.views[question.view], count, t.queue.orders[question.sort]);
        const from = page * PAGE_SIZE + 1;
        return (
          <>
            {stale && (
              <Banner kind="warning" title={t.states.stale(t.queue.title, t.format.moment(new Date(asOf)))} />
            )}
            <QueueTable
              rows={rows}
              caption={caption}
              sort={question.sort}
              onSort={onSort}
              busy={query.isFetching}
            />
            <p className="as-of">
              {t.queue.asOf(t.format.time(new Date(asOf)))}{' '}
              <Button type="link" size="small" onClick={() => void query.refetch()}>
                {t.queue.refresh}
              </Button>
            </p>
            <Pager
              name={t.queue.title}
              position={t.queue.position(from, from + rows.length - 1)}
              onFirst={onFirst}
              onNext={next && onNext ? () => onNext(next) : undefined}
            />
          </>
        );
      }}
    </Loaded>
  );
}
