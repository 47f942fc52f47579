import { useState } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { Field } from './Field';

interface FileFieldProps {
  readonly label: string;
  readonly id: string;
  /** Endings of names that are taken, e.g. `txt`. */
  readonly kinds: readonly string[];
  /** The largest file that is taken. */
  readonly megabytes: number;
  readonly error: string | null;
  /** Null: none is chosen, or one that is not taken. */
  onChange(file: File | null): void;
}

const MEGABYTE = 1024 * 1024;

/** One file: the browser's own input, which every aid knows; what cannot be taken is said before anything is sent. */
export function FileField({ label, id, kinds, megabytes, error, onChange }: FileFieldProps) {
  const t = useTexts();
  const [chosen, setChosen] = useState<File | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const take = (file: File | null) => {
    const wrong = file && wrongWith(file);
    setChosen(wrong ? null : file);
    setRefused(wrong ?? null);
    onChange(wrong ? null : file);
  };
  const wrongWith = (file: File): string | null => {
    if (!kinds.some((kind) => file.name.toLowerCase().endsWith(`.${kind}`))) return t.file.wrongKind(kinds);
    if (file.size === 0) return t.file.empty;
    return file.size > megabytes * MEGABYTE ? t.file.tooLarge(megabytes) : null;
  };
  return (
    <Field id={id} label={label} help={t.file.help(kinds, megabytes)} error={refused ?? error}>
      {(control) => (
        <>
          <input
            {...control}
            className="file"
            type="file"
            accept={kinds.map((kind) => `.${kind}`).join(',')}
            onChange={({ target }) => take(target.files?.[0] ?? null)}
          />
          {chosen && (
            <p className="field-help" role="status">
              {t.file.chosen(chosen.name, Math.ceil(chosen.size / 1024))}
            </p>
          )}
        </>
      )}
    </Field>
  );
}
