import { departments, isRole, roles, type Department, type Role } from '@app/access';
import { z } from 'zod';

export const department = z
  .enum(Object.keys(departments) as [Department, ...Department[]])
  .describe('A department of libs/access.');

export const role = z
  .string()
  .refine(isRole, { message: 'not a role of libs/access' })
  .transform((value) => value as Role)
  .meta({ enum: Object.keys(roles) })
  .describe('A role of libs/access.');
