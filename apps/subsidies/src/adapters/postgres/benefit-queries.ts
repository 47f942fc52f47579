import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import { Database } from '@app/platform';
import type { Benefit } from '../../domain/benefit.js';
import { benefitColumns, toBenefit, type BenefitRow } from './benefit-rows.js';

/** One state that a benefit has had. */
export interface PastState {
  readonly version: number;
  readonly status: string;
  readonly fromMonth: string;
  readonly toMonth: string | null;
  readonly heldFrom: string | null;
  readonly rates: Benefit['rates'];
  readonly day: string;
  readonly by: string;
  readonly role: string;
}

export interface PlaceRange {
  readonly from: string;
  readonly to: string;
}

const IN_REACH = `exists (select from unnest($1::text[], $2::text[]) as r (first, last)
  where b.division_code between r.first and r.last)`;

/** Benefits, as they are looked at. */
@Injectable()
export class BenefitQueries {
  constructor(private readonly database: Database) {}

  /** Benefits in reach, newest id last; of one person, or all of them page by page. */
  async list(
    reader: ActorRef,
    reach: readonly PlaceRange[],
    query: { personId?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<Benefit[]> {
    const rows = await this.database.query<BenefitRow>(
      reader,
      `select ${benefitColumns} from benefits b
       where ${IN_REACH} and ($3::uuid is null or b.person_id = $3) and ($4::uuid is null or b.benefit_id > $4)
       order by b.benefit_id limit $5`,
      [...bounds(reach), query.personId ?? null, query.after ?? null, query.limit],
    );
    return rows.map(toBenefit);
  }

  async find(reader: ActorRef, reach: readonly PlaceRange[], benefitId: string): Promise<Benefit | null> {
    const [row] = await this.database.query<BenefitRow>(
      reader,
      `select ${benefitColumns} from benefits b where ${IN_REACH} and b.benefit_id = $3`,
      [...bounds(reach), benefitId],
    );
    return row ? toBenefit(row) : null;
  }

  async history(reader: ActorRef, benefitId: string): Promise<PastState[]> {
    return this.database.query<PastState & Record<string, unknown>>(
      reader,
      `select version, status, from_month as "fromMonth", to_month as "toMonth", held_from as "heldFrom", rates, day,
              changed_by as by, changed_by_role as role
       from benefit_history where benefit_id = $1 order by version`,
      [benefitId],
    );
  }
}

function bounds(reach: readonly PlaceRange[]): [string[], string[]] {
  return [reach.map(({ from }) => from), reach.map(({ to }) => to)];
}
