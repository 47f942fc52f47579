import type { CaseDetail, CaseDocument } from '../../api/cases';
import { noticeLines, noticeWords } from '../../texts/parts/notices';
import { zh } from '../../texts/zh';

interface DocumentSheetProps {
  readonly detail: CaseDetail;
  readonly document: CaseDocument;
  readonly name: string | null;
}

/** The paper itself: of a page that is printed nothing else is. */
export function DocumentSheet({ detail, document, name }: DocumentSheetProps) {
  const maker = detail.steps.find(({ step }) => step === document.step);
  return (
    <article className="sheet" lang="zh-CN">
      <h2>{zh.documents.kinds[document.kind]}</h2>
      <p className="sheet-number">{noticeWords.number(document.number)}</p>
      <p>{noticeWords.to(name ?? noticeWords.unnamed)}</p>
      {noticeLines(detail, document).map((line) => (
        <p className="sheet-line" key={line}>
          {line}
        </p>
      ))}
      <p className="sheet-end">
        {noticeWords.by(zh.rolesAndDepartment([document.role], maker?.department ?? null))}
        <br />
        {noticeWords.seal}
        <br />
        {noticeWords.day(document.madeOn)}
      </p>
    </article>
  );
}
