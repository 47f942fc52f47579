import { departments, portalRoles, sensitive, type Department, type Role } from '@app/access';
import { caseStatuses, divisionCode, instant, owners } from '@app/contracts';
import { givenId } from '@app/platform';
import { z } from 'zod';
import { dueClasses, workSorts, workViews } from '../../domain/work-view.js';

export const filters = {
  owner: z.enum(owners).optional(),
  item: z
    .string()
    .max(200)
    .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, '应为事项编号，例如 subsidies/living-subsidy')
    .optional(),
  division: z
    .string()
    .regex(/^(\d{4}|\d{6}|\d{9}|\d{12})$/, '应为 12 位统计用区划代码，或其前 4、6、9 位')
    .optional()
    .describe('Everything in this division.'),
  status: z.enum(caseStatuses).optional(),
};

const listing = {
  view: z.enum(workViews).default('pool'),
  ...filters,
  due: z
    .enum(dueClasses)
    .optional()
    .describe('The nearest term has passed, ends today, or ends on one of the next two working days.'),
  sort: z.enum(workSorts).default('due'),
  after: z.string().max(200).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
};

export const queueQuery = z.object({
  ...listing,
  personId: givenId().optional().describe('Only cases of this person.'),
});
export const visitsQuery = z.object({
  division: filters.division,
  after: listing.after,
  limit: listing.limit,
});
export const countsQuery = z.object(filters);

/** What somebody types never stands in an address: there it would be logged, and kept by the browser. */
export const queueSearchRequest = z
  .object({
    ...listing,
    limit: z.number().int().min(1).max(100).default(50),
    name: z.string().trim().min(1).max(50).optional().describe('姓名，或姓名的拼音、首字母；也可只填开头。'),
    caseId: givenId().optional().describe('案件编号。'),
  })
  .refine(({ name, caseId }) => (name === undefined) !== (caseId === undefined), {
    message: '请填写姓名或案件编号，只填其中一项',
    path: ['name'],
  })
  .meta({ id: 'QueueSearchRequest' });

export const takeNextRequest = z.object({ ...filters, due: listing.due }).meta({ id: 'TakeNextRequest' });

const role = z.enum(portalRoles as [Role, ...Role[]]);
const department = z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable();

const counted = z.object({
  value: z.int(),
  atLeast: z.boolean().describe('There are more; they were not counted.'),
});

export const workLine = z
  .object({
    caseId: z.uuid(),
    owner: z.enum(owners),
    personId: z.uuid(),
    personName: sensitive('name').nullable().describe('Null: registry has not told of the person yet.'),
    divisionCode,
    divisionName: z.string().nullable(),
    itemId: z.string(),
    title: z.string(),
    period: z.string(),
    status: z.enum(caseStatuses),
    task: z
      .object({
        step: z.string(),
        title: z.string(),
        kind: z.enum(['work', 'decide']),
        roles: z.array(role).readonly(),
        department,
      })
      .nullable(),
    term: z
      .object({
        kind: z.enum(['statutory', 'local_rule', 'promised']),
        dueAt: instant.nullable().describe('Null: it stands still.'),
        provisional: z.boolean(),
        paused: z.boolean(),
        basis: z.string(),
        step: z.string(),
      })
      .nullable()
      .describe('The nearest running term of the office.'),
    waitsForPapers: z.boolean(),
    claim: z.object({ by: z.string(), byName: z.string().nullable(), at: instant }).nullable(),
    version: z.int(),
    updatedAt: instant,
  })
  .meta({ id: 'WorkLine' });

export const workPage = z
  .object({
    rows: z.array(workLine).readonly(),
    total: counted,
    next: z
      .string()
      .nullable()
      .describe('Give it as `after` for the next page; null: this was the last one.'),
    asOf: instant.describe('Up to when this tells what the owners of the cases decided.'),
    stale: z.boolean().describe('Facts wait to be taken in: what is shown may be past.'),
  })
  .meta({ id: 'WorkPage' });

export const visitPage = z
  .object({
    visits: z
      .array(
        z.object({
          personId: z.uuid(),
          personName: sensitive('name').nullable().describe('Null: registry has not told of the person yet.'),
          divisionCode,
          divisionName: z.string().nullable(),
          matters: z.array(workLine).readonly().describe('Every case of the person that waits for a visit.'),
        }),
      )
      .readonly(),
    next: z
      .string()
      .nullable()
      .describe('Give it as `after` for the next page; null: this was the last one.'),
    asOf: instant.describe('Up to when this tells what the owners of the cases decided.'),
    stale: z.boolean().describe('Facts wait to be taken in: what is shown may be past.'),
  })
  .meta({ id: 'VisitPage', description: 'Whom the caller has to visit, village by village' });

export const workCounts = z
  .object({
    pool: counted,
    mine: counted,
    review: counted,
    papers: counted,
    overdue: counted,
    all: counted,
    today: counted,
    soon: counted,
  })
  .meta({ id: 'WorkCounts' });

export const colleagueList = z
  .object({
    colleagues: z
      .array(z.object({ userId: z.string(), name: z.string(), unitName: z.string() }))
      .readonly()
      .describe('Whoever else may do what the case waits for, by name.'),
  })
  .meta({ id: 'ColleagueList' });
export type ColleagueList = z.infer<typeof colleagueList>;
