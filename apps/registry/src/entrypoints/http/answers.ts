import { sensitive, unmaskAnswer } from '@app/access';
import { calendarDay, divisionCode, recordedFact } from '@app/contracts';
import { z } from 'zod';
import type { DecisionLine } from '../../adapters/postgres/identity-decisions.js';
import type { Duplicate } from '../../adapters/postgres/suspected-duplicates.js';
import type { Household } from '../../adapters/postgres/household-repository.js';
import type {
  FoundPage,
  PersonLine,
  PersonPage,
  PersonView,
} from '../../adapters/postgres/person-queries.js';
import { guardianSecrets, personSecrets } from '../../adapters/postgres/secret-queries.js';
import { lookalikeReasons, type LookalikeReason } from '../../domain/lookalike.js';
import { contactView } from './message-schemas.js';
import type { FactsKnown } from '../../app/change-facts.js';
import type { ImportView } from '../../app/find-import.js';
import type { ImportReport } from '../../app/import-roster.js';
import type { Decided } from '../../app/merge-persons.js';

/** What this service answers over HTTP; nothing beside it leaves the service. */
const version = z.int().describe('Grows by one with every change of the file.');
const facts = z.array(recordedFact).readonly();

const line = z.object({
  personId: z.uuid(),
  version,
  name: sensitive('name'),
  sex: z.enum(['male', 'female']),
  birthDate: calendarDay,
  divisionCode,
  householdId: z.uuid().nullable(),
  diedOn: calendarDay.nullable(),
  movedAwayOn: calendarDay.nullable(),
  facts,
});
const personLine = line.meta({ id: 'PersonLine' }) satisfies z.ZodType<unknown, PersonLine>;

const guardian = z
  .object({
    guardianId: z.uuid(),
    name: sensitive('name'),
    basis: z.string(),
    relation: z.string(),
    phone: sensitive('phone').nullable(),
    since: calendarDay,
  })
  .meta({ id: 'Guardian' });

export const personView = line
  .extend({
    identityNumber: sensitive('identity')
      .nullable()
      .describe('Null for an institution with which the person is placed; it sees no facts either.'),
    phone: sensitive('phone').nullable(),
    hasAddress: z.boolean().describe('Whether an exact address is on file; it is not shown.'),
    relation: z.string().nullable(),
    guardians: z.array(guardian).readonly(),
    contact: contactView
      .pick({ preference: true, way: true })
      .nullable()
      .describe('How they want to be told, and the way that a message takes today.'),
  })
  .meta({ id: 'PersonFile' }) satisfies z.ZodType<unknown, PersonView>;

const next = z
  .string()
  .nullable()
  .describe('Give it as `after` for the next page; null: this was the last one.');

export const personPage = z
  .object({
    persons: z.array(personLine).readonly(),
    next,
  })
  .meta({ id: 'PersonPage' }) satisfies z.ZodType<unknown, PersonPage>;

export const foundPage = z
  .object({ persons: z.array(line.omit({ facts: true }).meta({ id: 'FoundPerson' })).readonly(), next })
  .meta({ id: 'FoundPersons' }) satisfies z.ZodType<unknown, FoundPage>;

export const revealedOfPerson = unmaskAnswer(personSecrets).meta({ id: 'RevealedOfPerson' });
export const revealedOfGuardian = unmaskAnswer(guardianSecrets).meta({ id: 'RevealedOfGuardian' });

export const personChanged = z.object({ personId: z.uuid(), version }).meta({ id: 'PersonChanged' });

export const factsKnown = z
  .object({ personId: z.uuid(), version, facts })
  .meta({ id: 'FactsKnown' }) satisfies z.ZodType<FactsKnown>;

export const deathRecorded = z
  .object({ personId: z.uuid(), version, factId: z.uuid() })
  .meta({ id: 'DeathRecorded' });

const away = z.object({ to: divisionCode, on: calendarDay }).nullable();
export const personMoved = z
  .object({ personId: z.uuid(), version, divisionCode, away })
  .meta({ id: 'PersonMoved' });

