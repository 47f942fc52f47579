import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';

const PAGE = 5_000;

/** A content that the restored database names and that nobody has kept. */
export interface MissingFile {
  readonly schema: string;
  readonly objectId: string;
}

/**
 * Contents that the database names and that are in none of the directories: files of the last seconds before a machine was lost.
 * Those that were missing before are told by the sweep of the files already.
 */
export async function missingFiles(client: Client, directories: readonly string[]): Promise<MissingFile[]> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'file_objects' and c.relkind = 'r' order by 1`,
  );
  const missing: MissingFile[] = [];
  for (const { schema } of rows) {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const page = await client.query<{ object_id: string; address: string }>(
        `select object_id, address from ${client.escapeIdentifier(schema)}.file_objects
         where object_id > $1 and state = 'stored' and missing_since is null order by object_id limit ${PAGE}`,
        [after],
      );
      for (const { object_id: objectId, address } of page.rows) {
        const name = join(schema, address.slice(0, 2), `${address}.${objectId}`);
        if (!directories.some((directory) => existsSync(join(directory, name))))
          missing.push({ schema, objectId });
      }
      if (page.rows.length < PAGE) break;
      after = page.rows.at(-1)!.object_id;
    }
  }
  return missing;
}
