import { Button, Radio } from 'antd';
import { useState } from 'react';
import { serverNow } from '../../api/client';
import { dayOf } from '../../components/case/deadline';
import { DayField } from '../../components/input/DayField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { useTexts } from '../../texts/TextsProvider';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import type { Acting } from './useActing';

/** What was put on hold: it goes on, or it is stopped, each with its reason. */
export function HoldForm({ acting }: { readonly acting: Acting }) {
  const t = useTexts();
  const [choice, setChoice] = useState<'release' | 'stop' | null>(null);
  const [from, setFrom] = useState(dayOf(serverNow()));
  const [reason, setReason] = useState('');
  const { errors, errorOf, judge } = useFieldErrors();
  const submit = () => {
    const found = [
      ...(choice === null ? [{ field: 'hold-release', text: t.hold.choose }] : []),
      ...(isTooShort(reason) ? [{ field: 'hold-reason', text: t.decision.reasonMissing }] : []),
      ...(choice === 'stop' && from === '' ? [{ field: 'hold-from', text: t.hold.fromMissing }] : []),
    ];
    if (!judge(found)) return;
    void acting.run(
      choice === 'stop'
        ? { kind: 'stop', stoppedFrom: from, reason: reason.trim() }
        : { kind: 'release', reason: reason.trim() },
    );
  };
  return (
    <WorkForm errors={errors} submit={submit}>
      <fieldset>
        <legend>{t.hold.legend}</legend>
        <Radio.Group
          value={choice}
          onChange={({ target }) => setChoice(target.value as 'release' | 'stop')}
          aria-label={t.hold.legend}
        >
          <Radio value="release" id="hold-release">
            {t.hold.release}
          </Radio>
          <Radio value="stop">{t.hold.stop}</Radio>
        </Radio.Group>
      </fieldset>
      {choice === 'stop' && (
        <DayField
          id="hold-from"
          label={t.hold.from}
          error={errorOf('hold-from')}
          value={from}
          onChange={setFrom}
        />
      )}
      <ReasonField
        id="hold-reason"
        label={t.decision.reason}
        error={errorOf('hold-reason')}
        value={reason}
        onChange={setReason}
      />
      <Button type="primary" htmlType="submit" loading={acting.busy}>
        {t.hold.submit}
      </Button>
    </WorkForm>
  );
}
