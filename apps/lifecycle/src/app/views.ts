import { calendarDay, divisionCode, instant, itemModes, owners, roundCauses } from '@app/contracts';
import { z } from 'zod';

/** What this service answers: one schema each for the answer, its type and the OpenAPI document. */
const title = z.object({ zh: z.string(), en: z.string() }).meta({ id: 'ItemTitle' });
const outcome = z.enum(['entitled', 'not-entitled', 'needs-fact']);
const owner = z.enum(owners);
const mode = z.enum(itemModes);
const factValue = z.union([z.string(), z.number(), z.boolean()]);

const waitsFor = z
  .object({
    step: z.string().describe('A step of the item, or `answer` (the owner), `consent`, `hand-over`, `hold`.'),
    zh: z.string(),
    roles: z.array(z.string()).describe('Who can do it; empty: the owning service itself.'),
    department: z.string().nullable(),
  })
  .meta({ id: 'WaitsFor', description: 'What holds an item, and who must act next' });

const proposedStop = z
  .object({ cause: z.enum(roundCauses), roundId: z.uuid(), effectiveOn: calendarDay })
  .meta({ id: 'ProposedStop' });

const roundItem = z
  .object({
    itemId: z.string(),
    title,
    action: z.enum(['open', 'stop']),
    owner,
    mode,
    period: z.string(),
    caseId: z.uuid().nullable(),
    status: z.string(),
    outcome: z.string().nullable().describe('How it ended in this round; null: under way.'),
    waitsFor: waitsFor.nullable(),
  })
  .meta({ id: 'RoundItem' });

const round = z
  .object({
    roundId: z.uuid(),
    personId: z.uuid(),
    divisionCode,
    cause: z.enum(roundCauses),
    zh: z.string().describe('The cause in Chinese.'),
    causedOn: calendarDay,
    status: z.enum(['open', 'complete']),
    openedAt: instant,
    completedAt: instant.nullable(),
    by: z.object({ id: z.string(), role: z.string() }),
    items: z.array(roundItem),
  })
  .meta({ id: 'Round' });
export type RoundView = z.infer<typeof round>;
export type RoundItemView = z.infer<typeof roundItem>;

export const chainView = z
  .object({ personId: z.uuid(), divisionCode, version: z.int(), rounds: z.array(round) })
  .meta({ id: 'Chain', description: 'A person’s chain: newest round first' });
export type ChainView = z.infer<typeof chainView>;

export const roundsView = z
  .object({
    rounds: z.array(round),
    next: z.string().nullable().describe('Give it as `after` for the next page.'),
  })
  .meta({ id: 'Rounds' });
export type RoundsView = z.infer<typeof roundsView>;

const reason = z
  .object({ fact: z.string(), zh: z.string(), value: factValue, valueZh: z.string() })
  .meta({ id: 'Reason' });
export type ReasonView = z.infer<typeof reason>;

const missingFact = z
  .object({
    fact: z.string(),
    zh: z.string(),
    question: z.string().nullable(),
    source: z.string().describe('Who can say.'),
  })
  .meta({ id: 'MissingFact' });
export type MissingFactView = z.infer<typeof missingFact>;

const holding = z
  .object({
    period: z.string(),
    status: z.string(),
    caseId: z.uuid().nullable(),
    itemVersion: z.string(),
    waitsFor: waitsFor.nullable(),
    stops: z.array(proposedStop),
  })
  .meta({ id: 'Holding' });

const tableItem = z
  .object({
    itemId: z.string(),
    itemVersion: z.string(),
    title,
    domain: z.string(),
    owner,
    mode,
    outcome,
    zh: z.string().describe('The outcome with its reasons, as one Chinese sentence.'),
    reasons: z.array(reason),
    missing: z.array(missingFact),
    unsetParameters: z
      .array(z.string())
      .describe('Local values that the region has not set and the outcome needs.'),
    takenOver: z
      .boolean()
      .describe('Found when the living stock was taken over; opened by a reconciliation.'),
    has: z.array(holding),
  })
  .meta({ id: 'TableItem' });

export const tableView = z
  .object({
    personId: z.uuid(),
    divisionCode,
    day: calendarDay,
    region: z.object({ code: z.string(), name: z.string() }),
    fingerprint: z.string(),
    card: z.enum(['none', 'valid', 'stopped']),
    items: z.array(tableItem),
    others: z
      .array(holding.extend({ itemId: z.string() }))
      .describe('What the person has of items that are not in force here any more.'),
  })
  .meta({
    id: 'ServiceTable',
    description: '一张表: every item in force, its outcome and why, and what the person has',
  });
