import { unmaskRequest } from '@app/access';
import { calendarDay, divisionCode } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { guardianSecrets, personSecrets } from '../../adapters/postgres/secret-queries.js';

/** A typed text without its outer spaces. Bounded: nobody pastes a book into a form. */
const text = (max: number) => z.string().trim().min(1).max(max);
// Checked in the domain, which can say what is wrong with it; here only that it is a text of sane length.
const identityNumber = z.string().min(1).max(64);

const reason = freeText(5, 500);
const source = z.object({
  kind: freeText(1, 50),
  reference: freeText(0, 100).nullable(),
  asOf: calendarDay,
});

export const personId = givenId();

export const registerPersonRequest = z
  .object({
    name: text(50),
    identityNumber,
    divisionCode,
    sex: z.enum(['male', 'female']).optional(),
    birthDate: calendarDay.optional(),
    phone: text(30).optional(),
    address: text(200).optional(),
    householdId: givenId().optional(),
  })
  .meta({ id: 'RegisterPersonRequest' });

export const findPersonRequest = z.object({ identityNumber }).meta({ id: 'FindPersonRequest' });

export const correctPersonRequest = z
  .object({
    name: text(50).optional(),
    identityNumber: identityNumber.optional(),
    phone: text(30).optional(),
    address: text(200).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: '请至少填写一项要更正的内容',
  })
  .meta({ id: 'CorrectPersonRequest' });

const value = z.union([z.string().max(200), z.number(), z.boolean()]);

export const recordFactsRequest = z
  .object({
    facts: z
      .array(
        z.object({
          name: text(100),
          value,
          source,
          validFrom: calendarDay.nullable().default(null),
          validTo: calendarDay.nullable().default(null),
        }),
      )
      .min(1)
      .max(100)
      .refine((facts) => new Set(facts.map(({ name }) => name)).size === facts.length, {
        message: '同一名称的信息只能填写一次',
      }),
  })
  .meta({ id: 'RecordFactsRequest' });

export const withdrawRequest = z.object({ reason }).meta({ id: 'WithdrawRequest' });

export const correctFactRequest = z
  .object({
    value,
    reason,
    validFrom: calendarDay.nullable().optional(),
    validTo: calendarDay.nullable().optional(),
  })
  .meta({ id: 'CorrectFactRequest' });

export const recordDeathRequest = z
  .object({ diedOn: calendarDay, source })
  .meta({ id: 'RecordDeathRequest' });

export const movePersonRequest = z
  .object({ to: divisionCode, movedOn: calendarDay })
  .meta({ id: 'MovePersonRequest' });

export const addHouseholdRequest = z
  .object({ divisionCode, householdNo: text(30).optional(), headPersonId: givenId().optional() })
  .meta({ id: 'AddHouseholdRequest' });

export const changeHouseholdRequest = z
  .object({ householdId: givenId().nullable(), relation: text(20).optional() })
  .meta({ id: 'ChangeHouseholdRequest' });

export const addGuardianRequest = z
  .object({
    basis: z.enum(['minor', 'mental', 'intellectual']),
    relation: text(20),
    name: text(50),
    identityNumber,
    phone: text(30).optional(),
    since: calendarDay.optional(),
  })
  .meta({ id: 'AddGuardianRequest' });

export const endGuardianRequest = z
  .object({ endedOn: calendarDay, reason })
  .meta({ id: 'EndGuardianRequest' });

export const revealPersonRequest = unmaskRequest(personSecrets);
export const revealGuardianRequest = unmaskRequest(guardianSecrets);

const pages = {
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .optional(),
};

export const searchPersonsRequest = z
  .object({
    text: text(50).describe('姓名，或姓名的拼音、首字母；也可只填姓或名。'),
    ...pages,
    limit: z.int().min(1).max(200).default(50),
  })
  .meta({ id: 'SearchPersonsRequest' });

export const pageRequest = z.object({
  ...pages,
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const fileVersion = z.int().min(1).describe('The version that you saw.');

export const proposeMergeRequest = z
  .object({
    into: givenId().describe('The file that stays.'),
    reason,
    versions: z.object({ person: fileVersion, into: fileVersion }),
  })
  .meta({ id: 'ProposeMergeRequest' });

export const proposeSplitRequest = z
  .object({
    version: fileVersion,
    reason,
    subjects: z
      .array(givenId())
      .max(500)
      .default([])
      .describe(
        'Ids of the cases, cards, applications, benefits, files and accounts that go to the other person.',
      ),
    undoes: givenId().optional().describe('The file that had been merged into this one.'),
    person: z
      .object({ name: text(50), identityNumber })
      .optional()
      .describe('Who the other person is, where there was no file.'),
  })
  .meta({ id: 'ProposeSplitRequest' });

export const decisionsRequest = z.object({
  after: givenId().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
