import pg from 'pg';

/** What PostgreSQL must be told for it. */
export const STATEMENTS_SETTINGS = { shared_preload_libraries: 'pg_stat_statements' };

/** Where PostgreSQL spent its time in a database, per chain; the whole run with its preparation. */
export async function describeStatements(
  url: string,
  chains: number,
  say: (text: string) => void,
): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  await database.query('create extension if not exists pg_stat_statements');
  const { rows } = await database.query<{ ms: number; calls: number; touched: number; query: string }>(
    `select total_exec_time as ms, calls::float8, rows::float8 as touched, regexp_replace(left(query, 160), '\\s+', ' ', 'g') as query
     from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
     order by total_exec_time desc limit 40`,
  );
  await database.end();
  say('  ms, calls and rows per chain:');
  for (const { ms, calls, touched, query } of rows) {
    const cells = [(ms / chains).toFixed(2), (calls / chains).toFixed(2), (touched / chains).toFixed(1)];
    say(`  ${cells.map((cell) => cell.padStart(7)).join(' ')}  ${query}`);
  }
}
