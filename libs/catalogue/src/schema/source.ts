import { z } from 'zod';

export const day = z.iso.date().describe('Calendar day, YYYY-MM-DD.');

export const title = z
  .strictObject({
    zh: z.string().min(1).describe('Chinese title as the office uses it.'),
    en: z.string().min(1).describe('English title.'),
  })
  .describe('Title in both languages.');
export type Title = z.infer<typeof title>;

/** How far a reader may trust the quotation. Money and overdue marks need the official text read again unless it is `statute`. */
export const confidences = [
  'statute',
  'official-page',
  'repost',
  'plan',
  'draft-plan',
  'well-known',
] as const;

export const source = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .describe('Name by which steps, materials, exclusions and parameters of this file cite it.'),
    title: z.string().min(1).describe('Title of the document, in Chinese.'),
    number: z
      .string()
      .nullable()
      .describe('Document number (文号) or order number; null where it has none or none was found.'),
    article: z
      .string()
      .nullable()
      .describe('Article, paragraph or section, as the document counts them; null for the whole.'),
    url: z
      .url()
      .nullable()
      .describe('Address of the text, or of where it was read; null where none is known.'),
    quotation: z
      .string()
      .min(1)
      .describe('The exact Chinese words that the rule rests on. Never a paraphrase.'),
    confidence: z
      .enum(confidences)
      .describe(
        'statute: read word for word in the text of the law; official-page: on an official or state-media page; repost: as a repost or a data set that names the official text gives them; plan: in an issued county plan; draft-plan: in a plan published for comment; well-known: from memory, not retrieved, to be read again before money or an overdue mark rests on it.',
      ),
    place: z
      .string()
      .regex(/^\d{2}(\d{2}(\d{2})?)?$/)
      .optional()
      .describe(
        'Code of the province, city or county for which it was issued; absent: the whole country. Elsewhere it is not shown.',
      ),
    retrieved: day.describe('Day on which it was read.'),
  })
  .describe('A document that a rule rests on, with the words.');
export type Source = z.infer<typeof source>;
