import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** What registry tells of a row of a death list that may mean a person. */
export interface Suspicion {
  readonly matchId: string;
  /** The person as it was told of them. */
  readonly subjectId: string;
  /** Whose file stands for theirs now. */
  readonly personId: string;
  /** As the list says; null: it is decided whom the row means. */
  readonly diedOn: string | null;
}

/** Whom death lists may mean, as far as it is not decided yet: the checks before a pay run ask. */
@Injectable()
export class SuspectedDeaths {
  /** In any order: what is decided stays decided. */
  async know(tx: Tx, suspicions: readonly Suspicion[]): Promise<void> {
    await tx.query(
      `insert into suspected_deaths as s (match_id, subject_id, person_id, died_on, cleared)
       select n.match_id, n.subject_id, n.person_id, max(n.died_on), bool_or(n.died_on is null)
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as n (match_id, subject_id, person_id, died_on)
       group by n.match_id, n.subject_id, n.person_id
       on conflict (match_id, subject_id) do update
         set died_on = coalesce(s.died_on, excluded.died_on), cleared = s.cleared or excluded.cleared`,
      [
        suspicions.map(({ matchId }) => matchId),
        suspicions.map(({ subjectId }) => subjectId),
        suspicions.map(({ personId }) => personId),
        suspicions.map(({ diedOn }) => diedOn),
      ],
      'suspected-deaths-know',
    );
  }
}
