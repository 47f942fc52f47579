import pg from 'pg';

/**
 * A connection that never dies unheard. The pool stops listening when it hands a connection out, and who gets it listens one microtask
 * later: a connection that PostgreSQL cuts in the packet in which it became ready would end the process. What was lost is told to
 * whoever uses it, by their own query.
 */
export class ListenedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
