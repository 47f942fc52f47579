import { Link } from 'react-router';
import type { ChainItem } from '../../api/persons';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { isCaseStatus, StatusChip } from '../../components/case/StatusChip';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface ChainTableProps {
  readonly items: readonly ChainItem[];
  readonly caption: string;
}

/** The matters of a round as a table: everything that the picture beneath shows, and more. */
export function ChainTable({ items, caption }: ChainTableProps) {
  const t = useTexts();
  const say = (words: { readonly zh: string; readonly en: string }) =>
    t.lang === 'zh-CN' ? words.zh : words.en;
  return (
    <DataTable
      caption={caption}
      rows={items}
      rowKey={({ itemId, action, period }) => `${itemId} ${action} ${period}`}
      columns={[
        {
          key: 'item',
          title: t.chain.item,
          heads: true,
          render: ({ title, caseId, owner }) =>
            caseId ? <Link to={caseAt(owner, caseId)}>{say(title)}</Link> : say(title),
        },
        { key: 'owner', title: t.chain.owner, render: ({ owner }) => t.owners[owner] },
        { key: 'status', title: t.case.status, render: (item) => <ItemStatus item={item} /> },
        {
          key: 'waits',
          title: t.chain.waitsFor,
          render: ({ waitsFor, papers }) => (
            <>
              {waitsFor?.zh ?? '—'}
              {papers.length > 0 && (
                <span className="aside">{t.chain.papers(papers.map(({ zh }) => zh).join('、'))}</span>
              )}
            </>
          ),
        },
        { key: 'term', title: t.case.deadline, render: (item) => <ItemTerm item={item} /> },
        { key: 'end', title: t.chain.end, render: ({ end }) => (end ? say(end) : '—') },
      ]}
    />
  );
}

export function ItemStatus({ item }: { readonly item: ChainItem }) {
  const t = useTexts();
  const status = item.outcome ?? item.status;
  if (isCaseStatus(status)) return <StatusChip status={status} />;
  return (
    <span>{(t.chain.otherStatuses as Readonly<Record<string, string>>)[status] ?? t.chain.underWay}</span>
  );
}

/** The term of the office that holds the item, if one does. */
function ItemTerm({ item }: { readonly item: ChainItem }) {
  const t = useTexts();
  const term = item.terms.find(({ holds }) => holds) ?? null;
  if (!term) return <>{t.case.noTerm}</>;
  return (
    <DeadlineChip
      term={{
        kind: term.kind,
        due: term.dueAt ?? term.dueDay,
        provisional: term.provisional,
        paused: term.paused,
        mark: term.mark,
      }}
    />
  );
}
