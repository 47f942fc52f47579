import type { Tx } from '@app/platform';

/** A token by which a person was known before. */
export interface FormerIdentity {
  readonly personId: string;
  readonly divisionCode: string;
  /** Of the file in registry; of facts about one token the newest counts. */
  readonly version: number;
  readonly identityToken: string;
  readonly because: 'changed' | 'mistaken' | 'merged';
  readonly until: string;
}

/** Keeps tokens by which persons were known. Facts of one person may come in any order, and before the person itself. */
export async function rememberFormer(tx: Tx, facts: readonly FormerIdentity[]): Promise<void> {
  if (facts.length === 0) return;
  const of = <Value>(pick: (fact: FormerIdentity) => Value) => facts.map(pick);
  await tx.query(
    `insert into persons (person_id, division_code)
     select distinct on (n.person_id) n.person_id, n.division_code from unnest($1::uuid[], $2::text[]) as n (person_id, division_code)
     order by n.person_id on conflict do nothing`,
    [of((fact) => fact.personId), of((fact) => fact.divisionCode)],
  );
  await tx.query(
    `insert into former_identity_tokens as f (person_id, identity_token, because, until, version)
     select distinct on (n.person_id, n.identity_token) n.person_id, n.identity_token, n.because, n.until, n.version
     from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::int[]) as n (person_id, identity_token, because, until, version)
     order by n.person_id, n.identity_token, n.version desc
     on conflict (person_id, identity_token) do update set because = excluded.because, until = excluded.until, version = excluded.version
     where excluded.version > f.version`,
    [
      of((fact) => fact.personId),
      of((fact) => fact.identityToken),
      of((fact) => fact.because),
      of((fact) => fact.until),
      of((fact) => fact.version),
    ],
  );
}

/** What the absorbed person was known by, the one that stays is found by from now on. */
export async function mergeFormer(tx: Tx, from: string, to: string, day: string): Promise<void> {
  await tx.query(
    `insert into former_identity_tokens (person_id, identity_token, because, until)
     select $2, identity_token, 'merged', $3::date from persons
     where person_id = $1 and identity_token is not null and identity_token not like 'temporary:%'
     on conflict do nothing`,
    [from, to, day],
  );
  await tx.query(
    `insert into former_identity_tokens (person_id, identity_token, because, until, version)
     select $2, identity_token, because, until, version from former_identity_tokens where person_id = $1
     on conflict do nothing`,
    [from, to],
  );
  await tx.query('delete from former_identity_tokens where person_id = $1', [from]);
}
