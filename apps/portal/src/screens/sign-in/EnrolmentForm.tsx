import { Input } from 'antd';
import { useState } from 'react';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import { DoorForm } from './DoorForm';
import type { Enrolment } from './useSignIn';

interface EnrolmentFormProps {
  readonly enrolment: Enrolment;
  confirm(code: string): Promise<unknown>;
}

/** An authenticator is registered: its key as text, since a picture is no way for everybody. */
export function EnrolmentForm({ enrolment, confirm }: EnrolmentFormProps) {
  const t = useTexts();
  const [code, setCode] = useState('');
  return (
    <DoorForm
      later
      title={t.signIn.enrolment}
      intro={
        <>
          <p>{t.signIn.enrolmentHelp}</p>
          <p>
            {t.signIn.secret} <code className="secret">{enrolment.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
        </>
      }
      action={t.signIn.confirmCode}
      send={() => confirm(code)}
    >
      <Field label={t.signIn.code}>
        {(control) => (
          <Input
            {...control}
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
    </DoorForm>
  );
}
