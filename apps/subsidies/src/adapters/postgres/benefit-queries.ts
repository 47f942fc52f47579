import { Injectable } from '@nestjs/common';
import { type Caller, Database } from '@app/platform';
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

/** Benefits, as they are looked at. */
@Injectable()
export class BenefitQueries {
  constructor(private readonly database: Database) {}

  /** Benefits in reach, newest id last; of one person, or all of them page by page. */
  async list(
    reader: Caller,
    query: { personId?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<Benefit[]> {
    const rows = await this.database.query<BenefitRow>(
      reader,
      `select ${benefitColumns} from benefits b
       where ($1::uuid is null or b.person_id = $1) and ($2::uuid is null or b.benefit_id > $2)
       order by b.benefit_id limit $3`,
      [query.personId ?? null, query.after ?? null, query.limit],
    );
    return rows.map(toBenefit);
  }

  async find(reader: Caller, benefitId: string): Promise<Benefit | null> {
    const [row] = await this.database.query<BenefitRow>(
      reader,
      `select ${benefitColumns} from benefits b where b.benefit_id = $1`,
      [benefitId],
    );
    return row ? toBenefit(row) : null;
  }

  async history(reader: Caller, benefitId: string): Promise<PastState[]> {
    return this.database.query<PastState & Record<string, unknown>>(
      reader,
      `select version, status, from_month as "fromMonth", to_month as "toMonth", held_from as "heldFrom", rates, day,
              changed_by as by, changed_by_role as role
       from benefit_history where benefit_id = $1 order by version`,
      [benefitId],
    );
  }
}
