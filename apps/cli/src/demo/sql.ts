import pg from 'pg';

/** SQL as the owner of the database. */
export class Sql {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 2, options: '-c timezone=Asia/Shanghai' });
    // A story may kill the server on purpose; the next query opens a new connection.
    this.pool.on('error', () => undefined);
  }

  /** @param name makes it a prepared statement of its connection: the same name, the same text */
  async rows<Row>(sql: string, params: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const query = { text: sql, values: params as unknown[], ...(name ? { name } : {}) };
    return (await this.pool.query(query)).rows as Row[];
  }

  async one<Row>(sql: string, params: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, params))[0];
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
