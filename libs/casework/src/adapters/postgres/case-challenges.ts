import { Injectable } from '@nestjs/common';
import type { RemedyKind } from '@app/contracts';
import { Database, type Caller, type Tx } from '@app/platform';
import type { Challenge } from '../../domain/challenge.js';

interface ChallengeRow {
  readonly challenge_id: string;
  readonly case_id: string;
  readonly person_id: string;
  readonly kind: RemedyKind;
  readonly document_id: string | null;
  readonly body: string;
  readonly filed_on: string;
  readonly last_day: string | null;
  readonly grounds: string;
  readonly taken_by: string;
  readonly taken_by_role: string;
  readonly state: Pick<Challenge, 'acceptedOn' | 'lateReason' | 'evidence' | 'stay' | 'state'>;
}

const COLUMNS = `challenge_id, case_id, person_id, kind, document_id, body, filed_on, last_day, grounds, taken_by, taken_by_role, state`;

/** What persons had looked at again. Whoever writes one holds the lock of its case. */
@Injectable()
export class CaseChallenges {
  constructor(private readonly database: Database) {}

  /** The challenges of a case, oldest first. */
  async of(scope: Tx | Caller, caseId: string): Promise<Challenge[]> {
    const sql = `select ${COLUMNS} from case_challenges where case_id = $1 order by created_at, challenge_id`;
    const rows =
      'query' in scope
        ? await scope.query<ChallengeRow>(sql, [caseId])
        : await this.database.query<ChallengeRow>(scope, sql, [caseId]);
    return rows.map(toChallenge);
  }

  async save(tx: Tx, challenge: Challenge): Promise<void> {
    const { acceptedOn, lateReason, evidence, stay, state } = challenge;
    await tx.query(
      `insert into case_challenges (${COLUMNS}, status, outcome, changed_by, changed_by_role)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       on conflict (challenge_id) do update set state = excluded.state, status = excluded.status, outcome = excluded.outcome,
         changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role, changed_at = now()`,
      [
        challenge.id,
        challenge.caseId,
        challenge.personId,
        challenge.kind,
        challenge.documentId,
        challenge.body,
        challenge.filedOn,
        challenge.lastDay,
        challenge.grounds,
        challenge.takenBy.id,
        challenge.takenBy.role,
        JSON.stringify({ acceptedOn, lateReason, evidence, stay, state }),
        state.status,
        state.status === 'decided' ? state.outcome : null,
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }
}

function toChallenge(row: ChallengeRow): Challenge {
  return {
    id: row.challenge_id,
    caseId: row.case_id,
    personId: row.person_id,
    kind: row.kind,
    documentId: row.document_id,
    body: row.body,
    filedOn: row.filed_on,
    lastDay: row.last_day,
    grounds: row.grounds,
    takenBy: { id: row.taken_by, role: row.taken_by_role },
    ...row.state,
  };
}