export type TableView = z.infer<typeof tableView>;
export type TableItemView = z.infer<typeof tableItem>;
export type HoldingView = z.infer<typeof holding>;

export const personMissingView = z
  .object({
    personId: z.uuid(),
    divisionCode,
    facts: z.array(missingFact.extend({ items: z.array(z.object({ itemId: z.string(), title })) })),
  })
  .meta({
    id: 'MissingFactsOfPerson',
    description: 'Each missing fact once, with the items that wait for it',
  });
export type PersonMissingView = z.infer<typeof personMissingView>;

export const missingView = z
  .object({
    questions: z.array(missingFact),
    villages: z.array(
      z.object({
        divisionCode,
        persons: z.array(z.object({ personId: z.uuid(), facts: z.array(z.string()) })),
      }),
    ),
    next: z.string().nullable().describe('Give it as `after` for the next page.'),
  })
  .meta({ id: 'MissingFacts', description: 'Facts to be asked for, once per person, village by village' });
export type MissingView = z.infer<typeof missingView>;

const catalogueItem = z
  .object({
    itemId: z.string(),
    version: z.string(),
    title,
    domain: z.string(),
    owner,
    mode,
    period: z.enum(['once', 'year', 'round']),
    department: z.string().nullable(),
    rationed: z.boolean(),
    needsCard: z.boolean(),
    steps: z.array(
      z.object({
        id: z.string(),
        title,
        kind: z.enum(['work', 'decide']),
        role: z.string(),
        department: z.string().nullable(),
        limit: z
          .object({
            value: z.number().nullable(),
            unit: z.enum(['working-day', 'natural-day', 'month']),
            kind: z.enum(['statutory', 'local_rule', 'promised', 'unknown']),
            basis: z.string(),
          })
          .nullable(),
      }),
    ),
    materials: z.array(
      z.object({ id: z.string(), zh: z.string(), from: z.enum(['on-file', 'fetched', 'asked']) }),
    ),
    sources: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        number: z.string().nullable(),
        article: z.string().nullable(),
        url: z.string().nullable(),
        quotation: z.string(),
        confidence: z.string(),
      }),
    ),
  })
  .meta({ id: 'CatalogueItem' });

export const catalogueView = z
  .object({
    region: z.object({ code: z.string(), name: z.string(), demo: z.boolean() }),
    day: calendarDay,
    fingerprint: z.string(),
    items: z.array(catalogueItem),
  })
  .meta({ id: 'CatalogueInForce' });
export type CatalogueView = z.infer<typeof catalogueView>;

interface TraceShape {
  kind: string;
  result: 'yes' | 'no' | 'unknown';
  zh: string;
  fact?: string | undefined;
  op?: string | undefined;
  expected?: unknown;
  actual?: unknown;
  source?: string | undefined;
  children: TraceShape[];
}
const trace: z.ZodType<TraceShape> = z
  .object({
    kind: z.string(),
    result: z.enum(['yes', 'no', 'unknown']),
    zh: z.string(),
    fact: z.string().optional(),
    op: z.string().optional(),
    expected: z.unknown().optional(),
    actual: z.unknown().optional(),
    source: z.string().optional().describe('Id of the source that an exclusion cites.'),
    get children() {
      return z.array(trace);
    },
  })
  .meta({ id: 'TraceStep' });
export type TraceStepView = TraceShape;

export const explanationView = z
  .object({
    personId: z.uuid(),
    itemId: z.string(),
    itemVersion: z.string(),
    title,
    region: z.string(),
    day: calendarDay,
    outcome,
    sources: catalogueItem.shape.sources,
    trace,
  })
  .meta({ id: 'Explanation', description: 'Why an outcome is as it is, recomputed from the facts on file' });
export type ExplanationView = z.infer<typeof explanationView>;

export const decisionsView = z
  .object({
    personId: z.uuid(),
    decisions: z.array(
      z.object({
        decision: z.int(),
        decidedAt: instant,
        decidedOn: calendarDay,
        cause: z.enum(roundCauses),
        causeKey: z.string().describe('Id of the message, or the day or rules, that brought it.'),
        fingerprint: z.string(),
        changes: z.array(
          z.object({
            itemId: z.string(),
            before: outcome.nullable(),
            after: outcome.nullable(),
            itemVersion: z.string(),
            needs: z.array(z.string()),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Decisions', description: 'Every decision that changed an outcome, newest first' });
export type DecisionsView = z.infer<typeof decisionsView>;
