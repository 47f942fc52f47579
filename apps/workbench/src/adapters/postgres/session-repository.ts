import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { InjectServiceActor } from '@app/service-host';
import { Database, Retention, droppingFrom, type Caller, type Tx } from '@app/platform';
import { v7 as uuidv7 } from 'uuid';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { hashOfSecret, newSecret } from '../../domain/browser-secret.js';
import { endOf, isAlive, mustBeSeen, type Session, type SessionTerms } from '../../domain/session-terms.js';
import { SessionCache } from '../redis/session-cache.js';
import type { SignInMethod } from './half-sign-in-repository.js';
import { ownRows } from './own-rows.js';

/** From where somebody signs in. */
export interface Browser {
  /** Network address, as the connection or a trusted proxy shows it. */
  readonly address: string | null;
  /** As it names itself (`User-Agent`). */
  readonly name: string | null;
}

/** A session as its owner sees it in the list. */
export interface OwnSession extends Pick<Session, 'sessionId' | 'startedAt' | 'lastSeenAt' | 'endsAt'> {
  readonly method: SignInMethod;
  readonly address: string | null;
  readonly browser: string | null;
}

/** Which sessions of an account end. */
export type WhichSessions = { readonly only: string } | { readonly except: string } | 'all';

const COLUMNS = `s.session_id as "sessionId", s.started_at as "startedAt", s.last_seen_at as "lastSeenAt", s.ends_at as "endsAt"`;

/** Sessions: PostgreSQL decides, Redis holds copies. */
@Injectable()
export class SessionRepository {
  readonly terms: SessionTerms;

  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
    private readonly cache: SessionCache,
    private readonly clock: Clock,
    @Inject(WORKBENCH_CONFIG) config: WorkbenchConfig,
    retention: Retention,
  ) {
    this.terms = { idleMinutes: config.SESSION_IDLE_MINUTES, hours: config.SESSION_HOURS };
    // The audit log knows of every sign-in for as long as it must; this table only answers "where am I signed in".
    retention.keep({ time: '7 days', sql: droppingFrom('sessions', 'ends_at') });
  }

  /** @returns the value for the browser's cookie, which is kept nowhere */
  async open(tx: Tx, accountId: string, method: SignInMethod, browser: Browser): Promise<string> {
    const secret = newSecret();
    const now = this.clock.now();
    await ownRows(tx, () =>
      tx.query(
        `insert into sessions (session_id, secret_hash, account_id, method, address, browser, started_at, last_seen_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
        [
          uuidv7(),
          hashOfSecret(secret),
          accountId,
          method,
          browser.address,
          browser.name?.slice(0, 200) ?? null,
          now,
          endOf(now, this.terms),
        ],
      ),
    );
    return secret;
  }

  /** The open session of a browser, and notes that it was seen. */
  async alive(secret: string): Promise<Session | null> {
    const hash = hashOfSecret(secret);
    const look = await this.cache.look(hash);
    const session = look.session ?? (await this.read(hash));
    const now = this.clock.now();
    if (!session || !isAlive(session, now, this.terms)) return null;
    if (mustBeSeen(session, now)) {
      const seen = await this.see(hash, now);
      if (!seen) return null;
      if (look.era) await this.cache.keep(hash, look.era, { ...session, lastSeenAt: now });
      return { ...session, lastSeenAt: now };
    }
    if (!look.session && look.era) await this.cache.keep(hash, look.era, session);
    return session;
  }

  /** Open sessions of an account, the newest first. */
  async listOf(accountId: string): Promise<OwnSession[]> {
    const now = this.clock.now();
    const rows = await this.database.query<OwnSession>(
      this.self,
      `select ${COLUMNS}, s.method, s.address, s.browser from sessions s
       where s.account_id = $1 and s.ended_at is null order by s.started_at desc`,
      [accountId],
    );
    return rows.filter((row) => isAlive({ ...row, accountId, userId: '' }, now, this.terms));
  }

  /** @returns how many ended */
  async end(tx: Tx, accountIds: readonly string[], which: WhichSessions, reason: string): Promise<number> {
    const only = which !== 'all' && 'only' in which ? which.only : null;
    const except = which !== 'all' && 'except' in which ? which.except : null;
    const ended = await ownRows(tx, () =>
      tx.query<{ hash: string }>(
        `update sessions set ended_at = $2, end_reason = $3
         where account_id = any($1) and ended_at is null
           and ($4::uuid is null or session_id = $4) and ($5::uuid is null or session_id <> $5)
         returning secret_hash as hash`,
        [accountIds, this.clock.now(), reason, only, except],
      ),
    );
    await this.cache.mark(ended.map(({ hash }) => hash));
    return ended.length;
  }

  private async read(hash: string): Promise<Session | null> {
    const [row] = await this.database.query<Session>(
      this.self,
      `select ${COLUMNS}, a.account_id as "accountId", a.user_id as "userId"
       from sessions s join accounts a using (account_id)
       where s.secret_hash = $1 and s.ended_at is null and a.state = 'active'`,
      [hash],
    );
    return row ?? null;
  }

  /** @returns false if the session has ended: a copy is never believed for a write */
  private async see(hash: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      this.self,
      `update sessions set last_seen_at = greatest(last_seen_at, $2) where secret_hash = $1 and ended_at is null returning 1`,
      [hash, now],
    );
    return rows.length === 1;
  }
}
