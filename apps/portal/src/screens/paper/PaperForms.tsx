import { Button } from 'antd';
import { useState } from 'react';
import type { CaseDetail } from '../../api/cases';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { ScanForm } from '../../components/scan/ScanForm';
import { useTexts } from '../../texts/TextsProvider';
import type { Acting } from '../case/useActing';

type Material = CaseDetail['materials'][number];

interface PaperFormsProps {
  readonly material: string;
  readonly title: string;
  /** Null: nobody has asked for it yet, and nobody has brought it. */
  readonly seen: Material | null;
  readonly acting: Acting;
}

/** What can be done with the paper as it is: it comes, it is in order, it is not, it need not come. */
export function PaperForms({ material, title, seen, acting }: PaperFormsProps) {
  const t = useTexts();
  const state = seen?.state ?? 'asked';
  const offered = seen?.offered ?? [];
  const here = state === 'received' || state === 'checked';
  return (
    <>
      <h2>{t.paper.todo}</h2>
      {state === 'received' && (
        <>
          <p>
            <Button
              type="primary"
              loading={acting.busy}
              onClick={() => void acting.run({ kind: 'check', material })}
            >
              {t.materials.check}
            </Button>
          </p>
          <ReasonedAct kind="reject" material={material} acting={acting} />
        </>
      )}
      {!here && (
        <>
          <p>
            <Button loading={acting.busy} onClick={() => void acting.run({ kind: 'receive', material })}>
              {t.paper.receive}
            </Button>
          </p>
          <ScanForm
            id="paper-scan"
            label={t.paper.scanOf(title)}
            submitLabel={t.paper.upload}
            busy={acting.busy}
            send={(file) => void acting.run({ kind: 'upload', material, file })}
          />
          {offered.length > 0 && (
            <ul className="plain-list" aria-label={t.paper.earlier}>
              {offered.map(({ paperId, owner, checkedOn }) => (
                <li key={paperId}>
                  {t.paper.given(t.owners[owner], t.format.day(checkedOn))}{' '}
                  <Button
                    loading={acting.busy}
                    onClick={() => void acting.run({ kind: 'use', material, paperId })}
                  >
                    {t.paper.use}
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <ReasonedAct kind="waive" material={material} acting={acting} />
        </>
      )}
      {state === 'checked' && <p>{t.paper.inOrder}</p>}
    </>
  );
}

interface ReasonedActProps {
  readonly kind: 'reject' | 'waive';
  readonly material: string;
  readonly acting: Acting;
}

/** Both are said to the person, so both need words. */
function ReasonedAct({ kind, material, acting }: ReasonedActProps) {
  const t = useTexts();
  const [reason, setReason] = useState('');
  const { errors, errorOf, judge } = useFieldErrors();
  const field = `paper-${kind}`;
  const words = t.paper[kind];
  const submit = () => {
    if (!judge(isTooShort(reason) ? [{ field, text: words.missing }] : [])) return;
    void acting.run({ kind, material, reason: reason.trim() });
  };
  return (
    <details>
      <summary>{words.open}</summary>
      <WorkForm errors={errors} submit={submit}>
        <ReasonField
          id={field}
          label={words.reason}
          error={errorOf(field)}
          value={reason}
          onChange={setReason}
        />
        <Button htmlType="submit" loading={acting.busy}>
          {words.submit}
        </Button>
      </WorkForm>
    </details>
  );
}
