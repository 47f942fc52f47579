import type { Tx } from '@app/platform';

/** A person's files are not closed while one of them is being claimed, and the other way round. */
export async function lockPersons(
  tx: Tx,
  schema: string,
  personIds: readonly string[],
  how: 'shared' | 'alone',
): Promise<void> {
  const lock = how === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await tx.query(
    `select ${lock}(hashtextextended('files:' || $1 || ':' || person_id, 0))
     from (select unnest($2::uuid[])::text as person_id order by 1) p`,
    [schema, personIds],
  );
}
