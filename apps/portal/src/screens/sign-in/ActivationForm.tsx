import { Button, Input } from 'antd';
import { useState } from 'react';
import { Field } from '../../components/input/Field';
import { PasswordField } from '../../components/input/PasswordField';
import { useTexts } from '../../texts/TextsProvider';
import { DoorForm } from './DoorForm';

interface ActivationFormProps {
  readonly userId: string;
  setUserId(userId: string): void;
  activate(userId: string, code: string, password: string): Promise<unknown>;
  back(): void;
}

/** The first password: the administrator has handed over a code for it. */
export function ActivationForm({ userId, setUserId, activate, back }: ActivationFormProps) {
  const t = useTexts();
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  return (
    <DoorForm
      later
      title={t.signIn.activation}
      intro={<p>{t.signIn.activationHelp}</p>}
      action={t.signIn.activate}
      send={() => activate(userId, code, password)}
      below={
        <Button type="link" onClick={back}>
          {t.signIn.back}
        </Button>
      }
    >
      <Field label={t.signIn.userId}>
        {(control) => (
          <Input
            {...control}
            autoComplete="username"
            value={userId}
            onChange={(event) => setUserId(event.target.value)}
          />
        )}
      </Field>
      <Field label={t.signIn.activationCode}>
        {(control) => (
          <Input
            {...control}
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label={t.signIn.newPassword}
        help={t.signIn.passwordRule}
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
    </DoorForm>
  );
}
