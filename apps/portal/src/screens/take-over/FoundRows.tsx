import { useTakeOverFindings, type TakeOverDetail, type TakeOverQuestion } from '../../api/take-overs';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTexts } from '../../texts/TextsProvider';
import { NothingFound } from '../../components/table/NothingFound';
import { PlaceName } from '../../components/case/PlaceName';
import { useTabFilter } from '../../components/table/useTabFilter';

/** The same row by row, with the column, and what to do about it. */
export function FoundRows({ takeOver }: { readonly takeOver: TakeOverDetail }) {
  const t = useTexts();
  const filter = useTabFilter(null, ['list', 'kind']);
  const cursor = useCursor<number>(filter.key);
  const lists = [...new Set(takeOver.findings.map(({ list }) => list))];
  const kinds = [...new Set(takeOver.findings.map(({ kind }) => kind))];
  const question: TakeOverQuestion = {
    list: lists.find((each) => each === filter.of('list')),
    kind: kinds.find((each) => each === filter.of('kind')),
    after: cursor.after ?? undefined,
  };
  const found = useTakeOverFindings(takeOver.takeOverId, question);
  const choices = {
    list: {
      label: t.money.takeOver.list,
      all: t.money.takeOver.allLists,
      options: lists.map((value) => ({ value, label: t.money.takeOver.listNames[value] })),
    },
    kind: {
      label: t.money.takeOver.kind,
      all: t.money.takeOver.allKinds,
      options: kinds.map((value) => ({ value, label: t.money.takeOver.kindNames[value] })),
    },
  };
  return (
    <section aria-labelledby="found-rows">
      <h2 id="found-rows">{t.money.takeOver.rowsOf}</h2>
      <TabFilterBar name={t.money.takeOver.filters} filter={filter} choices={choices} />
      <Loaded query={found} what={t.money.takeOver.kinds}>
        {({ findings, next }) =>
          findings.length === 0 ? (
            <NothingFound
              filter={filter}
              none={t.money.takeOver.clear}
              filteredNone={t.money.takeOver.filteredNone}
            />
          ) : (
            <>
              <DataTable
                caption={t.money.takeOver.findingsCaption(findings.length)}
                busy={found.isFetching}
                rows={findings}
                rowKey={({ place }) => String(place)}
                columns={[
                  {
                    key: 'row',
                    title: t.money.takeOver.row,
                    heads: true,
                    render: ({ list, row }) => t.money.takeOver.rowAt(t.money.takeOver.listNames[list], row),
                  },
                  {
                    key: 'column',
                    title: t.money.takeOver.column,
                    render: ({ column }) => column ?? t.money.takeOver.wholeRow,
                  },
                  {
                    key: 'kind',
                    title: t.money.takeOver.kind,
                    render: ({ kind }) => t.money.takeOver.kindNames[kind],
                  },
                  { key: 'problem', title: t.money.takeOver.problem, render: ({ reason }) => reason },
                  {
                    key: 'place',
                    title: t.money.place,
                    render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
                  },
                ]}
              />
              <Pager
                name={t.money.takeOver.kinds}
                position={t.money.takeOver.findingsPosition(findings.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )
        }
      </Loaded>
    </section>
  );
}
