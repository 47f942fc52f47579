import { Button, Radio } from 'antd';
import { useState } from 'react';
import { serverNow } from '../../api/client';
import { dayOf } from '../../components/case/deadline';
import { DayField } from '../../components/input/DayField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { useTexts } from '../../texts/TextsProvider';
import { ReasonField } from '../../components/input/ReasonField';
import { OnBehalfField } from './OnBehalfField';
import type { Acting } from './useActing';

/** The person was asked: yes or no, on which day, and whether somebody answered for them. */
export function ConsentForm({ acting, personId }: { readonly acting: Acting; readonly personId: string }) {
  const t = useTexts();
  const today = dayOf(serverNow());
  const [answer, setAnswer] = useState<'yes' | 'no' | null>(null);
  const [on, setOn] = useState(today);
  const [by, setBy] = useState('');
  const [reason, setReason] = useState('');
  const { errors, errorOf, judge } = useFieldErrors();
  const submit = () => {
    const found = [
      ...(answer === null ? [{ field: 'consent-yes', text: t.consent.choose }] : []),
      ...(on === '' || on > today ? [{ field: 'consent-day', text: t.consent.dayWrong }] : []),
    ];
    if (!judge(found)) return;
    void acting.run(
      answer === 'yes'
        ? { kind: 'consent', on, onBehalf: by || undefined }
        : { kind: 'decline', on, reason: reason.trim() || undefined, onBehalf: by || undefined },
    );
  };
  return (
    <WorkForm errors={errors} submit={submit}>
      <fieldset>
        <legend>{t.consent.legend}</legend>
        <Radio.Group
          value={answer}
          onChange={({ target }) => setAnswer(target.value as 'yes' | 'no')}
          aria-label={t.consent.legend}
        >
          <Radio value="yes" id="consent-yes">
            {t.consent.yes}
          </Radio>
          <Radio value="no">{t.consent.no}</Radio>
        </Radio.Group>
        {errorOf('consent-yes') && <p className="field-error">✕ {errorOf('consent-yes')}</p>}
      </fieldset>
      <DayField
        id="consent-day"
        label={t.consent.day}
        max={today}
        error={errorOf('consent-day')}
        value={on}
        onChange={setOn}
      />
      <OnBehalfField id="consent-by" personId={personId} value={by} onChange={setBy} />
      {answer === 'no' && (
        <ReasonField
          id="consent-reason"
          label={t.consent.reason}
          optional
          error={null}
          value={reason}
          onChange={setReason}
        />
      )}
      <Button type="primary" htmlType="submit" loading={acting.busy}>
        {t.consent.submit}
      </Button>
    </WorkForm>
  );
}
