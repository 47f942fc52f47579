import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { DeathMatches } from '../adapters/postgres/death-matches.js';
import { Representatives } from '../adapters/postgres/representatives.js';

/** Of one transaction. */
const AT_ONCE = 200;

/**
 * What was on file before it was a fact is told once: guardians, of whom others would learn at the next change only, and rows of death lists that
 * wait for a decision. No publishing again helps there, since the outbox never had it.
 */
@Injectable()
export class TellUntold {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly representatives: Representatives,
    private readonly matches: DeathMatches,
  ) {}

  /** @returns of how many persons and rows */
  async run(): Promise<number> {
    const guardians = await this.all((tx) => this.representatives.tellUntold(tx, AT_ONCE));
    return guardians + (await this.all((tx) => this.matches.tellUntold(tx, AT_ONCE)));
  }

  private async all(tell: (tx: Tx) => Promise<number>): Promise<number> {
    for (let all = 0; ;) {
      const told = await this.database.transaction(this.actor, tell);
      all += told;
      if (told < AT_ONCE) return all;
    }
  }
}
