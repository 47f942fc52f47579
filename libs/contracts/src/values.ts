import { z } from 'zod';

/** Twelve-digit statistical division code (统计用区划代码), e.g. `330302001000`. */
export const divisionCode = z.string().regex(/^\d{12}$/);

/** Calendar day in Asia/Shanghai, `YYYY-MM-DD`. */
export const calendarDay = z.iso.date();

/** Instant, ISO 8601 with zone. */
export const instant = z.iso.datetime({ offset: true });

/** Taken under the aggregate's row lock and one higher at every change: a reader ignores a version it has passed. */
export const version = z.int().positive();

/** Present on every fact about a person. */
export const aboutPerson = { personId: z.uuid(), divisionCode };

/** The service that owns an item's cases. */
export const owners = [
  'certification',
  'subsidies',
  'rehabilitation',
  'employment',
  'legal-aid',
  'accessibility',
  'community',
] as const;
export type Owner = (typeof owners)[number];

/** An owner as a fact names it. Open: a reader that is older than a service lets that service's facts pass, and parks none. */
export const ownerName = z.string().regex(/^[a-z]+(-[a-z]+)*$/);
