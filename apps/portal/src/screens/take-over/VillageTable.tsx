import type { TakeOverDetail } from '../../api/take-overs';
import { useMe } from '../../api/session';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { PlaceName } from '../../components/case/PlaceName';
import { ReleaseVillage } from './ReleaseVillage';

/** The villages with something missing or contradictory: a supervisor answers for each. */
export function VillageTable({ takeOver }: { readonly takeOver: TakeOverDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const { state, villages } = takeOver;
  const releases =
    (state === 'loaded' || state === 'released') && (me?.permissions.includes('take-over:release') ?? false);
  return (
    <section aria-labelledby="villages">
      <h2 id="villages">{t.money.takeOver.villages}</h2>
      <DataTable
        caption={t.money.takeOver.villagesCaption(villages.length)}
        rows={villages}
        rowKey={({ divisionCode }) => divisionCode}
        columns={[
          {
            key: 'village',
            title: t.money.takeOver.village,
            heads: true,
            render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
          },
          {
            key: 'findings',
            title: t.money.takeOver.places,
            figures: true,
            render: ({ findings }) => findings,
          },
          {
            key: 'released',
            title: t.money.takeOver.released,
            render: (village) => {
              if (village.isReleased) return t.money.takeOver.isReleased(village.note ?? t.money.none);
              return releases ? (
                <ReleaseVillage takeOverId={takeOver.takeOverId} village={village} />
              ) : (
                t.money.takeOver.waits
              );
            },
          },
        ]}
      />
    </section>
  );
}
