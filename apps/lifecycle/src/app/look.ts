import { Injectable } from '@nestjs/common';
import { grantFor, lookingAs, permissions, type Actor } from '@app/access';
import { Catalogue, type ItemInForce } from '@app/catalogue';
import type { Caller, Tx } from '@app/platform';
import { ChainQueries } from '../adapters/postgres/chain-queries.js';
import { PersonNotFound } from '../domain/errors.js';

/** Who may look at a person's chain and table. */
const READERS = permissions['chain:read'];

/** The one way in which a reader reaches a person: first whether they may know of them. */
@Injectable()
export class Look {
  constructor(
    private readonly queries: ChainQueries,
    private readonly catalogue: Catalogue,
  ) {}

  /** @throws PersonNotFound also for a person who is out of the caller's reach */
  atPerson<Result>(
    actor: Actor,
    personId: string,
    work: (tx: Tx, divisionCode: string) => Promise<Result>,
  ): Promise<Result> {
    return this.queries.look(readerOf(actor), async (tx) => {
      const divisionCode = await this.queries.divisionOf(tx, personId);
      if (divisionCode === null || !grantFor(actor, READERS, divisionCode))
        throw new PersonNotFound(personId);
      return work(tx, divisionCode);
    });
  }

  /** The item in the version that a case is judged by; undefined for one that the catalogue no longer has. */
  itemOf(itemId: string, version: string, divisionCode: string): ItemInForce | undefined {
    try {
      return this.catalogue.itemVersion(itemId, version, divisionCode);
    } catch {
      return undefined;
    }
  }
}

export function readerOf(actor: Actor): Caller {
  return lookingAs(actor, READERS);
}
