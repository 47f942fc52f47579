import { Link } from 'react-router';
import type { TakeOverDetail } from '../../api/take-overs';
import { Banner } from '../../components/state/Banner';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** What is missing or contradictory, by list and kind. */
export function FoundKinds({ takeOver: { findings, checked } }: { readonly takeOver: TakeOverDetail }) {
  const t = useTexts();
  return (
    <section aria-labelledby="found-kinds">
      <h2 id="found-kinds">{t.money.takeOver.kinds}</h2>
      {findings.length === 0 ? (
        checked && <Banner kind="success" title={t.money.takeOver.clear} />
      ) : (
        <DataTable
          caption={t.money.takeOver.kindsCaption(findings.reduce((sum, { count }) => sum + count, 0))}
          rows={findings}
          rowKey={({ list, kind }) => `${list} ${kind}`}
          columns={[
            {
              key: 'kind',
              title: t.money.takeOver.kind,
              heads: true,
              render: ({ list, kind }) => (
                <Link to={`?list=${list}&kind=${kind}`}>{t.money.takeOver.kindNames[kind]}</Link>
              ),
            },
            {
              key: 'list',
              title: t.money.takeOver.list,
              render: ({ list }) => t.money.takeOver.listNames[list],
            },
            { key: 'count', title: t.money.takeOver.places, figures: true, render: ({ count }) => count },
          ]}
        />
      )}
    </section>
  );
}
