import { Link } from 'react-router';
import { useServiceTable, type TableItem } from '../../api/persons';
import { isCaseStatus, StatusChip } from '../../components/case/StatusChip';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

const ORDER = { entitled: 0, 'needs-fact': 1, 'not-entitled': 2 } as const;

/** 一张表: every item in force with its outcome and why, and what the person has of it. */
export function ServiceTable({ personId }: { readonly personId: string }) {
  const t = useTexts();
  return (
    <section aria-labelledby="services">
      <h2 id="services">{t.person.services}</h2>
      <Loaded query={useServiceTable(personId)} what={t.person.services}>
        {({ items }) => (
          <DataTable
            caption={t.person.serviceCaption(
              items.filter(({ outcome }) => outcome === 'entitled').length,
              items.length,
            )}
            rows={[...items].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome])}
            rowKey={({ itemId }) => itemId}
            columns={[
              {
                key: 'item',
                title: t.chain.item,
                heads: true,
                render: ({ title }) => (t.lang === 'zh-CN' ? title.zh : title.en),
              },
              {
                key: 'outcome',
                title: t.person.outcome,
                render: ({ outcome }) => t.person.outcomes[outcome],
              },
              { key: 'has', title: t.person.has, render: (item) => <Holdings item={item} /> },
              { key: 'why', title: t.person.why, render: ({ zh }) => <span lang="zh-CN">{zh}</span> },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function Holdings({ item }: { readonly item: TableItem }) {
  const t = useTexts();
  if (item.has.length === 0) return <>{t.person.hasNone}</>;
  return (
    <ul className="inline-list">
      {item.has.map(({ period, status, caseId }) => (
        <li key={period}>
          {isCaseStatus(status) && <StatusChip status={status} />}{' '}
          {caseId && <Link to={caseAt(item.owner, caseId)}>{t.person.openCase(t.periods(period))}</Link>}
        </li>
      ))}
    </ul>
  );
}
