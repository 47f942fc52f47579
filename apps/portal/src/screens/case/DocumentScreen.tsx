import { Link, useParams } from 'react-router';
import { useCase, type CaseDetail, type CaseDocument, type CaseKey } from '../../api/cases';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { ScanForm } from '../../components/scan/ScanForm';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ActFailure } from './ActFailure';
import './case.css';
import { DocumentPrint } from './DocumentPrint';
import { ServiceForm } from './ServiceForm';
import { ServiceRecords } from './ServiceRecords';
import { useActing } from './useActing';

/** W12: one document as it goes to the person: looked at, printed, and how it was served. */
export function DocumentScreen() {
  const { owner = '', caseId = '', documentId = '' } = useParams();
  const which = { owner, caseId };
  const t = useTexts();
  const query = useCase(which);
  const document = query.data?.documents.find((each) => each.documentId === documentId);
  const title =
    query.data && document
      ? t.notice.heading(t.documents.kinds[document.kind], query.data.title)
      : t.notice.title;
  return (
    <Page title={title} actions={<Link to={`${caseAt(owner, caseId)}?tab=documents`}>{t.notice.back}</Link>}>
      <Loaded query={query} what={t.notice.title}>
        {(detail) =>
          document ? (
            <DocumentBody which={which} detail={detail} document={document} />
          ) : (
            <EmptyState title={t.notice.notOfCase} />
          )
        }
      </Loaded>
    </Page>
  );
}

interface DocumentBodyProps {
  readonly which: CaseKey;
  readonly detail: CaseDetail;
  readonly document: CaseDocument;
}

function DocumentBody({ which, detail, document }: DocumentBodyProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const acting = useActing(which, detail);
  return (
    <>
      <ActFailure acting={acting} />
      <DocumentPrint detail={detail} document={document} />
      <h2>{t.notice.record}</h2>
      {document.service ? (
        <ServiceRecords which={which} document={document} />
      ) : (
        <p>{t.documents.notServed}</p>
      )}
      {me?.permissions.includes('case:work') && (
        <>
          {document.service && !document.service.hasProof && (
            <ScanForm
              id="service-proof"
              label={t.notice.proof}
              submitLabel={t.notice.prove}
              busy={acting.busy}
              send={(file) => void acting.run({ kind: 'prove', documentId: document.documentId, file })}
            />
          )}
          <ServiceForm
            // A record that stands is corrected, in a form of its own.
            key={document.corrected.length + (document.service ? 1 : 0)}
            document={document}
            electronic={detail.electronicSince !== null}
            acting={acting}
          />
        </>
      )}
    </>
  );
}
