import { Link } from 'react-router';
import { useTakeOvers } from '../../api/take-overs';
import { Page } from '../../components/page/Page';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { takeOverAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { wholeCode } from '../../api/places';
import { PlaceName } from '../../components/case/PlaceName';
import { TakeOverStateChip } from './TakeOverStateChip';

/** How counties go live: each take-over, and how far it is. */
export function TakeOversScreen() {
  const t = useTexts();
  const query = useTakeOvers();
  return (
    <Page title={t.money.takeOver.title}>
      <Loaded query={query} what={t.money.takeOver.title}>
        {({ takeOvers }) =>
          takeOvers.length === 0 ? (
            <EmptyState title={t.money.takeOver.empty}>
              <p>{t.money.takeOver.emptyText}</p>
            </EmptyState>
          ) : (
            <DataTable
              caption={t.money.takeOver.caption(takeOvers.length)}
              busy={query.isFetching}
              rows={takeOvers}
              rowKey={({ takeOverId }) => takeOverId}
              columns={[
                {
                  key: 'day',
                  title: t.money.takeOver.day,
                  heads: true,
                  render: ({ takeOverId, day }) => (
                    <Link to={takeOverAt(takeOverId)}>{t.format.day(day)}</Link>
                  ),
                },
                {
                  key: 'county',
                  title: t.money.takeOver.county,
                  render: ({ county }) => <PlaceName code={wholeCode(county)} />,
                },
                {
                  key: 'state',
                  title: t.money.state,
                  render: ({ state }) => <TakeOverStateChip state={state} />,
                },
                {
                  key: 'checked',
                  title: t.money.takeOver.checked,
                  render: ({ checked }) =>
                    checked ? t.money.takeOver.isChecked : t.money.takeOver.notChecked,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
