import { Injectable } from '@nestjs/common';
import { callerOf, NotAllowed, permissions, type Actor } from '@app/access';
import type { Caller } from '@app/platform';
import { BenefitQueries } from '../adapters/postgres/benefit-queries.js';
import { BenefitNotFound } from '../domain/errors.js';
import { detailOf, summaryOf, type BenefitDetail, type BenefitPage } from './benefit-view.js';
import { grantsWith } from './money-callers.js';

/** Benefits in the caller's place: row-level security shows them, and to member units only where they decide or pay. */
@Injectable()
export class FindBenefits {
  constructor(private readonly benefits: BenefitQueries) {}

  async list(
    actor: Actor,
    query: { personId?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<BenefitPage> {
    const reader = readingAs(actor);
    const found = await this.benefits.list(reader, query);
    return {
      benefits: found.map(summaryOf),
      next: found.length === query.limit ? (found.at(-1)?.id ?? null) : null,
    };
  }

  async one(actor: Actor, benefitId: string): Promise<BenefitDetail> {
    const reader = readingAs(actor);
    const found = await this.benefits.find(reader, benefitId);
    if (!found) throw new BenefitNotFound(benefitId);
    return detailOf(found, await this.benefits.history(reader, benefitId));
  }
}

/** @throws NotAllowed to a member unit that neither decides nor pays: row-level security would show it an empty list, without a word */
function readingAs(actor: Actor): Caller {
  const [grant] = grantsWith(actor, 'benefit:read');
  if (!grant) throw new NotAllowed(permissions['benefit:read']);
  return callerOf(actor, grant);
}
