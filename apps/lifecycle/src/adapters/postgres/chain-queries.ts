import { Injectable } from '@nestjs/common';
import type { RoundCause } from '@app/contracts';
import { type Caller, Database, type Tx } from '@app/platform';
import type { ChainCause } from '../../domain/cause.js';
import type { RoundItem } from '../../domain/holding.js';
import type { OutcomeDocument } from './sheets.js';

type Letter = OutcomeDocument['o'];

/** A round as it is shown. */
export interface StoredRound {
  readonly roundId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly cause: ChainCause;
  readonly causedOn: string;
  readonly status: 'open' | 'complete';
  readonly openedAt: Date;
  readonly completedAt: Date | null;
  readonly byId: string;
  readonly byRole: string;
}

/** An item of a round with the step that its case has next, since when, the unit that it is placed with, and the papers that it waits for. */
export type StoredRoundItem = RoundItem & {
  readonly nextStep: string | null;
  readonly since: Date | null;
  readonly unitId: string | null;
  readonly papers: readonly string[];
  readonly divisionCode: string;
};

/** An item that nobody can decide for a person, because facts are missing. */
export interface WaitingDetermination {
  readonly personId: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly needs: readonly string[];
}

export interface MissingOfPerson {
  readonly personId: string;
  readonly divisionCode: string;
  readonly missing: readonly string[];
}

export interface StoredDecision {
  readonly decision: number;
  readonly decidedAt: Date;
  readonly decidedOn: string;
  readonly cause: RoundCause;
  readonly causeKey: string;
  readonly fingerprint: string;
  readonly changes: Readonly<Record<string, readonly [Letter | null, Letter | null, string, string[]?]>>;
}

/** Ranges of division codes, inclusive. */
export type Reach = readonly { readonly from: string; readonly to: string }[];

/** SQL: that a division lies in the reach whose bounds are the first two parameters. */
export const withinReach = (column: string): string =>
  `exists (select from unnest($1::text[], $2::text[]) as reach (first, last) where ${column} between reach.first and reach.last)`;

/** The first two parameters of whatever asks `withinReach`. */
export const boundsOf = (reach: Reach): [string[], string[]] => [
  reach.map(({ from }) => from),
  reach.map(({ to }) => to),
];

const ROUND = `round_id as "roundId", person_id as "personId", division_code as "divisionCode", cause, caused_on as "causedOn", status,
  opened_at as "openedAt", completed_at as "completedAt", changed_by as "byId", changed_role as "byRole"`;

/** Questions about chains that only look. */
@Injectable()
export class ChainQueries {
  constructor(private readonly database: Database) {}

  /** Several looks at one moment. */
  look<Result>(reader: Caller, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.database.read(reader, async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      return work(tx);
    });
  }

  async divisionOf(tx: Tx, personId: string): Promise<string | null> {
    const [row] = await tx.query<{ division_code: string }>(
      'select division_code from persons where person_id = $1',
      [personId],
    );
    return row?.division_code ?? null;
  }

  roundsOf(tx: Tx, personId: string): Promise<StoredRound[]> {
    return tx.query<StoredRound>(
      `select ${ROUND} from rounds where person_id = $1 order by opened_at desc, round_id`,
      [personId],
    );
  }

  /** Rounds of a place, oldest first. */
  rounds(
    tx: Tx,
    reach: Reach,
    page: { open: boolean; after: string | null; limit: number },
  ): Promise<StoredRound[]> {
    return tx.query<StoredRound>(
      `select ${ROUND} from rounds r
       where (not $3 or r.status = 'open')
         and ${withinReach('r.division_code')}
         and ($4::uuid is null or (r.opened_at, r.round_id) > (select a.opened_at, a.round_id from rounds a where a.round_id = $4))
       order by r.opened_at, r.round_id limit $5`,
      [...boundsOf(reach), page.open, page.after, page.limit],
    );
  }

  itemsOf(tx: Tx, roundIds: readonly string[]): Promise<StoredRoundItem[]> {
    return tx.query<StoredRoundItem>(
      `select i.round_id as "roundId", i.item_id as "itemId", i.action, i.period, i.owner, i.item_version as "itemVersion", i.mode,
              i.case_id as "caseId", i.status, i.case_version as "caseVersion", i.outcome, i.division_code as "divisionCode",
              h.next_step as "nextStep", h.since, u.unit_id as "unitId", coalesce(p.papers, '{}') as papers
       from round_items i join rounds r using (round_id)
       left join holdings h on h.person_id = r.person_id and h.item_id = i.item_id and h.period = i.period
       left join case_units u on u.case_id = i.case_id
       left join case_papers p on p.case_id = i.case_id
       where i.round_id = any($1::uuid[]) order by i.action, i.item_id`,
      [roundIds],
    );
  }

  /** What waits for facts, of these persons. */
  waiting(tx: Tx, personIds: readonly string[]): Promise<WaitingDetermination[]> {
    return tx.query<WaitingDetermination>(
      `select person_id as "personId", item_id as "itemId", item_version as "itemVersion", needs
       from determinations where person_id = any($1::uuid[]) and outcome = 'needs-fact' order by item_id`,
      [personIds],
    );
  }

  /** Persons of whom something is missing, village by village. */
  missing(
    tx: Tx,
    reach: Reach,
    page: { after: { divisionCode: string; personId: string } | null; limit: number },
  ): Promise<MissingOfPerson[]> {
    return tx.query<MissingOfPerson>(
      `select s.person_id as "personId", s.division_code as "divisionCode", s.missing
       from determination_sheets s
       where s.missing <> '{}'
         and ${withinReach('s.division_code')}
         and ($3::text is null or (s.division_code, s.person_id) > ($3, $4::uuid))
       order by s.division_code, s.person_id limit $5`,
      [...boundsOf(reach), page.after?.divisionCode ?? null, page.after?.personId ?? null, page.limit],
    );
  }

  decisionsOf(tx: Tx, personId: string): Promise<StoredDecision[]> {
    return tx.query<StoredDecision>(
      `select decision, decided_at as "decidedAt", decided_on as "decidedOn", cause, cause_key as "causeKey", fingerprint, changes
       from determination_changes where person_id = $1 order by decision desc limit 500`,
      [personId],
    );
  }
}
