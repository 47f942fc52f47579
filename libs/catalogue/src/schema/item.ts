import { itemModes, owners } from '@app/contracts';
import { z } from 'zod';
import { overall, tellRefusal } from './case-limits.js';
import { condition, scalar } from './condition.js';
import { department, role } from './doers.js';
import { limit } from './limit.js';
import { acceptIncomplete, supplement } from './papers.js';
import { remedy } from './remedy.js';
import { rungs } from './rungs.js';
import { day, source, title } from './source.js';

const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const sourceId = z.string().describe('Id of a source of this file.');

/** What may be so of one case and not of another, as it is said when the case is opened. */
export const circumstances = ['cross-region', 'transferred'] as const;
export type Circumstance = (typeof circumstances)[number];
const circumstance = z
  .enum(circumstances)
  .describe(
    'cross-region: applied for at a window in another province (跨省通办); transferred: another organ passed it on (转送、交办).',
  );

const step = z
  .strictObject({
    id: z.string().regex(slug).describe('Kebab-case, unique in the version; regions and cases refer to it.'),
    title,
    kind: z
      .enum(['work', 'decide'])
      .describe('`decide` ends in granted or refused, by a person who did not do the step before.'),
    role,
    department: department
      .nullable()
      .describe('Department of the actor, for role member-unit; otherwise null.'),
    atHome: z
      .literal(true)
      .optional()
      .describe(
        'Done where the person lives (入户、上门), as its title or a source of the item says. Absent: nothing says so.',
      ),
    when: circumstance
      .optional()
      .describe('The step is done only in cases of which this is so. Absent: in every case.'),
    limit: limit.nullable().describe('null: the step has no clock of its own.'),
    limitWhen: z
      .partialRecord(circumstance, limit)
      .optional()
      .describe('The limit in cases of which this is so, in the place of `limit`.'),
    rungs: rungs.optional(),
  })
  .refine((value) => (value.role === 'member-unit') === (value.department !== null), {
    message: 'role member-unit names its department, every other role has null',
    path: ['department'],
  })
  .refine((value) => value.limit !== null || value.limitWhen !== undefined || value.rungs === undefined, {
    message: 'a step without a limit has no clock, and its rungs would never fire',
    path: ['rungs'],
  })
  .refine((value) => value.when === undefined || value.kind === 'work', {
    message: 'every case is decided: a decision stands in every case',
    path: ['when'],
  });
export type ItemStep = z.infer<typeof step>;

const material = z
  .strictObject({
    id: z.string().regex(slug).describe('Kebab-case, unique in the version.'),
    zh: z.string().min(1).describe('What it is, in Chinese.'),
    from: z
      .enum(['on-file', 'fetched', 'asked'])
      .describe(
        'on-file: this system has it; fetched: from another department; asked: only the person can give it.',
      ),
    source: sourceId
      .nullable()
      .describe('Which source asks for it; null for what no source lists (a case needs it to be worked).'),
  })
  .describe('Something the decision needs. Nothing the state already has is asked for.');
export type Material = z.infer<typeof material>;

const exclusion = z
  .strictObject({
    id: z.string().regex(slug).describe('Kebab-case, unique in the version.'),
    zh: z.string().min(1).describe('Who is excluded, in Chinese.'),
    when: condition.describe('Who is excluded.'),
    source: sourceId.describe('The citation that an exclusion must have.'),
  })
  .describe(
    'Somebody who meets the conditions and is excluded all the same. No exclusion without a citation.',
  );

const amountRow = z
  .strictObject({
    when: z
      .array(
        z.strictObject({
          fact: z.string().describe('A fact of the vocabulary.'),
          op: z.enum(['eq', 'lt', 'lte', 'gt', 'gte']).describe('How it is compared.'),
          value: scalar.describe('With what.'),
        }),
      )
      .optional()
      .describe('All must hold for this row; none: always.'),
    parameter: z.string().describe('Money parameter that holds the amount, or the base of the percentage.'),
    percent: z
      .string()
      .optional()
      .describe('Number parameter: percent of `parameter`. Halves of a 分 are rounded up.'),
  })
  .describe('The first row that holds and whose parameters are set for the region gives the amount.');

