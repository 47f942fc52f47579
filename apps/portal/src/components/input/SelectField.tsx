import { Field } from './Field';

interface SelectFieldProps {
  readonly label: string;
  readonly id?: string;
  readonly help?: string;
  readonly error?: string | null;
  /** What it is called when nothing is chosen, e.g. 全部状态. */
  readonly all: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  onChange(value: string): void;
}

/** One of few values: the browser's own list, which every aid knows. */
export function SelectField({ all, value, options, onChange, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <select
          {...control}
          className="select"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{all}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
