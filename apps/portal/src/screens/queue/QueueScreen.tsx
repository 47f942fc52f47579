import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useCounts, useQueue } from '../../api/queue';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { useTexts } from '../../texts/TextsProvider';
import { NameSearch } from './NameSearch';
import { addressOf, askedOf, questionOf, views, type View } from './questionOf';
import { QueueFilters } from './QueueFilters';
import { QueueResult } from './QueueResult';
import { TakeNext } from './TakeNext';
import { useSearch } from './useSearch';

/** W3: the work queue, list by list, filtered by what stands in the address. */
export function QueueScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const question = questionOf(query);
  const counts = useCounts();
  const queue = useQueue(askedOf(question));
  const search = useSearch();
  const [pages, setPages] = useState(0);
  const ask = (change: Parameters<typeof addressOf>[1], page = 0) => {
    setPages(page);
    setQuery(addressOf(question, change));
  };
  const labelOf = (view: View) => {
    const count = counts.data?.[view];
    return count
      ? `${t.queue.views[view]} ${t.queue.total(count.value, count.atLeast)}`
      : t.queue.views[view];
  };
  return (
    <Page title={t.queue.title} actions={<TakeNext />}>
      <Tabs
        name={t.queue.viewsLabel}
        chosen={question.view}
        choose={(view) => ask({ view })}
        tabs={views.map((view) => ({ key: view, label: labelOf(view) }))}
      >
        <QueueFilters question={question} ask={ask} />
        <NameSearch search={search} />
        {search.name === null ? (
          <QueueResult
            question={question}
            query={queue}
            page={pages}
            onNext={(after) => ask({ after }, pages + 1)}
            onFirst={question.after ? () => ask({ after: null }) : undefined}
            onSort={(sort) => ask({ sort })}
            clearFilters={() => ask({ filter: {} })}
          />
        ) : (
          <QueueResult
            question={question}
            query={search.result}
            page={0}
            searched
            clearFilters={search.clear}
          />
        )}
      </Tabs>
    </Page>
  );
}
