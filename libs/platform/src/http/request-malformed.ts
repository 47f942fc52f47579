import { StandardSchemaValidationPipe } from '@nestjs/common';

/** One place in a request that does not fit: a JSON pointer and what to do about it, in Chinese. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** The request does not fit its schema. */
export class RequestMalformed extends Error {
  constructor(readonly errors: readonly FieldError[]) {
    super('request does not fit its schema');
    this.name = 'RequestMalformed';
  }
}

/** Validates body, parameters and query by the zod schema that the handler names; see `@Body({ schema })`. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new RequestMalformed(
        issues.map((issue) => ({
          pointer: (issue.path ?? [])
            .map((part) => `/${String(typeof part === 'object' ? part.key : part)}`)
            .join(''),
          detail: issue.message,
        })),
      ),
  });
}
