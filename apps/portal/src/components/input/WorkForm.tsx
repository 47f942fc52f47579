import { useState, type ReactNode } from 'react';
import { ErrorSummary, type FieldError } from './ErrorSummary';

/** What is wrong with a form: judged when it is sent, shown above it and at each field. */
export function useFieldErrors() {
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  return {
    errors,
    errorOf: (field: string) => errors.find((each) => each.field === field)?.text ?? null,
    /** @returns whether nothing is wrong */
    judge: (found: readonly FieldError[]) => {
      setErrors(found);
      return found.length === 0;
    },
  };
}

interface WorkFormProps {
  readonly errors: readonly FieldError[];
  submit(): void;
  readonly children: ReactNode;
}

/** A form of the work on a case, which judges itself: the browser's own words for errors are in the browser's language. */
export function WorkForm({ errors, submit, children }: WorkFormProps) {
  return (
    <form
      className="work-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ErrorSummary errors={errors} />
      {children}
    </form>
  );
}
