import { Link } from 'react-router';
import type { CaseDetail, CaseKey } from '../../api/cases';
import { EmptyState } from '../../components/state/EmptyState';
import { DataTable } from '../../components/table/DataTable';
import { documentAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface DocumentListProps {
  readonly which: CaseKey;
  readonly detail: CaseDetail;
}

/** The documents that went, or go, to the person, and how they were served. */
export function DocumentList({ which, detail }: DocumentListProps) {
  const t = useTexts();
  if (detail.documents.length === 0) return <EmptyState title={t.documents.none} />;
  return (
    <DataTable
      caption={t.documents.caption(detail.documents.length)}
      rows={detail.documents.map((document, index) => ({ ...document, place: index + 1 }))}
      rowKey={({ documentId }) => documentId}
      columns={[
        { key: 'number', title: t.notice.number, render: ({ number }) => number },
        { key: 'kind', title: t.documents.kind, heads: true, render: ({ kind }) => t.documents.kinds[kind] },
        { key: 'made', title: t.documents.madeOn, render: ({ madeOn }) => t.format.day(madeOn) },
        { key: 'by', title: t.materials.by, render: ({ role }) => t.roleName(role) },
        {
          key: 'service',
          title: t.documents.service,
          render: ({ service }) =>
            service
              ? t.documents.served(t.documents.methods[service.method], t.format.day(service.servedOn))
              : t.documents.notServed,
        },
        { key: 'reason', title: t.documents.reason, render: ({ reason }) => reason ?? '—' },
        {
          key: 'acts',
          title: t.table.actions,
          render: ({ documentId, kind, place }) => (
            <Link
              to={documentAt(which.owner, which.caseId, documentId)}
              aria-label={t.notice.openOf(t.documents.kinds[kind], place)}
            >
              {t.notice.open}
            </Link>
          ),
        },
      ]}
    />
  );
}
