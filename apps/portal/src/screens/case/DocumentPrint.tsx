import { Button } from 'antd';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { CaseDetail, CaseDocument } from '../../api/cases';
import { useClearName, usePerson } from '../../api/persons';
import { useMe } from '../../api/session';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { useProblemText } from '../../components/state/useProblemText';
import { useTexts } from '../../texts/TextsProvider';
import { DocumentSheet } from './DocumentSheet';

interface DocumentPrintProps {
  readonly detail: CaseDetail;
  readonly document: CaseDocument;
}

/** The sheet as it will be on paper, and printing it: the full name stands on it only while it is printed. */
export function DocumentPrint({ detail, document }: DocumentPrintProps) {
  const t = useTexts();
  const announce = useAnnounce();
  const textOf = useProblemText();
  const { data: me } = useMe();
  const { data: person } = usePerson(detail.personId);
  const clearName = useClearName(detail.personId);
  const [name, setName] = useState<string | null>(null);
  const mayName = me?.permissions.includes('person:reveal') ?? false;

  const print = () => {
    window.print();
    announce(t.notice.printed);
  };
  const printNamed = async () => {
    let full: string;
    try {
      full = await clearName.mutateAsync(t.notice.purpose(t.documents.kinds[document.kind]));
    } catch {
      // Said beneath.
      return;
    }
    flushSync(() => setName(full));
    print();
    setName(null);
  };

  return (
    <>
      <DocumentSheet detail={detail} document={document} name={name ?? person?.name ?? null} />
      <p className="field-help">{mayName ? t.notice.nameNote : t.notice.nameHidden}</p>
      <div className="buttons">
        {mayName && (
          <Button type="primary" loading={clearName.isPending} onClick={() => void printNamed()}>
            {t.notice.named}
          </Button>
        )}
        <Button onClick={print}>{t.notice.print}</Button>
      </div>
      {clearName.isError && (
        <Banner kind="error" urgent title={t.notice.nameFailed}>
          <p>{textOf(clearName.error)}</p>
        </Banner>
      )}
    </>
  );
}
