import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { Clock } from '@app/kernel';
import { InjectServiceActor } from '@app/service-host';
import { Database, Retention, droppingFrom, type Caller } from '@app/platform';
import { TooManyAttempts } from '../../domain/sign-in-errors.js';
import type { SlowDown } from '../../domain/slow-down.js';

/** How many there are with this one; earlier ones are forgotten in time. */
const COUNTED = `case when held.last_at < $2::timestamptz - make_interval(secs => $4) then 1 else held.failures + 1 end`;

/** Until when the subject waits after its n-th attempt. Not to wait is no moment: of two at once one would come before it. */
const until = (n: string) =>
  `case when ($3::int[])[${n}] = 0 then '-infinity'::timestamptz else $2::timestamptz + make_interval(secs => ($3::int[])[${n}]) end`;

/** Counts attempts that are not right (yet), also for accounts that do not exist, so that slowing down tells nothing either. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
    retention: Retention,
  ) {
    retention.keep({ time: '2 days', sql: droppingFrom('sign_in_attempts', 'last_at') });
  }

  /**
   * Counts one attempt before it is looked at, so that many at once are not free.
   * @param subject e.g. `password:li.wei`: kept as a keyed digest, since people type their password into the wrong field
   * @returns how many there were without a right one, with this
   * @throws TooManyAttempts while the subject has to wait
   */
  async take(subject: string, { waits, forgottenAfter }: SlowDown): Promise<number> {
    const now = this.clock.now();
    const [taken] = await this.database.query<{ failures: number }>(
      this.self,
      `insert into sign_in_attempts as held (key, failures, last_at, blocked_until) values ($1, 1, $2, ${until('1')})
       on conflict (key) do update set
         failures = ${COUNTED},
         last_at = $2,
         blocked_until = ${until(`least(cardinality($3::int[]), ${COUNTED})`)}
       where held.blocked_until <= $2
       returning failures`,
      [this.keyOf(subject), now, waits, forgottenAfter],
    );
    if (taken) return taken.failures;
    throw new TooManyAttempts(await this.secondsOf(subject, now));
  }

  /** It was right: what came before is forgotten. */
  async forget(...subjects: string[]): Promise<void> {
    await this.database.query(this.self, 'delete from sign_in_attempts where key = any($1)', [
      subjects.map((subject) => this.keyOf(subject)),
    ]);
  }

  /** It was right: this one attempt does not count. What others did from the same address does. */
  async giveBack(subject: string): Promise<void> {
    await this.database.query(
      this.self,
      `update sign_in_attempts set failures = greatest(failures - 1, 0), blocked_until = '-infinity' where key = $1`,
      [this.keyOf(subject)],
    );
  }

  private async secondsOf(subject: string, now: Date): Promise<number> {
    const [row] = await this.database.query<{ until: Date }>(
      this.self,
      'select blocked_until as until from sign_in_attempts where key = $1',
      [this.keyOf(subject)],
    );
    const wait = row ? (row.until.getTime() - now.getTime()) / 1000 : 0;
    return Math.max(1, Math.ceil(wait));
  }

  private keyOf(subject: string): string {
    return this.cipher.blindIndex('request', `sign-in:${subject}`);
  }
}
