import { Button, Radio } from 'antd';
import { useState } from 'react';
import type { CaseDetail } from '../../api/cases';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { DayField } from '../../components/input/DayField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Banner } from '../../components/state/Banner';
import { useMe } from '../../api/session';
import { useTexts } from '../../texts/TextsProvider';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import type { Acting } from './useActing';

type Choice = 'grant' | 'refuse';

interface Draft {
  readonly choice: Choice | null;
  readonly effectiveFrom: string;
  readonly reason: string;
  readonly remedy: string;
}

const EMPTY: Draft = { choice: null, effectiveFrom: '', reason: '', remedy: '' };

/** The decision: which, why, and once more before it stands. Who did the step before cannot make it. */
export function DecisionForm({ detail, acting }: { readonly detail: CaseDetail; readonly acting: Acting }) {
  const t = useTexts();
  const { data: me } = useMe();
  const [draft, setDraft] = useState(EMPTY);
  const { errors, errorOf, judge } = useFieldErrors();
  const [asking, setAsking] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const before = detail.steps.filter(({ done }) => done).at(-1)?.done;
  const mine = before !== undefined && before !== null && before.by === me?.userId;

  const check = () => {
    const found = [
      ...(draft.choice === null ? [{ field: 'decision-grant', text: t.decision.choose }] : []),
      ...(draft.choice === 'refuse' && isTooShort(draft.reason)
        ? [{ field: 'decision-reason', text: t.decision.reasonMissing }]
        : []),
    ];
    setAsking(judge(found));
  };
  const decide = async () => {
    const { choice, reason, remedy, effectiveFrom } = draft;
    await acting.run(
      choice === 'refuse'
        ? { kind: 'refuse', reason: reason.trim(), remedy: remedy.trim() || undefined }
        : { kind: 'grant', effectiveFrom: effectiveFrom || undefined },
    );
    setAsking(false);
  };

  if (mine)
    return (
      <Banner kind="warning" title={t.decision.fourEyesTitle}>
        {t.decision.fourEyesText}
      </Banner>
    );
  return (
    <WorkForm errors={errors} submit={check}>
      <fieldset>
        <legend>{t.decision.legend}</legend>
        <Radio.Group
          value={draft.choice}
          onChange={({ target }) => change({ choice: target.value as Choice })}
          aria-label={t.decision.legend}
        >
          <Radio value="grant" id="decision-grant">
            {t.decision.grant}
          </Radio>
          <Radio value="refuse">{t.decision.refuse}</Radio>
        </Radio.Group>
        {errorOf('decision-grant') && <p className="field-error">✕ {errorOf('decision-grant')}</p>}
      </fieldset>
      {draft.choice === 'grant' && (
        <DayField
          label={t.decision.effectiveFrom}
          help={t.decision.effectiveHelp}
          optional
          value={draft.effectiveFrom}
          onChange={(effectiveFrom) => change({ effectiveFrom })}
        />
      )}
      {draft.choice === 'refuse' && (
        <>
          <ReasonField
            id="decision-reason"
            label={t.decision.reason}
            help={t.decision.reasonHelp}
            error={errorOf('decision-reason')}
            value={draft.reason}
            onChange={(reason) => change({ reason })}
          />
          <ReasonField
            id="decision-remedy"
            label={t.decision.remedy}
            help={t.decision.remedyHelp}
            optional
            error={null}
            value={draft.remedy}
            onChange={(remedy) => change({ remedy })}
          />
        </>
      )}
      <Button type="primary" htmlType="submit">
        {t.decision.submit}
      </Button>
      <ConfirmDialog
        open={asking}
        title={draft.choice === 'refuse' ? t.decision.sureRefuse : t.decision.sureGrant}
        confirm={draft.choice === 'refuse' ? t.decision.refuse : t.decision.grant}
        danger={draft.choice === 'refuse'}
        busy={acting.busy}
        onConfirm={() => void decide()}
        onCancel={() => setAsking(false)}
      >
        <p>{t.decision.noUndo}</p>
        {draft.choice === 'refuse' && <blockquote>{draft.reason}</blockquote>}
      </ConfirmDialog>
    </WorkForm>
  );
}
