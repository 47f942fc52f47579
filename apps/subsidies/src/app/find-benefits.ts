import { Injectable } from '@nestjs/common';
import { NotAllowed, type Actor, type Department, type Role } from '@app/access';
import type { ActorRef } from '@app/contracts';
import { BenefitQueries, type PlaceRange } from '../adapters/postgres/benefit-queries.js';
import { BenefitNotFound } from '../domain/errors.js';
import { detailOf, summaryOf, type BenefitDetail, type BenefitPage } from './benefit-view.js';

/** Who may look at what a person is paid: those who receive, review, decide and pay it, and who answers for them. */
export const benefitReaders: readonly Role[] = [
  'benefit-officer',
  'federation-lead',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
  'member-unit',
];
const departments: readonly (Department | null)[] = ['civil-affairs', 'finance'];

/** Benefits in the caller's place. */
@Injectable()
export class FindBenefits {
  constructor(private readonly benefits: BenefitQueries) {}

  async list(
    actor: Actor,
    query: { personId?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<BenefitPage> {
    const { reader, reach } = readingAs(actor);
    const found = await this.benefits.list(reader, reach, query);
    return {
      benefits: found.map(summaryOf),
      next: found.length === query.limit ? (found.at(-1)?.id ?? null) : null,
    };
  }

  async one(actor: Actor, benefitId: string): Promise<BenefitDetail> {
    const { reader, reach } = readingAs(actor);
    const found = await this.benefits.find(reader, reach, benefitId);
    if (!found) throw new BenefitNotFound(benefitId);
    return detailOf(found, await this.benefits.history(reader, benefitId));
  }
}

function readingAs(actor: Actor): { reader: ActorRef; reach: PlaceRange[] } {
  const grants = actor.grants.filter(
    ({ role, department }) =>
      benefitReaders.includes(role) && (role !== 'member-unit' || departments.includes(department)),
  );
  const [first] = grants;
  if (!first) throw new NotAllowed(benefitReaders);
  return { reader: { id: actor.id, role: first.role }, reach: grants.map(({ from, to }) => ({ from, to })) };
}
