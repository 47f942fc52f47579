import { NEVER, makeDay, partsOf } from './days.js';

/**
 * Statutory retirement age since 2025-01-01: 全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定 (2024-09-13), annex tables.
 * It rises with the month of birth, so a constant 60 is wrong for almost everybody. Confidence: well known, tables derived from the rule
 * (one month later for each `every` months after January 2025, up to `cap`).
 */
const schedules = {
  male: { age: 60, every: 4, cap: 36 },
  'female-cadre': { age: 55, every: 4, cap: 36 },
  'female-worker': { age: 50, every: 2, cap: 60 },
} as const;

const START = 2025 * 12;

function reachedOn(birthDate: string, schedule: keyof typeof schedules): string {
  const { age, every, cap } = schedules[schedule];
  const { year, month, day } = partsOf(birthDate);
  const original = (year + age) * 12 + (month - 1);
  const delay = original < START ? 0 : Math.min(cap, Math.floor((original - START) / every) + 1);
  const months = original + delay;
  const last = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
  return makeDay(Math.floor(months / 12), (months % 12) + 1, Math.min(day, last));
}

/**
 * The day on which a person reaches the statutory retirement age, as a range: for women it depends on whether the post is a
 * cadre's or a worker's, and until that is known it lies between the two.
 */
export function retirementDays(
  birthDate: string,
  sex: 'male' | 'female' | undefined,
  post: 'cadre' | 'worker' | undefined,
): { earliest: string; latest: string } {
  if (sex === 'male') {
    const on = reachedOn(birthDate, 'male');
    return { earliest: on, latest: on };
  }
  const worker = reachedOn(birthDate, 'female-worker');
  const cadre = reachedOn(birthDate, 'female-cadre');
  if (sex === undefined) return { earliest: worker, latest: reachedOn(birthDate, 'male') };
  if (post === 'worker') return { earliest: worker, latest: worker };
  if (post === 'cadre') return { earliest: cadre, latest: cadre };
  return { earliest: worker, latest: cadre < NEVER ? cadre : NEVER };
}
