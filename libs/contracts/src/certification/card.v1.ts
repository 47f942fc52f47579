import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/** 残疾类别: the six categories of GB/T 26341-2010 and 多重. Order is that of the digit in the card number. */
export const disabilityCategories = [
  'visual',
  'hearing',
  'speech',
  'physical',
  'intellectual',
  'mental',
  'multiple',
] as const;
export const disabilityCategory = z.enum(disabilityCategories);
export type DisabilityCategory = (typeof disabilityCategories)[number];

/** 残疾等级: one (heaviest) to four. */
export const disabilityGrade = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
export type DisabilityGrade = z.infer<typeof disabilityGrade>;

export const cardStatuses = ['valid', 'frozen', 'cancelled'] as const;

/**
 * The card as it now stands. The card number never travels: it contains the identity number.
 * For 多重 each component keeps its own category and grade; the grade of the card is the heaviest of them.
 */
const card = {
  ...aboutPerson,
  version,
  cardId: z.uuid(),
  status: z.enum(cardStatuses),
  category: disabilityCategory,
  grade: disabilityGrade,
  components: z
    .array(z.object({ category: disabilityCategory.exclude(['multiple']), grade: disabilityGrade }))
    .min(1),
  issuedOn: calendarDay,
  validTo: calendarDay,
  /** Decided here, applied from the daily file of the system above, or taken over with the living stock. */
  origin: z.enum(['issued-here', 'followed', 'taken-over']),
};

/** Approved and numbered: the "1" that starts the chain. Handing out the plastic is `delivered`. */
export const cardIssuedV1 = defineEvent({
  type: 'certification.card.issued.v1',
  title: 'A disability card is approved and numbered: the chain starts',
  data: z.object(card),
});

/** A card that was valid before this system came. Its facts count; it starts nothing. */
export const cardTakenOverV1 = defineEvent({
  type: 'certification.card.taken-over.v1',
  title: 'A card of the living stock is on file; it starts nothing',
  data: z.object(card),
});

export const cardRenewedV1 = defineEvent({
  type: 'certification.card.renewed.v1',
  title: 'A card is renewed for a new term',
  data: z.object(card),
});

/** Category or grade changed after a new assessment (类别等级变更). */
export const cardRegradedV1 = defineEvent({
  type: 'certification.card.regraded.v1',
  title: 'Category or grade of a card changed',
  data: z.object({ ...card, previous: z.object({ category: disabilityCategory, grade: disabilityGrade }) }),
});

/** Lost or damaged, issued again under a number with `B{n}`; category, grade and term stay. */
export const cardReplacedV1 = defineEvent({
  type: 'certification.card.replaced.v1',
  title: 'A lost or damaged card is issued again',
  data: z.object({ ...card, replacement: z.int().positive() }),
});

/** The holder's identity number is another one, and the card has its new number; category and grade stay. */
export const cardRenumberedV1 = defineEvent({
  type: 'certification.card.renumbered.v1',
  title: 'A card has a new number, because the identity number of its holder is another one',
  data: z.object(card),
});

/** The card follows its holder to another county (迁出), or is taken in from one (迁入). */
export const cardTransferredV1 = defineEvent({
  type: 'certification.card.transferred.v1',
  title: 'A card is transferred out of or into the region',
  data: z.object({ ...card, direction: z.enum(['out', 'in']) }),
});

/** A stop fact: benefits that rest on the card go on hold. */
export const cardFrozenV1 = defineEvent({
  type: 'certification.card.frozen.v1',
  title: 'A card is frozen (stop fact)',
  data: z.object({ ...card, reason: z.string().min(1) }),
});

export const cardUnfrozenV1 = defineEvent({
  type: 'certification.card.unfrozen.v1',
  title: 'A frozen card is valid again',
  data: z.object({ ...card, reason: z.string().min(1) }),
});

/** A stop fact: the card is void (注销), by death, on the holder's wish, or because the standard is no longer met. */
export const cardCancelledV1 = defineEvent({
  type: 'certification.card.cancelled.v1',
  title: 'A card is cancelled (stop fact)',
  data: z.object({ ...card, reason: z.string().min(1), effectiveOn: calendarDay }),
});

/** An issue or a cancellation was a mistake of the office: the card stands as this fact says, and what followed is undone. */
export const cardCorrectedV1 = defineEvent({
  type: 'certification.card.corrected.v1',
  title: 'An issue or cancellation was a mistake; the card stands as stated here',
  data: z.object({ ...card, withdraws: z.enum(['issue', 'cancellation']), reason: z.string().min(1) }),
});

/** The plastic card was handed out. Starts nothing. */
export const cardDeliveredV1 = defineEvent({
  type: 'certification.card.delivered.v1',
  title: 'The plastic card was handed to its holder; it starts nothing',
  data: z.object({ ...card, deliveredOn: calendarDay }),
});
