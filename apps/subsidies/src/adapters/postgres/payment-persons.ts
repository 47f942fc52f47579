import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** Of what registry tells of a person: in which household, and by which token the number is known. Name and birth are left where they are. */
export interface RegisteredPerson {
  readonly personId: string;
  readonly identityToken: string;
  readonly householdId: string | null;
  /** Of the person's file in registry. */
  readonly version: number;
}

/** Who is who and who lives with whom, as far as the checks before a pay run ask. */
@Injectable()
export class PaymentPersons {
  /** In any order: what is older than what is known changes nothing. */
  async know(tx: Tx, persons: readonly RegisteredPerson[]): Promise<void> {
    await tx.query(
      `insert into payment_persons as p (person_id, identity_token, household_id, version)
       select distinct on (n.person_id) n.*
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[]) as n (person_id, identity_token, household_id, version)
       order by n.person_id, n.version desc
       on conflict (person_id) do update
         set identity_token = excluded.identity_token, household_id = excluded.household_id, version = excluded.version
         where excluded.version > p.version`,
      [
        persons.map(({ personId }) => personId),
        persons.map(({ identityToken }) => identityToken),
        persons.map(({ householdId }) => householdId),
        persons.map(({ version }) => version),
      ],
      'payment-persons-know',
    );
  }
}
