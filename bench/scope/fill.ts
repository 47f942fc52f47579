import pg from 'pg';

/** Numbers of rows by batches that fit one statement. */
export function* rowsOf(count: number, batch = 50_000): Generator<number[]> {
  for (let from = 0; from < count; from += batch) {
    yield Array.from({ length: Math.min(batch, count - from) }, (_, at) => from + at);
  }
}

/** SQL: always the same UUID (of version 4, as answers promise) for the same text. */
export function uuidOf(text: string): string {
  return `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`;
}

/** The owner's connection that fills one service's tables, past triggers: the rows are made to fit. */
export class Fill {
  private constructor(private readonly client: pg.Client) {}

  static async of(url: string, schema: string): Promise<Fill> {
    const client = new pg.Client({
      connectionString: url,
      options: `-c search_path=${schema} -c session_replication_role=replica -c work_mem=256MB -c maintenance_work_mem=512MB -c synchronous_commit=off`,
    });
    await client.connect();
    return new Fill(client);
  }

  async query<Row = Record<string, unknown>>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, params as unknown[])).rows as Row[];
  }

  /** Builds the indexes that no constraint needs after the rows are there. */
  async withoutIndexes(tables: readonly string[], work: () => Promise<void>): Promise<void> {
    const indexes = await this.query<{ name: string; made: string }>(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index
       where indrelid = any($1::regclass[])
         and not exists (select from pg_constraint where conindid = indexrelid)`,
      [tables],
    );
    for (const { name } of indexes) await this.query(`drop index ${name}`);
    await work();
    for (const { made } of indexes) await this.query(made);
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}
