import { Injectable } from '@nestjs/common';
import { Outbox } from '@app/messaging';
import { type Caller, Database } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { Representatives } from '../adapters/postgres/representatives.js';
import { registeredEvent } from '../domain/person.js';

/** How far a telling has come. */
export interface ToldAgain {
  readonly persons: number;
  /** Of the last person; null: nobody is left. */
  readonly next: string | null;
}

/**
 * Tells others once more who is who and who may act for whom, in the order of ids: for a consumer that came later than the outbox remembers.
 * A file keeps its version, so who knows it passes over it; a list of who may act gets one more and says the same.
 */
@Injectable()
export class TellAgain {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly persons: PersonRepository,
    private readonly representatives: Representatives,
    private readonly outbox: Outbox,
  ) {}

  run(after: string | null, limit: number): Promise<ToldAgain> {
    return this.database.transaction(this.actor, async (tx) => {
      const files = await this.persons.inOrder(tx, after, limit);
      const ids = files.map(({ person }) => person.personId);
      this.outbox.append(
        tx,
        files.map(({ person }) => registeredEvent(person)),
      );
      await this.representatives.tell(tx, ids);
      return { persons: ids.length, next: ids.length === limit ? (ids.at(-1) ?? null) : null };
    });
  }
}
