import { sensitive, unmaskAnswer } from '@app/access';
import {
  calendarDay,
  divisionCode,
  recordedFact,
  representativeKinds,
  representedActs,
} from '@app/contracts';
import { z } from 'zod';
import type { DecisionLine } from '../../adapters/postgres/identity-decisions.js';
import type { ShownMatch } from '../../adapters/postgres/death-matches.js';
import type { Duplicate } from '../../adapters/postgres/suspected-duplicates.js';
import type { ContradictionFound, ExpiringAuthority } from '../../adapters/postgres/representatives.js';
import type { Household } from '../../adapters/postgres/household-repository.js';
import {
  foundBy,
  type FoundBy,
  type FoundPage,
  type PersonLine,
  type PersonPage,
  type PersonView,
} from '../../adapters/postgres/person-queries.js';
import { guardianSecrets, personSecrets } from '../../adapters/postgres/secret-queries.js';
import { matchReasons, openStatuses, type MatchReason } from '../../domain/death-match.js';
import type { TemporaryLine } from '../../adapters/postgres/temporary-registrations.js';
import { organisationKinds, type OrganisationKind } from '../../domain/organisation.js';
import { numberBases, temporaryReasons } from '../../domain/person-number.js';
import { contradictions, signingReasons, type Contradiction } from '../../domain/representative.js';
import { lookalikeReasons, type LookalikeReason } from '../../domain/lookalike.js';
import { contactView } from './message-schemas.js';
import type { FactsKnown } from '../../app/change-facts.js';
import type { ImportView } from '../../app/find-import.js';
import type { ImportReport } from '../../app/import-roster.js';
import type { Decided } from '../../app/merge-persons.js';
import type { ToldAgain } from '../../app/tell-again.js';

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

const organisation = z
  .object({
    kind: z.enum(Object.keys(organisationKinds) as [OrganisationKind, ...OrganisationKind[]]),
    officer: sensitive('name').describe('Who acts for it.'),
  })
  .meta({ id: 'ActingOrganisation' });

const guardian = z
  .object({
    guardianId: z.uuid(),
    name: sensitive('name'),
    kind: z.enum(representativeKinds),
    basis: z.string().nullable().describe('Why there is a guardian; null: an agent.'),
    relation: z.string(),
    phone: sensitive('phone').nullable(),
    since: calendarDay,
    until: calendarDay
      .nullable()
      .describe('Last day; of a minor at the latest that before the eighteenth birthday.'),
    acts: z.array(z.enum(representedActs)).readonly(),
    proof: z.string().nullable(),
    organisation: organisation
      .nullable()
      .describe('That an organisation acts, and through whom; null: a person.'),
  })
  .meta({ id: 'Guardian' });

const temporary = {
  reference: z.string().describe('临时登记编号'),
  reason: z.enum(temporaryReasons),
  vouchedBy: z.string(),
  vouchedAs: z.string(),
  proofReference: z.string().nullable(),
  birthDateEstimated: z.boolean(),
  registeredOn: calendarDay,
  reviewOn: calendarDay,
};

const proof = { kind: z.string(), reference: z.string() };

const view = line.extend({
  identityNumber: sensitive('identity')
    .nullable()
    .describe(
      'Null while there is none, and for an institution with which the person is placed; it sees no facts either.',
    ),
  formerNumbers: z
    .array(
      z.object({
        ...proof,
        identityNumber: sensitive('identity'),
        basis: z.enum(['changed', 'mistaken']).describe('mistaken: it was never theirs.'),
        until: calendarDay.describe('From this day on another one holds.'),
        reason: z.string(),
      }),
    )
    .readonly(),
  temporary: z
    .object({ ...temporary, isOpen: z.boolean().describe('While there is no number.') })
    .nullable()
    .describe('How somebody came on file who has, or had, no number.'),
  phone: sensitive('phone').nullable(),
  hasAddress: z.boolean().describe('Whether an exact address is on file; it is not shown.'),
  relation: z.string().nullable(),
  guardians: z.array(guardian).readonly(),
  contact: contactView
    .pick({ preference: true, way: true })
    .nullable()
    .describe('How they want to be told, and the way that a message takes today.'),
});
export const personView = view.meta({ id: 'PersonFile' }) satisfies z.ZodType<unknown, PersonView>;

export const foundPerson = view
  .extend({
    foundBy: z
      .enum(foundBy)
      .describe(
        'Whether what was asked for is the present number, a former one, or another way to the file.',
      ),
  })
  .meta({ id: 'FoundByNumber' }) satisfies z.ZodType<unknown, PersonView & { foundBy: FoundBy }>;

export const temporaryRegistered = z
  .object({ personId: z.uuid(), version, reference: z.string() })
  .meta({ id: 'TemporarilyRegistered' });

