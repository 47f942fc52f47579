import { useId, type ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';

/** What a control needs so that its label, help and error belong to it. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | null;
  readonly optional?: boolean;
  /** Given where an error summary points at it. */
  readonly id?: string;
  readonly children: (control: ControlProps) => ReactNode;
}

/** One field: its label above, its help and its error beneath, all tied to it. */
export function Field({ label, help, error, optional, id, children }: FieldProps) {
  const t = useTexts();
  const own = useId();
  const controlId = id ?? own;
  const described = [help && `${controlId}-help`, error && `${controlId}-error`].filter(Boolean).join(' ');
  return (
    <div className={error ? 'field field-wrong' : 'field'}>
      <label htmlFor={controlId}>
        {label}
        {optional && <span className="field-optional">{t.form.optional}</span>}
      </label>
      {help && (
        <p className="field-help" id={`${controlId}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${controlId}-error`}>
          <span aria-hidden="true">✕ </span>
          {error}
        </p>
      )}
      {children({
        id: controlId,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
      })}
    </div>
  );
}
