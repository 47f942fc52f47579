import { Field } from './Field';

interface DayFieldProps {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | null;
  readonly optional?: boolean;
  readonly id?: string;
  readonly value: string;
  readonly max?: string;
  onChange(value: string): void;
}

/** A calendar day, typed or picked with the browser's own calendar, which the keyboard reaches. */
export function DayField({ value, max, onChange, ...field }: DayFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          className="day"
          type="date"
          max={max}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
