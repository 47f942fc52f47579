import type { CaseDocument } from '../../api/cases';
import { useMe } from '../../api/session';
import { useTexts } from '../../texts/TextsProvider';

type Service = NonNullable<CaseDocument['service']>;

/** How the document reached the person (送达回证); what was recorded wrongly stays beneath. */
export function ServiceRecords({ document }: { readonly document: CaseDocument }) {
  const t = useTexts();
  return (
    <>
      {document.service && <ServiceRecord service={document.service} />}
      {document.corrected.length > 0 && (
        <details>
          <summary>{t.notice.wrong}</summary>
          {document.corrected.map((service) => (
            <ServiceRecord key={service.at} service={service} />
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
