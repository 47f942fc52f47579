import type { Caller, Database } from '@app/platform';

/** How often a message may be alone in the hands of a process that dies. */
const DEATHS_ALLOWED = 3;

/** What earlier processes died of, perhaps: a message that was in their hands. */
export interface Suspect {
  /** Deaths of processes that had only this message in their hands. */
  readonly deaths: number;
  readonly guilty: boolean;
}

/**
 * Remembers across deaths of the process which messages were in its hands, in commits of their own. A message that ends the
 * process (memory, an endless loop under a liveness probe) would otherwise be delivered again and end the next one, for ever.
 */
export class Attempts {
  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
  ) {}

  async suspects(messageIds: readonly string[]): Promise<Map<string, Suspect>> {
    const rows = await this.database.query<{ id: string; deaths: number }>(
      this.actor,
      'select message_id as id, alone as deaths from delivery_attempts where message_id = any($1)',
      [messageIds],
    );
    return new Map(rows.map(({ id, deaths }) => [id, { deaths, guilty: deaths >= DEATHS_ALLOWED }]));
  }

  /** Before they are handled. */
  async taken(messageIds: readonly string[], alone: boolean): Promise<void> {
    await this.database.query(
      this.actor,
      `insert into delivery_attempts (message_id, alone) select distinct unnest($1::uuid[]), $2::int
       on conflict (message_id) do update set alone = delivery_attempts.alone + excluded.alone`,
      [messageIds, alone ? 1 : 0],
    );
  }

  /** This process survived them. */
  async survived(messageIds: readonly string[]): Promise<void> {
    await this.database.query(this.actor, 'delete from delivery_attempts where message_id = any($1)', [
      messageIds,
    ]);
  }
}
