import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { KnownPerson, World } from '../../domain/take-over-checks.js';

type Known = Pick<World, 'persons' | 'benefits' | 'cases' | 'accounts'>;

/** What the service knows of the persons of the lists, beside what this take-over made. */
@Injectable()
export class TakeOverWorld {
  async known(tx: Tx, takeOverId: string): Promise<Known> {
    const persons = `select person_id from take_over_rows where take_over_id = $1 and person_id is not null`;
    const made = `select made_id from take_over_rows where take_over_id = $1 and made_id is not null`;
    const [standing, benefits, cases, accounts] = await Promise.all([
      tx.query<{ person_id: string; division_code: string; died: boolean; away: boolean }>(
        `select person_id, division_code, died_on is not null as died, moved_away as away from case_persons where person_id in (${persons})`,
        [takeOverId],
      ),
      tx.query<{ key: string }>(
        `select person_id || ' ' || item_id as key from benefits
         where status <> 'stopped' and person_id in (${persons}) and case_id not in (${made})`,
        [takeOverId],
      ),
      tx.query<{ key: string }>(
        `select person_id || ' ' || item_id as key from cases
         where status not in ('refused', 'declined', 'stopped', 'withdrawn') and person_id in (${persons}) and case_id not in (${made})`,
        [takeOverId],
      ),
      tx.query<{ person_id: string }>(
        `select person_id from payee_accounts where status = 'confirmed' and person_id in (${persons}) and account_id not in (${made})`,
        [takeOverId],
      ),
    ]);
    return {
      persons: new Map(
        standing.map(({ person_id, division_code, died, away }): [string, KnownPerson] => [
          person_id,
          { divisionCode: division_code, isDead: died, isAway: away },
        ]),
      ),
      benefits: new Set(benefits.map(({ key }) => key)),
      cases: new Set(cases.map(({ key }) => key)),
      accounts: new Set(accounts.map(({ person_id }) => person_id)),
    };
  }
}
