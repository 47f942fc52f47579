import { StandardSchemaValidationPipe } from '@nestjs/common';

/** One place in a request that does not fit: a JSON pointer and what to do about it, in Chinese. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** The request does not fit its schema. */
export class RequestMalformed extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super('request does not fit its schema');
    this.name = 'RequestMalformed';
    this.errors = errors.map(({ pointer, detail }) => ({ pointer: withoutValues(pointer), detail }));
  }
}

/** A client may have made a name of somebody's number: only what can be a field of ours, or a place in a list, is said again. */
function withoutValues(pointer: string): string {
  return pointer
    .split('/')
    .map((part) => (/^(?:[A-Za-z][A-Za-z_-]{0,40}|\d{0,5})$/.test(part) ? part : '*'))
    .join('/');
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
          detail: isUnknownField(issue) ? '含有不认识的字段，请按接口说明删去' : issue.message,
        })),
      ),
  });
}

/** Its own message repeats the names that were sent, and a client may have made a name of somebody's number. */
function isUnknownField(issue: object): boolean {
  return 'code' in issue && issue.code === 'unrecognized_keys';
}
