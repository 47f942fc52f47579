import { Injectable } from '@nestjs/common';
import { permissions, reachOf, type Actor } from '@app/access';
import { ChainQueries } from '../adapters/postgres/chain-queries.js';
import { readerOf } from './look.js';
import type { MissingView } from './views.js';
import { missingInChinese } from './wording.js';

/** What has to be asked in a place: once per person, village by village, as a liaison goes from door to door. */
@Injectable()
export class FindMissingFacts {
  constructor(private readonly queries: ChainQueries) {}

  run(
    actor: Actor,
    page: {
      from: string;
      to: string;
      after: { divisionCode: string; personId: string } | null;
      limit: number;
    },
  ): Promise<MissingView> {
    // Within the range asked for, what the reader's roles reach.
    const reach = reachOf(actor, permissions['chain:read'])
      .map(({ from, to }) => ({ from: from > page.from ? from : page.from, to: to < page.to ? to : page.to }))
      .filter(({ from, to }) => from <= to);
    return this.queries.look(readerOf(actor), async (tx) => {
      const rows = await this.queries.missing(tx, reach, page);
      const villages: MissingView['villages'] = [];
      const names = new Set<string>();
      for (const { personId, divisionCode, missing } of rows) {
        const village = villages.at(-1);
        const person = { personId, facts: [...missing] };
        if (village?.divisionCode === divisionCode) village.persons.push(person);
        else villages.push({ divisionCode, persons: [person] });
        for (const name of missing) names.add(name);
      }
      const last = rows.at(-1);
      return {
        questions: [...names].sort().map(missingInChinese),
        villages,
        next: last && rows.length === page.limit ? `${last.divisionCode}.${last.personId}` : null,
      };
    });
  }
}
