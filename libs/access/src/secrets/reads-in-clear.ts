import type { Tx } from '@app/platform';
import { z } from 'zod';

/** One field that somebody read in the clear: what stands in the person's file of it. */
export interface ReadInClear {
  readonly at: string;
  readonly by: { readonly id: string; readonly role: string };
  readonly onBehalfOf: string | null;
  readonly field: string;
  readonly purpose: string;
}

export interface ReadsPage {
  /** Newest first. */
  readonly reads: readonly ReadInClear[];
  /** To be given as `after` for the next page; null at the end. */
  readonly next: string | null;
}

export const readsRequest = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const readsAnswer = z
  .object({
    reads: z
      .array(
        z.object({
          at: z.iso.datetime({ offset: true }),
          by: z.object({ id: z.string(), role: z.string() }),
          onBehalfOf: z.string().nullable(),
          field: z.string(),
          purpose: z.string(),
        }),
      )
      .readonly(),
    next: z
      .string()
      .nullable()
      .describe('Give it as `after` for the next page; null: this was the last one.'),
  })
  .meta({ id: 'ReadsInClear' }) satisfies z.ZodType<ReadsPage>;

/** What a reveal is called in the audit log. */
export const REVEALED = 'person.revealed';

/**
 * Who read what of a person in the clear, out of the service's audit log. The log itself is for those who oversee; these entries are the
 * file's own record, so they are read as the service.
 * @param tx in which the caller has been shown the person's file
 */
export async function readsInClear(
  tx: Tx,
  personId: string,
  { after, limit }: z.infer<typeof readsRequest>,
): Promise<ReadsPage> {
  const rows = await tx.asService(() =>
    tx.query<{ id: string } & ReadInClear>(
      `select entry_id::text as id, to_jsonb(at) #>> '{}' as at, jsonb_build_object('id', actor_id, 'role', actor_role) as by,
         on_behalf_of as "onBehalfOf", detail ->> 'field' as field, why as purpose
       from audit_entries
       where person_ids @> array[$1::uuid] and what @> array['${REVEALED}'] and ($2::bigint is null or entry_id < $2)
       order by entry_id desc limit $3`,
      [personId, after ?? null, limit],
    ),
  );
  return {
    reads: rows.map(({ id: _, ...read }) => read),
    next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
  };
}
