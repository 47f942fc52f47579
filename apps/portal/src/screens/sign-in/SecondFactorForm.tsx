import { Button, Input } from 'antd';
import { useState } from 'react';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import { DoorForm } from './DoorForm';
import type { Proof } from './useSignIn';

interface SecondFactorFormProps {
  prove(proof: Proof): Promise<unknown>;
}

/** The code of the authenticator, typed or pasted; or one of the codes that were kept for its loss. */
export function SecondFactorForm({ prove }: SecondFactorFormProps) {
  const t = useTexts();
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  return (
    <DoorForm
      later
      title={t.signIn.secondFactor}
      intro={<p>{recovery ? t.signIn.recoveryHelp : t.signIn.codeHelp}</p>}
      action={t.signIn.submit}
      send={() => prove(recovery ? { recoveryCode: code } : { code })}
      below={
        <Button
          type="link"
          onClick={() => {
            setRecovery(!recovery);
            setCode('');
          }}
        >
          {recovery ? t.signIn.useCode : t.signIn.useRecovery}
        </Button>
      }
    >
      <Field label={recovery ? t.signIn.recoveryCode : t.signIn.code}>
        {(control) => (
          <Input
            {...control}
            autoComplete="one-time-code"
            inputMode={recovery ? 'text' : 'numeric'}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
    </DoorForm>
  );
}
