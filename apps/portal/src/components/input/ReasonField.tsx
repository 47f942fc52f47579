import { Input } from 'antd';
import { Field } from './Field';
import { useTexts } from '../../texts/TextsProvider';

interface ReasonFieldProps {
  readonly id: string;
  readonly label: string;
  readonly help?: string;
  readonly optional?: boolean;
  readonly error: string | null;
  readonly value: string;
  /** Characters that the service takes. */
  readonly most?: number;
  onChange(value: string): void;
}

/** Sentences that stand in the file, and often in the document that the person gets. */
export function ReasonField({ value, onChange, help, most = 1000, ...field }: ReasonFieldProps) {
  const t = useTexts();
  return (
    <Field {...field} help={help ?? t.form.noNumbers}>
      {(control) => (
        <Input.TextArea
          {...control}
          rows={4}
          maxLength={most}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** What is wrong with a reason: services take 5 to 1,000 characters. */
export const isTooShort = (text: string): boolean => text.trim().length < 5;
