import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { Field } from './Field';

interface PasswordFieldProps {
  /** Given where an error summary points at it. */
  readonly id?: string;
  readonly label: string;
  readonly help?: string;
  readonly error?: string | null;
  readonly value: string;
  /** `off`: no password of an account, so the browser is not asked to keep it. */
  readonly autoComplete: 'current-password' | 'new-password' | 'off';
  onChange(value: string): void;
}

/** A password that can be pasted and shown; antd's eye is too small to be hit. */
export function PasswordField({ value, autoComplete, onChange, ...field }: PasswordFieldProps) {
  const t = useTexts();
  const [shown, setShown] = useState(false);
  return (
    <Field {...field}>
      {(control) => (
        <div className="password-field">
          <Input
            {...control}
            type={shown ? 'text' : 'password'}
            autoComplete={autoComplete}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <Button aria-pressed={shown} aria-label={t.form.showPassword} onClick={() => setShown(!shown)}>
            {shown ? t.form.hide : t.form.show}
          </Button>
        </div>
      )}
    </Field>
  );
}
