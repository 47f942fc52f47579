import { sensitive, unmaskAnswer } from '@app/access';
import { termView } from '@app/clocks';
import {
  calendarDay,
  disabilityCategory,
  disabilityGrade,
  divisionCode,
  representativeKinds,
} from '@app/contracts';
import { z } from 'zod';
import type { ImportReport } from '../../adapters/postgres/card-imports.js';
import type { ApplicationDetail, ApplicationView } from '../../app/find-applications.js';
import { foundBy, type CardEventView, type CardView, type FoundBy } from '../../app/find-cards.js';
import { applicationKinds, applicationStatuses } from '../../domain/application.js';
import { cancelReasons } from '../../domain/card.js';
import { cardSecrets } from './schemas.js';

/** What this service answers over HTTP; nothing beside it leaves the service. Schemas are given the types that they answer for. */
const version = z.int();
const evidence = z.object({ kind: z.string(), reference: z.string() });
const component = z.object({ category: disabilityCategory.exclude(['multiple']), grade: disabilityGrade });
const components = z.array(component).readonly();
const by = z.object({ id: z.string(), role: z.string() });
const done = { by, on: calendarDay };

export const applicationStep = z
  .object({
    applicationId: z.uuid(),
    status: z.enum(applicationStatuses),
    version,
    cardId: z.uuid().nullable(),
    notice: z
      .object({ published: z.boolean(), from: calendarDay, to: calendarDay })
      .nullable()
      .describe('The notice as it was set, if there is one.'),
  })
  .meta({ id: 'CardApplicationStep' });
/** Where an application stands after a step. */
export type ApplicationStep = z.infer<typeof applicationStep>;

const application = z.object({
  applicationId: z.uuid(),
  kind: z.enum(applicationKinds),
  personId: z.uuid(),
  applicant: sensitive('name'),
  divisionCode,
  cardId: z.uuid().nullable(),
  unitId: z.uuid().nullable().describe('The institution that assesses.'),
  formerly: z
    .object({ category: disabilityCategory, grade: disabilityGrade, components })
    .nullable()
    .describe('What the card says that it is about; null for a first application.'),
  status: z.enum(applicationStatuses),
  version,
  guardian: z.object({ name: sensitive('name'), relation: z.string() }).nullable(),
  onBehalf: z
    .object({
      representativeId: z.uuid(),
      kind: z.enum(representativeKinds),
      until: calendarDay.nullable().describe('Last day of their authority, as it was then.'),
    })
    .nullable()
    .describe(
      'Who applied for the person, as registry had them on file; null: the person did, or nobody said.',
    ),
  materials: z.array(evidence).readonly(),
  submitted: z.object(done),
  accepted: z.object(done).nullable(),
  assessment: z
    .object({
      ...done,
      components,
      disability: z
        .object({ category: disabilityCategory, grade: disabilityGrade, components })
        .nullable()
        .describe('Null: the standard is not met.'),
      assessedOn: calendarDay,
      institution: z.string(),
      evidence: z.array(evidence).readonly(),
    })
    .nullable(),
  notice: z
    .object({
      ...done,
      published: z.boolean().describe('That of a minor is not.'),
      from: calendarDay,
      to: calendarDay,
      place: z.string().nullable(),
    })
    .nullable(),
  objections: z
    .array(
      z.object({
        ...done,
        number: z.int(),
        text: z.string(),
        finding: z.enum(['open', 'unfounded', 'founded']),
        note: z.string().nullable(),
      }),
    )
    .readonly(),
  decided: z.object({ ...done, reason: z.string().nullable(), remedy: z.string().nullable() }).nullable(),
});

export const applicationList = z.array(
  application.meta({ id: 'CardApplication' }) satisfies z.ZodType<unknown, ApplicationView>,
);

export const applicationDetail = application
  .extend({ terms: z.array(termView).readonly() })
  .meta({ id: 'CardApplicationFile' }) satisfies z.ZodType<unknown, ApplicationDetail>;

const status = z.enum(['valid', 'frozen', 'cancelled']);

export const cardStep = z
  .object({
    cardId: z.uuid(),
    personId: z.uuid(),
    status,
    category: disabilityCategory,
    grade: disabilityGrade,
    issuedOn: calendarDay,
    validTo: calendarDay,
    version,
  })
  .meta({ id: 'CardStep' });
/** Where a card stands after it was changed. */
export type CardStep = z.infer<typeof cardStep>;

const view = z.object({
  cardId: z.uuid(),
  personId: z.uuid(),
  holder: sensitive('name'),
  cardNumber: sensitive('card'),
  divisionCode,
  status,
  awayTo: divisionCode.nullable().describe('The county that it was transferred out to.'),
  category: disabilityCategory,
  grade: disabilityGrade,
  components,
  issuedOn: calendarDay,
  validTo: calendarDay,
  origin: z.enum(['issued-here', 'followed', 'taken-over']),
  deliveredOn: calendarDay.nullable(),
  cancelled: z
    .object({
      reason: z.enum([...cancelReasons, 'issued-by-mistake', 'above']),
      on: calendarDay,
      was: z.enum(['valid', 'frozen']),
    })
    .nullable(),
  proposals: z
    .array(
      z.object({
        propose: z.enum(['cancellation', 'transfer', 'renumbering']),
        because: z.enum([
          'death',
          'standard-not-met',
          'moved-away',
          'identity-number-changed',
          'files-merged',
        ]),
        on: calendarDay,
        to: divisionCode.nullable(),
      }),
    )
    .readonly()
    .describe('About what a named person is to decide.'),
  formerNumbers: z
    .array(
      z.object({
        cardNumber: sensitive('card'),
        untilVersion: z.int().describe('The version, in the history, with which it had another number.'),
      }),
    )
    .readonly()
    .describe('Numbers that it had before, the latest first.'),
  version,
});
export const cardView = view.meta({ id: 'Card' }) satisfies z.ZodType<unknown, CardView>;

export const foundCard = view
  .extend({
    foundBy: z
      .enum(foundBy)
      .describe(
        'Whether what was asked for is the present number or a former one; mistaken: never the holder’s.',
      ),
  })
  .meta({ id: 'FoundCard' }) satisfies z.ZodType<unknown, CardView & { foundBy: FoundBy }>;

export const revealedOfCard = unmaskAnswer(cardSecrets).meta({ id: 'RevealedOfCard' });

export const cardList = z.array(cardView);

export const cardHistory = z.array(
  z
    .object({
      version,
      action: z.string(),
      reason: z.string().nullable(),
      note: z.string().nullable(),
      evidence: z.array(evidence).readonly(),
      onBehalf: z.uuid().nullable().describe('Who acted for the holder: their entry in registry.'),
      status: z.string(),
      category: z.string(),
      grade: z.int(),
      validTo: calendarDay,
      by,
      at: z.string(),
    })
    .meta({ id: 'CardEvent' }) satisfies z.ZodType<CardEventView>,
);

const rows = z.int();

export const importReport = z
  .object({
    importId: z.uuid(),
    kind: z.enum(['taken-over', 'followed']),
    rows,
    applied: rows,
    unchanged: rows,
    failed: rows,
    errors: z
      .array(
        z
          .object({
            row: z.int().describe('As the spreadsheet numbers it.'),
            column: z.string().nullable().describe('Heading of the column; null: the row as a whole.'),
            reason: z.string(),
            suggestion: z.string(),
          })
          .meta({ id: 'CardRowError' }),
      )
      .readonly(),
  })
  .meta({ id: 'CardRosterReport' }) satisfies z.ZodType<ImportReport>;
