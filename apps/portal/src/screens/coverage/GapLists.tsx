import { useGaps, type GapQuestion } from '../../api/gaps';
import { Loaded } from '../../components/state/Loaded';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { NothingFound } from '../../components/table/NothingFound';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTabFilter } from '../../components/table/useTabFilter';
import { useTexts } from '../../texts/TextsProvider';
import { GapTable } from './GapTable';

const filters = ['kind', 'state'] as const;

/** The lists of gaps, village by village; what they are filtered by stands in the address. */
export function GapLists() {
  const t = useTexts();
  const filter = useTabFilter(null, filters);
  const cursor = useCursor<string>(filter.key);
  const question = {
    ...Object.fromEntries(filters.map((name) => [name, filter.of(name) || undefined])),
    after: cursor.after ?? undefined,
  } as GapQuestion;
  const found = useGaps(question);
  const optionsOf = (labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).map(([value, label]) => ({ value, label }));
  const choices = {
    kind: { label: t.coverage.kind, all: t.coverage.all.kind, options: optionsOf(t.coverage.kinds) },
    state: { label: t.coverage.state, all: t.coverage.all.state, options: optionsOf(t.coverage.states) },
  };
  return (
    <>
      <TabFilterBar name={t.queue.filters} filter={filter} choices={choices} />
      <Loaded query={found} what={t.coverage.tabs.lists}>
        {({ gaps, next }) =>
          gaps.length === 0 ? (
            <NothingFound filter={filter} none={t.coverage.noGaps} filteredNone={t.coverage.filteredEmpty} />
          ) : (
            <>
              <GapTable gaps={gaps} busy={found.isFetching} caption={t.coverage.listCaption(gaps.length)} />
              <Pager
                name={t.coverage.tabs.lists}
                position={t.coverage.position(gaps.length)}
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
