import { useEffect, useRef } from 'react';
import { useTexts } from '../../texts/TextsProvider';

/** Which field (its id), and what is wrong with it. */
export interface FieldError {
  readonly field: string;
  readonly text: string;
}

interface ErrorSummaryProps {
  readonly errors: readonly FieldError[];
}

/** Everything that is wrong with a form, above it; takes the focus when it comes, and leads to each field. */
export function ErrorSummary({ errors }: ErrorSummaryProps) {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [errors]);
  if (errors.length === 0) return null;
  return (
    <div className="banner banner-error" role="alert" tabIndex={-1} ref={box}>
      <span className="banner-icon" aria-hidden="true">
        ✕
      </span>
      <div className="banner-body">
        <p className="banner-title">{t.form.errorCount(errors.length)}</p>
        <ul>
          {errors.map(({ field, text }) => (
            <li key={field}>
              <a
                href={`#${field}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(field)?.focus();
                }}
              >
                {text}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
