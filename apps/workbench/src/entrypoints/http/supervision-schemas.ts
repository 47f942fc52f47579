import { departments, portalRoles, type Department, type Role } from '@app/access';
import { calendarDay, divisionCode, instant, owners } from '@app/contracts';
import { givenId } from '@app/platform';
import { z } from 'zod';
import { dueStandings, overviewLevels, type OverviewLevel } from '../../domain/due-standing.js';
import { filters } from './queue-schemas.js';

const { division, item } = filters;

export const overviewQuery = z.object({ division });

/** Who is asked for stands in no address: there it would be logged, and kept by the browser. */
export const supervisedRequest = z
  .object({
    division,
    item,
    standing: z.enum(dueStandings).optional(),
    holder: z.string().min(1).max(100).optional().describe('User id of who has taken them.'),
    waitsFor: z
      .object({
        doers: z.array(z.string().max(100)).max(50).readonly(),
        unitId: givenId().nullable(),
      })
      .optional()
      .describe('What nobody has taken, as `waiting` of the workload names it.'),
    after: z.string().max(200).optional().describe('`next` of the page before.'),
    limit: z.number().int().min(1).max(100).default(50),
  })
  .meta({ id: 'SupervisedRequest' });

const asOf = {
  asOf: instant.describe('Up to when this tells what the owners of the cases decided.'),
  stale: z.boolean().describe('Facts wait to be taken in: what is shown may be past.'),
};

const cases = z.int().positive().optional();
const counts = z
  .object({
    overdue: cases.describe('超期: a term by law or local rule has passed.'),
    'promise-passed': cases.describe('超承诺: what was only promised has passed.'),
    today: cases,
    week: cases.describe('In the days to come.'),
    later: cases,
    paused: cases.describe('It stands still.'),
    unknown: cases.describe('No text gives a number: never overdue.'),
  })
  .meta({
    id: 'StandingCounts',
    description:
      'Open cases by how they stand with the nearest term of the office, each in exactly one; what there is none of is left out',
  });

const role = z.enum(portalRoles as [Role, ...Role[]]);
const department = z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable();

export const deadlineOverview = z
  .object({
    level: z
      .enum(Object.keys(overviewLevels) as [OverviewLevel, ...OverviewLevel[]])
      .describe('What the divisions of the cells are.'),
    weekUntil: calendarDay.describe('The last of the days to come.'),
    cells: z
      .array(
        z.object({
          divisionCode,
          divisionName: z.string().nullable(),
          owner: z.enum(owners),
          itemId: z.string(),
          title: z.string(),
          counts,
        }),
      )
      .readonly(),
    ...asOf,
  })
  .meta({ id: 'DeadlineOverview' });

export const workloadOverview = z
  .object({
    holders: z
      .array(
        z.object({
          userId: z.string(),
          name: z.string().nullable().describe('Null: no account has this user id.'),
          unitName: z.string().nullable(),
          posts: z.array(z.object({ role, department, unitName: z.string() })).readonly(),
          open: z.int(),
          counts,
          oldestAt: instant.nullable().describe('When they took what they have had longest.'),
          done: z.object({
            week: z.int().describe('Steps and decisions of the last seven days, today among them.'),
            month: z.int().describe('Of the last thirty.'),
          }),
        }),
      )
      .readonly()
      .describe('Whoever has something in hand here, or did something of late; most overdue first.'),
    waiting: z
      .array(
        z.object({
          doers: z.array(z.string()).readonly(),
          roles: z.array(role).readonly(),
          department,
          divisionCode,
          divisionName: z.string().nullable(),
          unitId: z.uuid().nullable(),
          unitName: z.string().nullable().describe('The institution that they are placed with.'),
          open: z.int(),
          counts,
          oldestAt: instant.describe('When the oldest of these cases was opened.'),
        }),
      )
      .readonly()
      .describe('What nobody has taken, by who may and where.'),
    doneSince: instant
      .nullable()
      .describe('The first of what is counted as done: before it nothing was; null: nothing is.'),
    ...asOf,
  })
  .meta({ id: 'WorkloadOverview' });
