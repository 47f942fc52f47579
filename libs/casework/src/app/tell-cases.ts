import { Injectable } from '@nestjs/common';
import { LegalClocks } from '@app/clocks';
import { caseStatuses, caseWork, divisionCode, instant } from '@app/contracts';
import type { Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { z } from 'zod';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { factsOf } from '../domain/facts.js';
import { canEnd } from '../domain/term-facts.js';

const toldTerm = z.object({
  step: z.string(),
  kind: z.enum(['statutory', 'local_rule', 'promised']),
  basis: z.string(),
  dueAt: instant.nullable(),
  provisional: z.boolean(),
  paused: z.boolean(),
});

const toldCase = z
  .object({
    caseId: z.uuid(),
    personId: z.uuid(),
    divisionCode,
    itemId: z.string(),
    itemVersion: z.string(),
    period: z.string(),
    status: z.enum(caseStatuses),
    version: z.int(),
    work: caseWork,
    openedAt: instant,
    changedAt: instant,
    terms: z.array(toldTerm).readonly().describe('Running terms of the office.'),
  })
  .meta({ id: 'ToldCase', description: 'A case as its newest fact tells it' });

export const toldCases = z
  .object({
    cases: z.array(toldCase).readonly(),
    next: z.uuid().nullable().describe('Give it as `after` for the next page; null: this was the last one.'),
  })
  .meta({ id: 'ToldCases' });
export type ToldCases = z.infer<typeof toldCases>;

/**
 * Every case of the service as its facts tell it, in the order of their ids: with it a copy made from facts is compared, and made anew when
 * facts are older than the topics keep. Neither name nor number of a person is in it.
 */
@Injectable()
export class TellCases {
  constructor(
    private readonly cases: CaseRepository,
    private readonly clocks: LegalClocks,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  async run(after: string | null, limit: number): Promise<ToldCases> {
    const found = await this.cases.inOrder(this.service, after, limit);
    const clocks = await this.clocks.ofMany(
      this.service,
      found.map(({ state }) => state.id),
    );
    return {
      cases: found.map(({ state, createdAt, changedAt }) => {
        const { common } = factsOf(state);
        return {
          ...common,
          openedAt: createdAt.toISOString(),
          changedAt: changedAt.toISOString(),
          terms: (clocks.get(state.id) ?? []).flatMap((clock) => {
            const { kind, holder, status, step, basis, dueAt, provisional, paused } = clock;
            if (status !== 'running' || holder !== 'office' || kind === 'unknown' || !canEnd(clock))
              return [];
            return [{ step, kind, basis, dueAt: dueAt?.toISOString() ?? null, provisional, paused }];
          }),
        };
      }),
      next: found.length === limit ? (found.at(-1)?.state.id ?? null) : null,
    };
  }
}
