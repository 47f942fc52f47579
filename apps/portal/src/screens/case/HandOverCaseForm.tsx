import { Button, Input } from 'antd';
import { useState } from 'react';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import type { Acting } from './useActing';

/** Another body has taken the matter, and gave a receipt for it. */
export function HandOverCaseForm({ acting }: { readonly acting: Acting }) {
  const t = useTexts();
  const [to, setTo] = useState('');
  const [receipt, setReceipt] = useState('');
  const { errors, errorOf, judge } = useFieldErrors();
  const submit = () => {
    const found = [
      ...(to.trim() === '' ? [{ field: 'hand-over-to', text: t.handOver.toMissing }] : []),
      ...(receipt.trim() === '' ? [{ field: 'hand-over-receipt', text: t.handOver.receiptMissing }] : []),
    ];
    if (judge(found)) void acting.run({ kind: 'hand-over', to: to.trim(), receipt: receipt.trim() });
  };
  return (
    <WorkForm errors={errors} submit={submit}>
      <Field id="hand-over-to" label={t.handOver.to} error={errorOf('hand-over-to')}>
        {(control) => (
          <Input {...control} maxLength={200} value={to} onChange={(event) => setTo(event.target.value)} />
        )}
      </Field>
      <Field
        id="hand-over-receipt"
        label={t.handOver.receipt}
        help={t.handOver.receiptHelp}
        error={errorOf('hand-over-receipt')}
      >
        {(control) => (
          <Input
            {...control}
            maxLength={200}
            value={receipt}
            onChange={(event) => setReceipt(event.target.value)}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" loading={acting.busy}>
        {t.handOver.submit}
      </Button>
    </WorkForm>
  );
}