const payment = z
  .strictObject({
    from: z
      .enum(['application-month', 'month-after-grant', 'grant-month'])
      .describe('First month that is owed.'),
    cycle: z
      .enum(['month', 'quarter', 'year', 'once', 'unknown'])
      .describe('How often it is paid; unknown: no source says.'),
    source: sourceId.describe('Where it stands.'),
  })
  .describe('From when and how often money is paid.');

const review = z
  .strictObject({
    cycle: z
      .enum(['month', 'year', 'term', 'local', 'none'])
      .describe('How often what runs is checked; local: the region sets it.'),
    zh: z.string().min(1).describe('What is checked, in Chinese.'),
  })
  .describe('The check of what runs.');

const note = z.strictObject({
  zh: z.string().min(1).describe('Chinese.'),
  source: sourceId.nullable().describe('Where it stands; null: inferred from the conditions.'),
});

const version = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d{4}-\d{2}$/)
      .describe('Year and month; a case is judged by its version for life.'),
    effectiveFrom: day.describe('First day on which this version is used.'),
    conditions: condition.describe('Who is entitled.'),
    exclusions: z.array(exclusion).describe('Who is not, though the conditions hold.'),
    steps: z
      .array(step)
      .describe('What is done, in order, by whom and how fast. Empty: the person is only told.'),
    materials: z.array(material).describe('What the decision needs and where each comes from.'),
    supplement: supplement.optional(),
    acceptIncomplete: acceptIncomplete.optional(),
    remedies: z
      .array(remedy)
      .min(1)
      .optional()
      .describe(
        'How the person can have a decision looked at again; absent: no source names one, and whoever refuses writes it.',
      ),
    publicNotice: limit
      .optional()
      .describe(
        'How long a public notice (公告送达) runs before it is service. Absent: no text says, so there is none.',
      ),
    serveWithin: limit
      .optional()
      .describe('Within how long a document is served. Absent: no text says; a region may.'),
    overall: overall.optional(),
    tellRefusal: tellRefusal.optional(),
    amounts: z
      .strictObject({
        per: z.enum(['month', 'year', 'once']).describe('What the amount is paid for.'),
        rows: z.array(amountRow).min(1).describe('First that holds wins.'),
      })
      .nullable()
      .describe('Money, by dated parameters; null: no money is paid to the person.'),
    payment: payment.nullable().describe('null: no money is paid to the person.'),
    review: review.describe('How what runs is checked.'),
    stops: z.array(note).min(1).describe('What ends it, for the person’s notice.'),
    reopens: z
      .array(z.string())
      .describe('Facts whose change makes the question worth asking again after a refusal.'),
    choices: z
      .array(note)
      .describe('Benefits of which the person may draw only the higher one, or may draw both.'),
  })
  .describe('One dated wording of the item.');
export type ItemVersion = z.infer<typeof version>;

const parameter = z
  .strictObject({
    type: z
      .enum(['number', 'money', 'boolean', 'day', 'text', 'choice', 'choices'])
      .describe('Kind of value; money is an integer of 分.'),
    values: z.array(z.string()).optional().describe('Allowed words of choice and choices.'),
    zh: z.string().min(1).describe('What it says, in Chinese, with its unit.'),
  })
  .describe(
    'A local value. Without a value in a region’s layers it is unset, and what depends on it needs it.',
  );
export type ParameterDeclaration = z.infer<typeof parameter>;

