import { freeText } from '@app/platform';
import { z } from 'zod';
import { Sensitive } from './sensitive.js';

/** For how long an unmasked field may stand on somebody's screen. */
export const UNMASKED_FOR_SECONDS = 60;

/**
 * What somebody says who needs to see one field in the clear.
 * @param fields names of the resource's fields that can be unmasked
 */
export function unmaskRequest<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return z
    .strictObject({
      field: z.enum(fields),
      purpose: freeText(5, 200).describe('用途：为办理什么事项需要查看，将记入本人档案。'),
    })
    .meta({ description: 'One field, for one purpose; it is logged and shown in the person’s file.' });
}

/**
 * One field in the clear: the one schema that reveals. The endpoint gives it the `Sensitive`, having written the audit entry in the
 * transaction that read it, so that the plain text stands nowhere before the answer, not even in what is kept for a repeated request.
 */
export function unmaskAnswer<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return z.object({
    field: z.enum(fields),
    value: z
      .custom<Sensitive>((value) => value instanceof Sensitive, { error: 'must be a Sensitive' })
      .transform((value) => value.reveal())
      .pipe(z.string().meta({ description: '明文，请勿抄录 · In the clear.' })),
    until: z.iso.datetime().describe('When it is to be taken off the screen.'),
  });
}

/** When a field that is unmasked now is to be hidden again. */
export function unmaskedUntil(now: Date): string {
  return new Date(now.getTime() + UNMASKED_FOR_SECONDS * 1000).toISOString();
}
