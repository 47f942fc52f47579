import { departments, portalRoles, type Department, type Role } from '@app/access';
import { calendarDay, divisionCode } from '@app/contracts';
import { freeText, holdsNumber, givenId } from '@app/platform';
import { z } from 'zod';
import { allUnitKinds } from '../../domain/unit-kind.js';

/** A typed text without its outer spaces. Bounded: nobody pastes a book into a form. */
const text = (max: number) => z.string().trim().min(1).max(max);
const reason = freeText(2, 500);
/** Of a unit or a place: everybody who works here reads it. */
const publicName = freeText(1, 100);
const pageSize = z.coerce.number().int().min(1).max(200).default(50);

export const uuid = givenId();
export const code = divisionCode;
export const role = z.enum(portalRoles as [Role, ...Role[]]);
export const department = z.enum(Object.keys(departments) as [Department, ...Department[]]);
export const unitKind = z.enum(allUnitKinds);
export const userId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:._-]{1,63}$/, '登录名请用2至64位小写字母、数字和 . _ : -')
  // It stands in audit logs and facts, where no number of a person may stand.
  .refine((value) => !holdsNumber(value), '请不要用手机号或证件号码作登录名');

export const addUnitRequest = z
  .object({
    unitId: uuid
      .optional()
      .describe('Chosen by the sender, where other systems know the unit by it already.'),
    kind: unitKind,
    name: publicName,
    department: department.nullable().default(null),
    parentId: uuid.nullable(),
    divisionCode: divisionCode.nullable().default(null),
    validFrom: calendarDay.optional(),
  })
  .meta({ id: 'AddUnitRequest' });

export const renameUnitRequest = z
  .object({ name: publicName, on: calendarDay })
  .meta({ id: 'RenameUnitRequest' });
export const endUnitRequest = z.object({ on: calendarDay, reason }).meta({ id: 'EndUnitRequest' });

export const unitQuery = z.object({
  within: divisionCode.optional(),
  kind: unitKind.optional(),
  parentId: uuid.optional(),
  after: uuid.optional(),
  limit: pageSize,
});

const MOST_CODES = 2_000;
export const reorganiseRequest = z
  .object({
    on: calendarDay,
    reason,
    mappings: z
      .array(z.object({ from: divisionCode, to: divisionCode }))
      .min(1)
      .max(MOST_CODES),
    divisions: z
      .array(z.object({ divisionCode, name: publicName }))
      .max(MOST_CODES)
      .default([]),
    placements: z
      .array(z.object({ unitId: uuid, to: divisionCode }))
      .max(MOST_CODES)
      .default([]),
  })
  .meta({ id: 'ReorganiseRequest' });

export const codeQuery = z.object({ asOf: calendarDay.optional(), on: calendarDay.optional() });

const phone = z
  .string()
  .trim()
  .regex(/^[0-9+ -]{5,20}$/, '请填写电话号码')
  .nullable();

export const openAccountRequest = z
  .object({ userId, name: text(50), phone: phone.default(null), unitId: uuid })
  .meta({ id: 'OpenAccountRequest' });
export const correctAccountRequest = z
  .object({ name: text(50).optional(), phone: phone.optional() })
  .meta({ id: 'CorrectAccountRequest' });
export const lockAccountRequest = z.object({ reason }).meta({ id: 'LockAccountRequest' });
export const leaveRequest = z.object({ to: uuid, on: calendarDay, reason }).meta({ id: 'LeaveRequest' });
export const accountQuery = z.object({
  unitId: uuid.optional(),
  state: z.enum(['active', 'locked', 'left']).optional(),
  userId: userId.optional(),
  after: userId.optional(),
  limit: pageSize,
});
export const importQuery = z.object({ dryRun: z.enum(['true', 'false']).default('false') });

export const givePostRequest = z
  .object({ role, unitId: uuid, from: calendarDay, to: calendarDay.nullable().default(null) })
  .meta({ id: 'GivePostRequest' });
export const endPostRequest = z.object({ on: calendarDay, reason }).meta({ id: 'EndPostRequest' });

export const nameDeputyRequest = z
  .object({ deputy: userId, from: calendarDay, to: calendarDay, reason })
  .meta({ id: 'NameDeputyRequest' });
export const endDeputyRequest = z.object({ on: calendarDay }).meta({ id: 'EndDeputyRequest' });
