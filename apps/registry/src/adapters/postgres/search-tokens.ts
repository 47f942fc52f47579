import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { Tx } from '@app/platform';
import { placesOfPerson, type Person } from '../../domain/person.js';
import { nameTokenOf, searchWordsOf } from '@app/names';

/** Raised whenever `searchWordsOf` says other words than before: what was written under a lower one is then made anew. */
export const SEARCH_SCHEME = 1;

type Searched = Pick<Person, 'personId' | 'name' | 'divisionCode' | 'away'>;

/** Tokens by which people are found by name. */
@Injectable()
export class SearchTokens {
  constructor(private readonly cipher: ColumnCipher) {}

  /** Token of one word, as PostgreSQL's bigint. */
  tokenOf(word: string): string {
    return nameTokenOf(this.cipher, word);
  }

  /**
   * The tokens of these people as they now are, in place of what there was; two statements, however many people.
   * @param known people who may have tokens already
   */
  async write(tx: Tx, people: readonly Searched[], known: readonly string[]): Promise<void> {
    if (people.length === 0) return;
    // One word is one hash, however many people of a roster share it.
    const tokens = new Map<string, string>();
    const rows = people.flatMap((person) =>
      searchWordsOf(person.name).flatMap((word) => {
        const token = tokens.get(word) ?? this.tokenOf(word);
        tokens.set(word, token);
        return placesOfPerson(person).map((place) => ({ token, place, personId: person.personId }));
      }),
    );
    // A person who moved away is found at two places, of which the user may reach one only.
    await tx.asService(() =>
      Promise.all([
        known.length > 0 &&
          tx.query('delete from person_search_tokens where person_id = any($1::uuid[])', [known]),
        tx.query(
          `insert into person_search_tokens (token, division_code, person_id)
           select * from unnest($1::bigint[], $2::text[], $3::uuid[]) on conflict do nothing`,
          [
            rows.map(({ token }) => token),
            rows.map(({ place }) => place),
            rows.map(({ personId }) => personId),
          ],
        ),
      ]),
    );
  }
}