const exampleSubject = z.strictObject({
  region: z
    .string()
    .regex(/^\d{6}$/)
    .describe('County.'),
  day: day.describe('Day of determination.'),
  person: z.strictObject({ birthDate: day, sex: z.enum(['male', 'female']) }).describe('Who they are.'),
  card: z
    .strictObject({
      status: z.enum(['valid', 'frozen', 'cancelled']).optional(),
      category: z.string(),
      grade: z.int(),
      components: z.array(z.strictObject({ category: z.string(), grade: z.int() })).optional(),
      issuedOn: day.optional(),
      validTo: day.optional(),
      cancelledOn: day.nullable().optional(),
    })
    .nullable()
    .describe('null: no card.'),
  facts: z.record(z.string(), scalar).describe('Known facts.'),
  household: z
    .strictObject({
      size: z.int().positive().optional().describe('Default: the person and the members listed.'),
      cardholders: z.int().nonnegative().optional().describe('Default: counted.'),
      members: z.array(
        z.strictObject({
          birthDate: day,
          sex: z.enum(['male', 'female']).optional(),
          card: z.strictObject({ category: z.string(), grade: z.int() }).nullable().optional(),
          facts: z.record(z.string(), scalar).optional(),
        }),
      ),
    })
    .nullable()
    .describe('null: not on file.'),
});

const example = z
  .strictObject({
    note: z.string().optional().describe('What it shows.'),
    region: z
      .string()
      .regex(/^\d{6}$/)
      .optional()
      .describe('Other county than the baseline.'),
    day: day.optional().describe('Other day than the baseline.'),
    with: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'What differs from the baseline: a fact, `card`, `card.grade`, `person.birthDate`, `household`…; null: not known.',
      ),
    expect: z.enum(['entitled', 'not-entitled', 'needs-fact']).describe('What must come out.'),
    needs: z.array(z.string()).optional().describe('For needs-fact: exactly these.'),
  })
  .refine((value) => (value.expect === 'needs-fact') === (value.needs !== undefined), {
    message: 'needs-fact, and only it, lists what it needs',
    path: ['needs'],
  })
  .describe('A test: the baseline with one thing changed.');
export type Example = z.infer<typeof example>;
export type ExampleSubject = z.infer<typeof exampleSubject>;

export const itemFile = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
      .describe('Equals the path below items/ without `.yaml`; never changes.'),
    schemaVersion: z.literal(1).describe('Version of this format.'),
    title,
    owner: z.enum(owners).describe('The service that owns its cases.'),
    mode: z
      .enum(itemModes)
      .describe(
        'auto: granted by rule; invite: opened as an invitation, the person consents; list: enrolled by list and told; refer: handed to another body; apply: the person asks.',
      ),
    autoBasis: sourceId
      .optional()
      .describe('For mode auto: the source that allows granting without being asked.'),
    period: z
      .enum(['once', 'year', 'round'])
      .describe('What a case is unique by: once in a life, once a year, or once for each need.'),
    department: department
      .nullable()
      .describe('Who decides it, or to whom it is listed or referred; null: the federation.'),
    rationed: z.boolean().describe('Whether a yearly quota can make an entitled person wait.'),
    gives: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        'Facts of the vocabulary that are known once it is decided: items that ask for them wait for it.',
      ),
    sources: z
      .array(source)
      .min(1)
      .describe('What it rests on everywhere. Local sources stand in the regions’ files.'),
    parameters: z
      .record(z.string().regex(slug), parameter)
      .describe('Local values that conditions and amounts use.'),
    versions: z.array(version).min(1).describe('Dated wordings, oldest first; none is overwritten.'),
    baseline: exampleSubject.describe('A person who is entitled; examples change one thing of them.'),
    examples: z
      .array(example)
      .min(2)
      .describe('They run as tests; moving any bound of the item must turn one red.'),
  })
  .refine((item) => (item.mode === 'auto') === (item.autoBasis !== undefined), {
    message: 'mode auto, and only it, cites the source that allows it',
    path: ['autoBasis'],
  })
  .describe('A service item of the catalogue.');
export type ServiceItem = z.infer<typeof itemFile> & { readonly domain: string };
