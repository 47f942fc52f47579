import { useState } from 'react';
import { useCatalogue } from '../../api/cases';
import { useGapVillages, type GapVillages } from '../../api/gaps';
import { useMe } from '../../api/session';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { Pager } from '../../components/table/Pager';
import { useTexts } from '../../texts/TextsProvider';
import { itemTitleOf } from '../../components/case/itemTitle';
import { PlaceName } from '../../components/case/PlaceName';
import { ReleaseVillage } from './ReleaseVillage';

type Village = GapVillages['villages'][number];

/** Open gaps by village, each to be handed out as tasks by whoever answers for the place. */
export function VillageTable() {
  const t = useTexts();
  const [after, setAfter] = useState<string>();
  const query = useGapVillages(after);
  const { data: me } = useMe();
  const releases = me?.permissions.includes('gap:release') ?? false;
  return (
    <Loaded query={query} what={t.coverage.tabs.villages}>
      {({ villages, next }) =>
        villages.length === 0 ? (
          <EmptyState title={t.coverage.noGaps} />
        ) : (
          <>
            <DataTable
              caption={t.coverage.villageCaption}
              busy={query.isFetching}
              rows={villages}
              rowKey={({ divisionCode }) => divisionCode}
              columns={[
                {
                  key: 'village',
                  title: t.coverage.village,
                  heads: true,
                  render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
                },
                { key: 'kinds', title: t.coverage.gaps, render: (village) => <Kinds village={village} /> },
                ...(releases
                  ? [
                      {
                        key: 'release',
                        title: t.table.actions,
                        render: (village: Village) => <ReleaseVillage of={village} />,
                      },
                    ]
                  : []),
              ]}
            />
            <Pager
              name={t.coverage.tabs.villages}
              position={t.coverage.villagesHere(villages.length)}
              onFirst={after === undefined ? undefined : () => setAfter(undefined)}
              onNext={next ? () => setAfter(next) : undefined}
            />
          </>
        )
      }
    </Loaded>
  );
}

function Kinds({ village }: { readonly village: Village }) {
  const t = useTexts();
  const { data: catalogue } = useCatalogue(village.divisionCode);
  return (
    <ul className="inline-list">
      {village.kinds.map(({ kind, itemId, gaps, released, distrusted }) => (
        <li key={`${kind} ${itemId}`}>
          {t.coverage.kindOfItem(
            t.coverage.kinds[kind],
            itemTitleOf(catalogue, itemId, t) ?? t.coverage.itemUnnamed,
            gaps,
          )}
          <span className="aside">{t.coverage.releasedOf(released, distrusted)}</span>
        </li>
      ))}
    </ul>
  );
}
