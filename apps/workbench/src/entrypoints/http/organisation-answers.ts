import { sensitive } from '@app/access';
import { calendarDay, divisionCode } from '@app/contracts';
import { z } from 'zod';
import { department, role, unitKind } from './organisation-requests.js';

/** What the organisation answers over HTTP; nothing beside it leaves the service. */
const version = z.int().describe('Grows by one with every change.');
const id = z.uuid();

export const unitView = z
  .object({
    unitId: id,
    kind: unitKind,
    department: department.nullable(),
    name: z.string(),
    parentId: id.nullable(),
    divisionCode,
    validFrom: calendarDay,
    validTo: calendarDay.nullable().describe('Last day; null: until further notice.'),
    version,
  })
  .meta({ id: 'Unit' });

export const unitPage = z
  .object({
    units: z.array(unitView).readonly(),
    next: id.nullable().describe('Give it as `after` for the next page.'),
  })
  .meta({ id: 'UnitPage' });

export const unitHistory = z
  .object({
    unitId: id,
    states: z
      .array(
        z.object({
          name: z.string(),
          parentId: id.nullable(),
          divisionCode,
          validFrom: calendarDay,
          validTo: calendarDay.nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'UnitHistory' });

export const reorganised = z
  .object({
    actId: id,
    ended: z.int(),
    begun: z.int(),
    moved: z.int().describe('Offices and institutions that went with their division.'),
    accountsMoved: z.int(),
    accountsToPlace: z
      .int()
      .describe('Accounts of divisions that were split: their posts reach nothing until they are placed.'),
  })
  .meta({ id: 'Reorganised' });

export const codeView = z
  .object({
    divisionCode,
    asOf: calendarDay.describe('The day on which the code was asked for.'),
    on: calendarDay.describe('The day for which it is answered.'),
    divisions: z.array(z.object({ unitId: id, kind: unitKind, name: z.string(), divisionCode })).readonly(),
  })
  .meta({ id: 'DivisionOnDay' });

const account = z.object({
  accountId: id,
  userId: z.string(),
  name: z.string().describe('Of a colleague: shown to the administrators of the place.'),
  unitId: id,
  divisionCode,
  state: z.enum(['active', 'locked', 'left']),
  leftOn: calendarDay.nullable(),
  successorId: id.nullable(),
  version,
});

const post = z.object({
  postId: id,
  role,
  unitId: id,
  divisionCode,
  department: department.nullable(),
  period: z.object({ from: calendarDay, to: calendarDay.nullable() }),
});

const deputy = z.object({
  deputyId: id,
  postId: id,
  holderId: id,
  actingId: id,
  from: calendarDay,
  to: calendarDay,
  reason: z.string(),
});

export const accountPage = z
  .object({ accounts: z.array(account).readonly(), next: z.string().nullable() })
  .meta({ id: 'AccountPage' });

export const accountView = account
  .extend({
    phone: sensitive('phone').nullable(),
    posts: z.array(post).readonly(),
    deputies: z.array(deputy).readonly(),
  })
  .meta({ id: 'Account' });

export const ownPosts = z.object({ posts: z.array(post).readonly() }).meta({ id: 'OwnPosts' });

export const accountChanged = z.object({ accountId: id, version }).meta({ id: 'AccountChanged' });
export const accountLeft = z
  .object({ accountId: id, version, postsEnded: z.int(), deputiesEnded: z.int() })
  .meta({ id: 'AccountLeft' });

const activation = z.object({
  code: z.string().describe('Hand it over in person; it is shown this once.'),
  expiresAt: z.iso.datetime({ offset: true }),
});
export const activated = z.object({ activation: activation.nullable() }).meta({ id: 'AccountActivated' });

export const postGiven = z.object({ postId: id }).meta({ id: 'PostGiven' });
export const deputyNamed = z.object({ deputyId: id }).meta({ id: 'DeputyNamed' });

export const accountImport = z
  .object({
    rows: z.int(),
    opened: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    failed: z.int(),
    unknownColumns: z.int(),
    errors: z
      .array(
        z.object({ row: z.int(), column: z.string().nullable(), reason: z.string(), suggestion: z.string() }),
      )
      .readonly(),
    moreErrors: z.boolean(),
    activations: z.array(activation.extend({ row: z.int(), userId: z.string() })).readonly(),
    dryRun: z.boolean(),
  })
  .meta({ id: 'AccountImport' });
