import type { CaseDocument, CaseKey } from '../../api/cases';
import { useMe } from '../../api/session';
import { ScanViewer } from '../../components/scan/ScanViewer';
import { useTexts } from '../../texts/TextsProvider';

type Service = NonNullable<CaseDocument['service']>;

interface ServiceRecordsProps {
  readonly which: CaseKey;
  readonly document: CaseDocument;
}

/** How the document reached the person (送达回证); what was recorded wrongly stays beneath. */
export function ServiceRecords({ which, document }: ServiceRecordsProps) {
  const t = useTexts();
  const { documentId, service } = document;
  return (
    <>
      {service && <ServiceRecord service={service} />}
      {service && <h3>{t.notice.proof}</h3>}
      {service &&
        (service.hasProof ? (
          <ScanViewer
            key={service.at}
            which={{ ...which, documentId }}
            title={t.notice.proof}
            at={service.at}
          />
        ) : (
          <p>{t.notice.noProof}</p>
        ))}
      {document.corrected.length > 0 && (
        <details>
          <summary>{t.notice.wrong}</summary>
          {document.corrected.map((wrong) => (
            <ServiceRecord key={wrong.at} service={wrong} />
          ))}
        </details>
      )}
    </>
  );
}

function ServiceRecord({ service }: { readonly service: Service }) {
  const t = useTexts();
  const { data: me } = useMe();
  const { method, on, servedOn, receivedBy, witness, recorded, reference, note, correction } = service;
  const rows: readonly (readonly [string, string | null])[] = [
    [t.notice.method, t.documents.methods[method]],
    [t.notice.on[method], t.format.day(on)],
    [t.notice.receivedBy, receivedBy && t.notice.receivers[receivedBy]],
    [t.notice.witness, witness],
    [t.notice.reference, reference],
    [t.notice.note, note],
    [t.notice.correction, correction],
    [
      t.notice.by,
      t.case.doneBy(
        t.roleName(service.role),
        service.by === me?.userId,
        t.format.moment(new Date(service.at)),
      ),
    ],
  ];
  return (
    <>
      <dl className="facts">
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {recorded && <p>{t.notice.recorded}</p>}
      <p>{t.notice.countsFrom(t.format.day(servedOn))}</p>
    </>
  );
}
