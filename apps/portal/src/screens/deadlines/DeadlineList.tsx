import {
  standings,
  useSupervised,
  type DeadlineOverview,
  type SupervisedRequest,
} from '../../api/supervision';
import { Loaded } from '../../components/state/Loaded';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { NothingFound } from '../../components/table/NothingFound';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTabFilter } from '../../components/table/useTabFilter';
import { useTexts } from '../../texts/TextsProvider';
import { WorkTable } from '../workload/WorkTable';
import { sumsBy } from './sums';

const filters = ['standing', 'division', 'item'] as const;

/** The open cases one by one, the nearest term first; what they are filtered by stands in the address. */
export function DeadlineList({ overview: { cells, level } }: { readonly overview: DeadlineOverview }) {
  const t = useTexts();
  const filter = useTabFilter('list', filters);
  const cursor = useCursor<string>(filter.key);
  const question = {
    ...Object.fromEntries(filters.flatMap((name) => (filter.of(name) ? [[name, filter.of(name)]] : []))),
    ...(cursor.after === null ? {} : { after: cursor.after }),
  } as Omit<SupervisedRequest, 'limit'>;
  const found = useSupervised(question);
  const choices = {
    standing: {
      label: t.queue.due,
      all: t.queue.allDue,
      options: standings.map((value) => ({ value, label: t.deadlines.standings[value] })),
    },
    division: {
      label: t.deadlines.levels[level],
      all: t.deadlines.allPlaces,
      options: sumsBy(cells, ({ divisionCode }) => divisionCode).map(({ first }) => ({
        value: first.divisionCode,
        label: first.divisionName ?? t.case.placeUnknown,
      })),
    },
    item: {
      label: t.queue.item,
      all: t.queue.allItems,
      options: sumsBy(cells, ({ itemId }) => itemId).map(({ first }) => ({
        value: first.itemId,
        label: first.title,
      })),
    },
  };
  return (
    <>
      <TabFilterBar name={t.queue.filters} filter={filter} choices={choices} />
      <Loaded query={found} what={t.deadlines.tabs.list}>
        {({ rows, total, next }) =>
          rows.length === 0 ? (
            <NothingFound filter={filter} none={t.deadlines.none} filteredNone={t.queue.filteredEmpty} />
          ) : (
            <>
              <WorkTable
                rows={rows}
                busy={found.isFetching}
                caption={t.deadlines.listCaption(t.queue.total(total.value, total.atLeast))}
              />
              <Pager
                name={t.deadlines.tabs.list}
                position={t.deadlines.position(rows.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )
        }
      </Loaded>
    </>
  );
}
