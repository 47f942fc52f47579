import type { CaseDetail } from '../../api/cases';
import { useServiceTable } from '../../api/persons';
import { useMe } from '../../api/session';
import { useTexts } from '../../texts/TextsProvider';

/** Why the person is entitled: the sentence of the determination, and the facts on which it rests. */
export function Reasons({ detail }: { readonly detail: CaseDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const readable = me?.permissions.includes('chain:read') ?? false;
  const { data: table } = useServiceTable(readable ? detail.personId : undefined);
  const item = table?.items.find(({ itemId }) => itemId === detail.itemId);
  if (!item) return null;
  return (
    <section aria-labelledby="reasons">
      <h2 id="reasons">{t.case.why}</h2>
      <p lang="zh-CN">{item.zh}</p>
      {item.reasons.length > 0 && (
        <dl className="facts" lang="zh-CN">
          {item.reasons.map((reason) => (
            <div key={reason.fact}>
              <dt>{reason.zh}</dt>
              <dd>{reason.valueZh}</dd>
            </div>
          ))}
        </dl>
      )}
      {item.missing.length > 0 && (
        <p>
          {t.case.missingFacts}
          {item.missing.map((fact) => fact.zh).join('、')}
        </p>
      )}
    </section>
  );
}
