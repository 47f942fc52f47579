import { divisionCode } from '@app/contracts';
import { givenId } from '@app/platform';
import { z } from 'zod';
import { stuckKinds } from '../../domain/stuck.js';

export const personId = givenId();

const limit = z.coerce.number().int().min(1).max(200).default(100);

export const roundsQuery = z.object({
  open: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true'),
  after: givenId().optional(),
  limit,
});

const places = {
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
};

export const missingQuery = z.object({
  ...places,
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f-]{36}$/)
    .optional(),
  limit,
});

export const stuckQuery = z.object({
  kind: z.enum(stuckKinds),
  ...places,
  after: z.string().max(1000).optional().describe('`next` of the page before.'),
  limit,
});
export const stuckCountsQuery = z.object(places);

export const catalogueQuery = z.object({ division: divisionCode });

export const explainQuery = z.object({
  item: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, '应为事项编号，如 subsidies/living-subsidy'),
});
