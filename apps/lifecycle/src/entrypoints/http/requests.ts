import { divisionCode } from '@app/contracts';
import { givenId } from '@app/platform';
import { z } from 'zod';

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

export const missingQuery = z.object({
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f-]{36}$/)
    .optional(),
  limit,
});

export const catalogueQuery = z.object({ division: divisionCode });

export const explainQuery = z.object({
  item: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, '应为事项编号，如 subsidies/living-subsidy'),
});
