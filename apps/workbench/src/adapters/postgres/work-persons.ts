import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { nameTokenOf, searchWordsOf } from '@app/names';
import type { Tx } from '@app/platform';

/** Bound into each encrypted name. */
export const WORK_NAME_COLUMN = 'workbench.work_persons.name';

/** A name, as registry tells it. */
export interface ToldName {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly name: string;
}

/** Names of the persons whose cases stand in the queue, and the tokens by which these are found. */
@Injectable()
export class WorkPersons {
  constructor(private readonly cipher: ColumnCipher) {}

  /** Takes names in; an older one does not take the place of a newer. */
  async learn(tx: Tx, told: readonly ToldName[]): Promise<void> {
    const newest = new Map<string, ToldName>();
    for (const one of told) {
      if ((newest.get(one.personId)?.version ?? 0) < one.version) newest.set(one.personId, one);
    }
    const rows = [...newest.values()];
    const learnt = await tx.query<{ person_id: string }>(
      `insert into work_persons as p (person_id, version, name)
       select * from unnest($1::uuid[], $2::int[], $3::text[]) as n (person_id, version, name) order by n.person_id
       on conflict (person_id) do update set version = excluded.version, name = excluded.name
       where excluded.version > p.version
       returning person_id`,
      [
        rows.map(({ personId }) => personId),
        rows.map(({ version }) => version),
        rows.map(({ name }) => this.cipher.encrypt(WORK_NAME_COLUMN, name)),
      ],
      'work-persons-learn',
    );
    await this.writeTokens(
      tx,
      learnt.map(({ person_id }) => newest.get(person_id)!),
    );
  }

  private async writeTokens(tx: Tx, people: readonly ToldName[]): Promise<void> {
    if (people.length === 0) return;
    // One word is one hash, however many people share it.
    const tokens = new Map<string, string>();
    const rows = people.flatMap(({ personId, divisionCode, name }) =>
      searchWordsOf(name).map((word) => {
        const token = tokens.get(word) ?? nameTokenOf(this.cipher, word);
        tokens.set(word, token);
        return { token, divisionCode, personId };
      }),
    );
    const ids = people.map(({ personId }) => personId);
    await Promise.all([
      tx.query('delete from work_name_tokens where person_id = any($1::uuid[])', [ids]),
      // Where they live, and where their cases stand.
      tx.query(
        `insert into work_name_tokens (token, division_code, person_id)
         select n.token, place.division_code, n.person_id
         from unnest($1::bigint[], $2::text[], $3::uuid[]) as n (token, division_code, person_id)
         cross join lateral (
           select n.division_code union select w.division_code from work_items w where w.person_id = n.person_id) place
         on conflict do nothing`,
        [
          rows.map(({ token }) => token),
          rows.map(({ divisionCode }) => divisionCode),
          rows.map(({ personId }) => personId),
        ],
      ),
    ]);
  }
}
