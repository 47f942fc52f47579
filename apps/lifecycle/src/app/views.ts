import { circumstances } from '@app/catalogue';
import { calendarDay, divisionCode, instant, itemModes, owners, roundCauses } from '@app/contracts';
import { z } from 'zod';

/** What this service answers: one schema each for the answer, its type and the OpenAPI document. */
export const title = z.object({ zh: z.string(), en: z.string() }).meta({ id: 'ItemTitle' });
const outcome = z.enum(['entitled', 'not-entitled', 'needs-fact']);
const owner = z.enum(owners);
const mode = z.enum(itemModes);
const termUnit = z.enum([
  'hour',
  'working-day',
  'natural-day',
  'month',
  'day-of-next-month',
  'yearly-window',
]);
const limitKind = z.enum(['statutory', 'local_rule', 'promised', 'unknown']);
const factValue = z.union([z.string(), z.number(), z.boolean()]);

const waitsFor = z
  .object({
    step: z.string().describe('A step of the item, or `answer` (the owner), `consent`, `hand-over`, `hold`.'),
    zh: z.string(),
    roles: z.array(z.string()).describe('Who can do it; empty: the owning service itself.'),
    department: z.string().nullable(),
  })
  .meta({ id: 'WaitsFor', description: 'What holds an item, and who must act next' });

const mark = z.enum(['超期', '超承诺', '期满']).nullable();

const term = z
  .object({
    step: z.string(),
    holder: z
      .enum(['office', 'person'])
      .describe('`person`: within it the person may act; its end is nobody’s delay.'),
    kind: limitKind,
    value: z.int().nullable(),
    unit: termUnit,
    basis: z.string().describe('The article.'),
    anchorDay: calendarDay,
    dueDay: calendarDay.nullable().describe('Last day; null: it stands still.'),
    dueAt: instant.nullable(),
    provisional: z.boolean().describe('暂定: the calendar of that year is not published yet.'),
    paused: z.boolean().describe('中止: it stands still.'),
    pausedSince: instant.nullable(),
    pauseReason: z.string().nullable(),
    mark,
    holds: z
      .boolean()
      .describe(
        'Whether the item waits for what it is of. Not for the person’s own remedies (救济期限), what another body decides about them, and the answer to it; nor for anything once it has its outcome.',
      ),
  })
  .meta({
    id: 'ChainTerm',
    description: 'A legal term of a case, as its owner last told of it; only those with a number',
  });
export type ChainTermView = z.infer<typeof term>;

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
    waitsFor: waitsFor
      .extend({
        since: instant.nullable().describe('When its owner said that it stands there; null: not known.'),
        unitId: z.uuid().nullable().describe('The institution, school or station that it is placed with.'),
      })
      .nullable(),
    terms: z
      .array(term)
      .describe('What runs, stands still or has passed of its case; without a number there is none.'),
    papers: z
      .array(z.object({ material: z.string(), zh: z.string() }))
      .describe('Papers that its case waits for (待补材料); none once it has an outcome.'),
    end: z
      .object({
        day: calendarDay
          .nullable()
          .describe('If everybody takes the whole of their time; null: nothing has a number.'),
        provisional: z.boolean(),
        openStep: z
          .string()
          .nullable()
          .describe(
            'From here on nobody can say how long it takes, so that `day` is the earliest; `papers`: papers are to come, without a day, and `day` is that of the term that runs meanwhile. null: `day` is the last.',
          ),
        zh: z.string(),
        en: z.string(),
      })
      .nullable()
      .describe('null: it has an outcome.'),
  })
  .meta({ id: 'RoundItem' });

const chainClock = z
  .object({
    day: calendarDay.nullable().describe('The latest end that has a number; null: none has.'),
    provisional: z.boolean(),
    openEnded: z.array(z.string()).describe('Items whose end nobody can say: the round may end later.'),
    critical: z
      .array(z.string())
      .describe('关键路径: the items that end last, each after the one it waits for.'),
    followUps: z
      .array(
        z.object({
          itemId: z.string(),
          title,
          after: z.string().describe('The item that gives the fact.'),
          fact: z.string(),
          factZh: z.string(),
          day: calendarDay.nullable(),
          provisional: z.boolean(),
          openStep: z.string().nullable(),
        }),
      )
      .describe('What is not opened yet, because it waits for a fact that an item of this round gives.'),
    promise: z
      .object({
        value: z.int().nullable(),
        unit: termUnit,
        basis: z.string(),
        dueDay: calendarDay.nullable(),
        dueAt: instant.nullable(),
        provisional: z.boolean(),
        mark,
      })
      .nullable()
      .describe('What the place has published for a whole round; null: nothing, as is usual.'),
    zh: z.string(),
    en: z.string(),
  })
  .meta({
    id: 'ChainClock',
    description: 'A view of the clocks of the round’s items; it has none of its own',
  });
export type ChainClockView = z.infer<typeof chainClock>;

const round = z
  .object({
    roundId: z.uuid(),
    personId: z.uuid(),
    divisionCode,
    cause: z.enum([...roundCauses, 'taken-over']),
    zh: z.string().describe('The cause in Chinese.'),
    causedOn: calendarDay,
    status: z.enum(['open', 'complete']),
    openedAt: instant,
    completedAt: instant.nullable(),
    by: z.object({ id: z.string(), role: z.string() }),
    items: z.array(roundItem),
    clock: chainClock,
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

export const missingFact = z
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

const stepLimit = z
  .object({
    value: z.number().nullable(),
    unit: termUnit,
    kind: limitKind,
    basis: z.string(),
    from: z
      .string()
      .optional()
      .describe('Step from whose end it runs, or `application`; absent: the step before.'),
    dayOne: z.enum(['next', 'same']).optional(),
    rollOver: z.string().optional().describe('The article by which its end moves off a day off.'),
    pauses: z.array(z.object({ reason: z.string(), basis: z.string() })).optional(),
    extension: z.object({ value: z.int(), basis: z.string(), role: z.string() }).optional(),
    window: z.object({ from: z.string(), to: z.string() }).optional(),
  })
  .meta({ id: 'StepLimit', description: 'How long a step may take; it does only what its text says' });

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
        when: z
          .enum(circumstances)
          .optional()
          .describe('The step is done only in such cases; absent: in every case.'),
        limit: stepLimit.nullable(),
        limitWhen: z
          .partialRecord(z.enum(circumstances), stepLimit)
          .optional()
          .describe('The limit in such cases, in the place of `limit`.'),
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
