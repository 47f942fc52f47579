import { Button, Radio } from 'antd';
import { useRef, useState } from 'react';
import { useSettleFinding, type PayRunDetail, type RunFinding } from '../../api/pay-runs';
import { afterDialog } from '../../components/input/afterDialog';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { useTexts } from '../../texts/TextsProvider';
import { ReasonField } from '../../components/input/ReasonField';
import { TryFailure } from '../../components/state/TryFailure';
import { MOST_WORDS, saysNothing, useTrying } from '../../components/state/useTrying';

type Outcome = 'passed' | 'taken-out';

interface SettleFindingProps {
  readonly run: PayRunDetail;
  readonly finding: RunFinding;
}

/** Somebody looked at it: the person is paid, or not this time, and why. */
export function SettleFinding({ run, finding }: SettleFindingProps) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [note, setNote] = useState('');
  const [judged, setJudged] = useState(false);
  const { mutateAsync, isPending } = useSettleFinding(run.runNo);
  const trying = useTrying();
  const place = useRef<HTMLDivElement>(null);
  const { personId, check } = finding;
  const person = finding.payeeName ?? t.money.noAccount;
  const what = t.money.checks[check];
  const settle = async () => {
    setJudged(true);
    if (outcome === null || saysNothing(note)) return;
    // The button goes away with the finding.
    const list = place.current?.closest('[role="tabpanel"]');
    const done = await trying.run(
      () => mutateAsync({ personId, check, outcome, note: note.trim() }),
      ({ openFindings }) => t.money.findings.done(openFindings),
      t.money.findings.notDone,
    );
    setOpen(false);
    if (!done) return;
    afterDialog(() => {
      const next = list?.querySelector<HTMLElement>('tbody button, tbody a');
      (next ?? list?.querySelector<HTMLElement>('.filter-bar'))?.focus();
    });
  };
  return (
    <div ref={place}>
      <TryFailure trying={trying} />
      <Button size="small" aria-label={t.money.findings.settleOf(person, what)} onClick={() => setOpen(true)}>
        {t.money.findings.settle}
      </Button>
      <ConfirmDialog
        open={open}
        title={t.money.findings.title(person, what)}
        confirm={t.money.findings.submit}
        busy={isPending}
        onConfirm={() => void settle()}
        onCancel={() => setOpen(false)}
      >
        <p>{finding.reason}</p>
        <fieldset>
          <legend>{t.money.findings.outcome}</legend>
          <Radio.Group
            value={outcome}
            onChange={({ target }) => setOutcome(target.value as Outcome)}
            aria-label={t.money.findings.outcome}
          >
            <Radio value="passed">{t.money.findings.passed}</Radio>
            <Radio value="taken-out">{t.money.findings.takenOut}</Radio>
          </Radio.Group>
          {judged && outcome === null && (
            <p className="field-error" role="alert">
              ✕ {t.money.findings.outcomeMissing}
            </p>
          )}
        </fieldset>
        <ReasonField
          id="finding-note"
          label={t.money.findings.note}
          most={MOST_WORDS}
          error={judged && saysNothing(note) ? t.money.findings.noteMissing : null}
          value={note}
          onChange={setNote}
        />
      </ConfirmDialog>
    </div>
  );
}
