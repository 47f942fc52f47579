import { Link, useParams } from 'react-router';
import { useTakeOver, type TakeOverDetail } from '../../api/take-overs';
import { Page } from '../../components/page/Page';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { differenceAt, routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { wholeCode } from '../../api/places';
import { PlaceName } from '../../components/case/PlaceName';
import { FoundKinds } from './FoundKinds';
import { FoundRows } from './FoundRows';
import { TakeOverStateChip } from './TakeOverStateChip';
import { VillageTable } from './VillageTable';

/** One take-over: its lists by count, what contradicts, which villages wait, and the first run. */
export function TakeOverScreen() {
  const { takeOverId = '' } = useParams();
  const t = useTexts();
  const query = useTakeOver(takeOverId);
  return (
    <Page
      title={t.money.takeOver.title}
      heading={query.data ? t.money.takeOver.heading(query.data.day) : t.money.takeOver.title}
      actions={<Link to={routes.takeOvers}>{t.money.takeOver.toList}</Link>}
    >
      <Loaded query={query} what={t.money.takeOver.title}>
        {(takeOver) => (
          <>
            <Standing takeOver={takeOver} />
            <Lists takeOver={takeOver} />
            <FoundKinds takeOver={takeOver} />
            {takeOver.findings.length > 0 && <FoundRows takeOver={takeOver} />}
            {takeOver.villages.length > 0 && <VillageTable takeOver={takeOver} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Standing({ takeOver }: { readonly takeOver: TakeOverDetail }) {
  const t = useTexts();
  const { county, state, checked, firstRun } = takeOver;
  return (
    <>
      <section className="identity" aria-label={t.money.takeOver.about}>
        <dl>
          <div>
            <dt>{t.money.takeOver.county}</dt>
            <dd>
              <PlaceName code={wholeCode(county)} />
            </dd>
          </div>
          <div>
            <dt>{t.money.state}</dt>
            <dd>
              <TakeOverStateChip state={state} />
            </dd>
          </div>
          <div>
            <dt>{t.money.takeOver.firstRun}</dt>
            <dd>
              {firstRun === null ? (
                t.money.takeOver.noFirstRun
              ) : (
                <Link to={differenceAt(firstRun)}>{t.money.takeOver.toDifference}</Link>
              )}
            </dd>
          </div>
        </dl>
      </section>
      {state === 'dry-run' && <Banner kind="info" title={t.money.takeOver.dryRun} />}
      {!checked && (
        <Banner kind="warning" title={t.money.takeOver.notChecked}>
          <p>{t.money.takeOver.notCheckedText}</p>
        </Banner>
      )}
    </>
  );
}

const figures = ['rows', 'clean', 'releasable', 'blocked', 'loaded', 'changed'] as const;

function Lists({ takeOver: { lists } }: { readonly takeOver: TakeOverDetail }) {
  const t = useTexts();
  return (
    <section aria-labelledby="take-over-lists">
      <h2 id="take-over-lists">{t.money.takeOver.lists}</h2>
      {lists.length === 0 ? (
        <EmptyState title={t.money.takeOver.noLists} />
      ) : (
        <DataTable
          caption={t.money.takeOver.listCaption(lists.length)}
          rows={lists}
          rowKey={({ list }) => list}
          columns={[
            {
              key: 'list',
              title: t.money.takeOver.list,
              heads: true,
              render: ({ list, isWhole }) => (
                <>
                  {t.money.takeOver.listNames[list]}
                  {!isWhole && <span className="aside">{t.money.takeOver.notWhole}</span>}
                </>
              ),
            },
            ...figures.map((key) => ({
              key,
              title: t.money.takeOver[key],
              figures: true,
              render: (row: TakeOverDetail['lists'][number]) => row[key],
            })),
          ]}
        />
      )}
    </section>
  );
}
