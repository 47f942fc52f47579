import { Injectable } from '@nestjs/common';
import type { Owner } from '@app/contracts';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';

/** Whom or what a message is about. */
export interface Hurt {
  readonly personId: string | null;
  readonly caseId: string | null;
}

/** A case in words that name nobody, with the term of the office that ends first. */
export interface HurtCase {
  readonly caseId: string;
  readonly owner: Owner;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly divisionCode: string;
  readonly term: {
    readonly kind: 'statutory' | 'local_rule' | 'promised';
    readonly dueAt: Date | null;
    readonly provisional: boolean;
    readonly paused: boolean;
  } | null;
}

interface Row extends Omit<HurtCase, 'term'> {
  readonly place: number;
  readonly kind: NonNullable<HurtCase['term']>['kind'] | null;
  readonly dueAt: Date | null;
  readonly provisional: boolean;
  readonly paused: boolean;
}

const COLUMNS = `case_id as "caseId", owner, item_id as "itemId", item_version as "itemVersion", division_code as "divisionCode",
  term_kind as kind, nullif(due_at, 'infinity') as "dueAt", term_provisional as provisional, term_paused as paused`;

/** Which cases wait for what could not be handled, as the work queue knows them. */
@Injectable()
export class HurtCases {
  constructor(
    private readonly database: Database,
    /** An operator has no reach over cases: of them is told only when the next term ends. */
    @InjectServiceActor() private readonly self: Caller,
  ) {}

  /** Of each the case itself, or else the case of the person, whose term ends first; null where the queue knows none. */
  async nearest(hurt: readonly Hurt[]): Promise<(HurtCase | null)[]> {
    const rows = await this.database.query<Row>(
      this.self,
      `select h.place::int as place, w.*
       from unnest($1::uuid[], $2::uuid[]) with ordinality as h (person_id, case_id, place),
         lateral (select ${COLUMNS} from work_items
                  where person_id = h.person_id or case_id = h.case_id
                  order by due_at, case_id = h.case_id desc, case_id limit 1) as w`,
      [hurt.map(({ personId }) => personId), hurt.map(({ caseId }) => caseId)],
    );
    const byPlace = new Map(rows.map((row) => [row.place, caseOf(row)]));
    return hurt.map((_, at) => byPlace.get(at + 1) ?? null);
  }
}

function caseOf({ place: _place, kind, dueAt, provisional, paused, ...rest }: Row): HurtCase {
  return { ...rest, term: kind && { kind, dueAt, provisional, paused } };
}