export const temporaryPage = z
  .object({
    persons: z
      .array(
        z.object({
          ...temporary,
          personId: z.uuid(),
          version,
          name: sensitive('name'),
          sex: z.enum(['male', 'female']),
          birthDate: calendarDay,
          divisionCode,
          isDue: z.boolean().describe('The day of review has come.'),
        }) satisfies z.ZodType<unknown, TemporaryLine>,
      )
      .readonly(),
    next: z.string().nullable(),
  })
  .meta({ id: 'TemporaryRegistrations' });

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
  undecided: rows.describe(
    'Of a death list: may mean somebody on file, and wait in `/registry/death-matches`.',
  ),
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
    kind: z.enum(['merge', 'split', 'number']),
    personId: z.uuid(),
    absorbedId: z.uuid().nullable(),
    subjects: z.array(z.uuid()).readonly(),
    reason: z.string(),
    number: z
      .object({
        identityNumber: sensitive('identity').describe('The proposed one.'),
        basis: z.enum(numberBases),
        since: calendarDay,
        proof: z.object(proof),
      })
      .nullable(),
    proposedBy: z.string(),
    proposedAt: z.iso.datetime(),
  })
  .meta({ id: 'IdentityDecision' }) satisfies z.ZodType<unknown, DecisionLine>;

export const decisionPage = z
  .object({ decisions: z.array(decisionLine).readonly(), next: z.uuid().nullable() })
  .meta({ id: 'IdentityDecisions' });

const lookalikeFile = z
  .object({
    personId: z.uuid(),
    version,
    name: sensitive('name'),
    identityNumber: sensitive('identity').nullable(),
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

const deathCandidate = z
  .object({
    personId: z.uuid(),
    name: sensitive('name'),
    identityNumber: sensitive('identity').nullable().describe('Null: there is none yet.'),
    birthDate: calendarDay,
    divisionCode,
    diedOn: calendarDay.nullable(),
    reasons: z.array(z.enum(Object.keys(matchReasons) as [MatchReason, ...MatchReason[]])).readonly(),
  })
  .meta({ id: 'DeathCandidate' });

export const deathMatchPage = z
  .object({
    matches: z
      .array(
        z.object({
          matchId: z.uuid(),
          status: z.enum([...openStatuses, 'matched', 'nobody']),
          importId: z.uuid(),
          row: z.int().describe('As the spreadsheet numbers it.'),
          name: sensitive('name'),
          identityNumber: sensitive('identity').nullable().describe('As it was written, masked.'),
          birthDate: calendarDay.nullable(),
          divisionCode: divisionCode.nullable(),
          address: sensitive('address').nullable(),
          diedOn: calendarDay,
          candidates: z.array(deathCandidate).readonly(),
          chosenId: z.uuid().nullable().describe('Whom a user proposed; a second one decides.'),
          proposedBy: z.string().nullable(),
          reason: z.string().nullable().describe('Why, or what the sender was asked.'),
          foundAt: z.iso.datetime(),
        }) satisfies z.ZodType<unknown, ShownMatch>,
      )
      .readonly(),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'DeathMatches' });

const acts = z.array(z.enum(representedActs)).readonly();

export const signingAnswer = z
  .object({
    allowed: z.boolean(),
    reason: z.enum(signingReasons),
    text: z.string().describe('为什么，以及怎么办 · Why, and what to do.'),
    representativeId: z.uuid().nullable().describe('By which authority, or which comes nearest.'),
    kind: z.enum(representativeKinds).nullable(),
    acts: acts.nullable(),
    from: calendarDay.nullable(),
    until: calendarDay.nullable(),
    proof: z.string().nullable(),
    organisation: organisation
      .nullable()
      .describe('Of an organisation: compare whoever signs with its officer on file; null: a person.'),
  })
  .meta({ id: 'SigningAnswer' });

export const expiringPage = z
  .object({
    representatives: z
      .array(
        z.object({
          representativeId: z.uuid(),
          personId: z.uuid(),
          kind: z.enum(representativeKinds),
          name: sensitive('name'),
          relation: z.string(),
          acts,
          lastDay: calendarDay,
          isOver: z.boolean().describe('The last day has passed, and nobody has ended or renewed it.'),
        }) satisfies z.ZodType<unknown, ExpiringAuthority>,
      )
      .readonly(),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'ExpiringRepresentatives' });

export const contradictionPage = z
  .object({
    findings: z
      .array(
        z.object({
          finding: z.enum(Object.keys(contradictions) as [Contradiction, ...Contradiction[]]),
          personId: z.uuid(),
          representativeId: z.uuid(),
          otherId: z.uuid().nullable(),
          reason: z.string(),
        }) satisfies z.ZodType<ContradictionFound>,
      )
      .readonly(),
    next: z.string().nullable(),
  })
  .meta({ id: 'RepresentativeContradictions' });

export const toldAgain = z
  .object({
    persons: z.int(),
    next: z.uuid().nullable().describe('Give it as `after` for the next page; null: nobody is left.'),
  })
  .meta({ id: 'ToldAgain' }) satisfies z.ZodType<ToldAgain>;