export const householdChanged = z
  .object({ personId: z.uuid(), version, householdId: z.uuid().nullable() })
  .meta({ id: 'HouseholdChanged' });

export const guardianAdded = z.object({ guardianId: z.uuid() }).meta({ id: 'GuardianAdded' });

const household = z.object({
  householdId: z.uuid(),
  divisionCode,
  householdNo: z.string().nullable(),
  headPersonId: z.uuid().nullable(),
  version: z.int(),
});
export const householdAdded = household.meta({ id: 'Household' }) satisfies z.ZodType<Household>;
export const householdView = household
  .extend({ members: z.array(personLine) })
  .meta({ id: 'HouseholdWithMembers' });

const rowError = z
  .object({
    row: z.int().describe('As the spreadsheet numbers it.'),
    column: z.string().nullable().describe('Heading of the column; null: the row as a whole.'),
    reason: z.string(),
    suggestion: z.string(),
  })
  .meta({ id: 'RosterRowError' });

const rows = z.int();
const counts = {
  applied: rows,
  unchanged: rows,
  failed: rows,
  notOnFile: rows.describe('Right in themselves, but nobody on file has the number.'),
};
const removal = {
  removed: rows.describe('Of a full roster: who lost what they had.'),
  removalHeld: z.string().nullable().describe('Why nobody lost it.'),
};

export const importReport = z
  .object({
    importId: z.uuid(),
    kind: z.string(),
    asOf: calendarDay,
    rows,
    ...counts,
    ...removal,
    unknownColumns: rows.describe('Columns for whose headings nothing is known.'),
    errors: z.array(rowError).readonly(),
    moreErrors: z.boolean().describe('The error workbook has all.'),
  })
  .meta({ id: 'RosterReport' }) satisfies z.ZodType<ImportReport>;

export const importView = z
  .object({
    importId: z.uuid(),
    kind: z.string(),
    reach: z.object({ from: divisionCode, to: divisionCode }),
    fullRoster: z.boolean(),
    asOf: calendarDay,
    rows,
    state: z.enum(['running', 'done']),
    ...counts,
    ...removal,
    done: rows.describe('While it runs it grows towards `rows`.'),
  })
  .meta({ id: 'RosterImport' }) satisfies z.ZodType<ImportView>;

export const decisionProposed = z.object({ decisionId: z.uuid() }).meta({ id: 'IdentityDecisionProposed' });

export const decisionMade = z
  .object({
    decisionId: z.uuid(),
    personId: z.uuid().describe('The file that stays.'),
    version,
    newPersonId: z.uuid().nullable().describe('Of a split: the new file.'),
  })
  .meta({ id: 'IdentityDecided' }) satisfies z.ZodType<Decided>;

const decisionLine = z
  .object({
    decisionId: z.uuid(),
    kind: z.enum(['merge', 'split']),
    personId: z.uuid(),
    absorbedId: z.uuid().nullable(),
    subjects: z.array(z.uuid()).readonly(),
    reason: z.string(),
    proposedBy: z.string(),
    proposedAt: z.iso.datetime(),
  })
  .meta({ id: 'IdentityDecision' }) satisfies z.ZodType<DecisionLine>;

export const decisionPage = z
  .object({ decisions: z.array(decisionLine).readonly(), next: z.uuid().nullable() })
  .meta({ id: 'IdentityDecisions' });

const lookalikeFile = z
  .object({
    personId: z.uuid(),
    version,
    name: sensitive('name'),
    identityNumber: sensitive('identity'),
    birthDate: calendarDay,
    divisionCode,
  })
  .meta({ id: 'LookalikeFile' });

export const duplicatePage = z
  .object({
    duplicates: z
      .array(
        z.object({
          duplicateId: z.uuid(),
          one: lookalikeFile,
          other: lookalikeFile,
          reasons: z
            .array(z.enum(Object.keys(lookalikeReasons) as [LookalikeReason, ...LookalikeReason[]]))
            .readonly(),
          foundAt: z.iso.datetime().describe('When everybody was looked at last.'),
        }) satisfies z.ZodType<unknown, Duplicate>,
      )
      .readonly(),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'SuspectedDuplicates' });
