import { Button, Input } from 'antd';
import { useState } from 'react';
import { Field } from '../../components/input/Field';
import { PasswordField } from '../../components/input/PasswordField';
import { useTexts } from '../../texts/TextsProvider';
import { DoorForm } from './DoorForm';

interface PasswordFormProps {
  readonly userId: string;
  setUserId(userId: string): void;
  signIn(userId: string, password: string): Promise<unknown>;
  activateInstead(): void;
}

export function PasswordForm({ userId, setUserId, signIn, activateInstead }: PasswordFormProps) {
  const t = useTexts();
  const [password, setPassword] = useState('');
  return (
    <DoorForm
      title={t.signIn.withPassword}
      action={t.signIn.submit}
      send={() => signIn(userId, password)}
      below={
        <Button type="link" onClick={activateInstead}>
          {t.signIn.firstTime}
        </Button>
      }
    >
      <Field label={t.signIn.userId}>
        {(control) => (
          <Input
            {...control}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={userId}
            onChange={(event) => setUserId(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label={t.signIn.password}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
    </DoorForm>
  );
}
