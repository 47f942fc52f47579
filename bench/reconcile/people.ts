import { randomUUID } from 'node:crypto';
import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';
import type { SlowSubject } from '../../apps/cli/src/demo/slow-evaluator.js';

/** The day on which everybody is looked at. */
export const DAY = '2026-06-01';
const COUNTY = '338801';

type Value = string | number | boolean;

/** Somebody of a county whose rosters have come and of whom the questions were answered. */
export interface BenchPerson {
  readonly personId: string;
  readonly householdId: string;
  readonly divisionCode: string;
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly category: Exclude<DisabilityCategory, 'multiple'>;
  readonly grade: DisabilityGrade;
  readonly facts: Readonly<Record<string, Value>>;
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A county as the plans describe the people whom the federation serves: most of them in families with minimum living aid or close to it,
 * in need of care, rehabilitation and work. Every third lives with another card holder. Nothing of the catalogue is touched for it.
 */
export function* benchPeople(count: number): Generator<BenchPerson> {
  const random = randomOf(20260601);
  const chance = (share: number) => random() < share;
  const one = <Thing>(...things: readonly Thing[]): Thing => things[Math.floor(random() * things.length)]!;
  let householdId = '';
  for (let n = 0; n < count; n += 1) {
    // Two in three begin a household, and the next one in three lives with the one before.
    if (n % 3 !== 1) householdId = randomUUID();
    const village = Math.floor(n / 150);
    const year = 1936 + Math.floor(random() * 84);
    const age = 2026 - year;
    const month = String(1 + Math.floor(random() * 12)).padStart(2, '0');
    const dibao = chance(0.45);
    const dibian = !dibao && chance(0.4);
    const works = age >= 16 && age < 60;
    const learns = age >= 6 && age < 16;
    const grade = one<DisabilityGrade>(1, 1, 2, 2, 3, 4);
    const category = one(
      'visual',
      'hearing',
      'speech',
      'physical',
      'physical',
      'intellectual',
      'mental',
    ) as BenchPerson['category'];
    yield {
      personId: randomUUID(),
      householdId,
      divisionCode: `${COUNTY}${String(1 + (Math.floor(village / 20) % 900)).padStart(3, '0')}${String(1 + (village % 20)).padStart(3, '0')}`,
      birthDate: `${year}-${month}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`,
      sex: one('male', 'female'),
      category,
      grade,
      facts: {
        'disability.suspected': false,
        'housing.difficulty': chance(0.5),
        'aid.dibao': dibao,
        'aid.dibian': dibian,
        'aid.tekun': !dibao && !dibian && chance(0.3),
        'aid.supporter': chance(0.3),
        'income.own-percent-of-dibao': Math.floor(random() * 250),
        'income.fixed': chance(0.2),
        'allowance.work-injury-nursing': false,
        'allowance.orphan': false,
        'care.long-term-need': chance(0.8),
        'care.residential': chance(0.05),
        'care.wanted': chance(0.8),
        'insurance.pension': age >= 60 ? 'drawing' : one('resident', 'resident', 'resident', 'employee'),
        'insurance.medical': one('resident', 'resident', 'resident', 'employee'),
        'employment.status': learns
          ? 'student'
          : works
            ? one('unemployed', 'unemployed', 'self-employed')
            : 'retired',
        'employment.registered-unemployed': works && chance(0.7),
        'employment.able': works && chance(0.8),
        'employment.wanted': works && chance(0.8),
        'employment.business-started-on': one('2025-09-01', '2019-01-01'),
        'registration.urban': chance(0.5),
        'training.wanted': works && chance(0.8),
        'education.stage': learns ? 'compulsory' : works ? one('none', 'higher') : 'none',
        'education.graduates-on': one('2026-07-01', '2020-07-01'),
        'education.cannot-attend': learns && chance(0.4),
        'rehab.diagnosis': category === 'speech' ? 'hearing' : category === 'mental' ? 'none' : category,
        'rehab.needed': chance(0.8),
        'device.needed': chance(0.8),
        'health.doctor-contract-to': one('2026-12-31', '2025-12-31'),
        'health.medication': category === 'mental',
        'health.ill': chance(0.4),
        'home.needs-retrofit': chance(0.8),
        'home.suitable': chance(0.9),
        'home.tv-device': chance(0.2),
        'legal.matter': one('social-benefit', 'maintenance', 'none'),
        'legal.represented': chance(0.1),
        'legal.hardship': dibao || chance(0.6),
        'petition.raised': chance(0.2),
        'petition.other-procedure': chance(0.2),
        'communication.need': category === 'hearing' ? 'sign' : 'none',
      },
    };
  }
}

const TERM = { issuedOn: '2022-03-01', validTo: '2032-02-29' } as const;

/** The card of somebody. */
export function cardOf({ category, grade }: BenchPerson) {
  return { category, grade, components: [{ category, grade }], ...TERM };
}

/** The same person as the slow evaluator is told of them. */
export function slowSubject(person: BenchPerson, household: readonly BenchPerson[]): SlowSubject {
  const others = household.filter(({ personId }) => personId !== person.personId);
  return {
    birthDate: person.birthDate,
    sex: person.sex,
    divisionCode: person.divisionCode,
    card: cardOf(person),
    facts: person.facts,
    household: {
      size: household.length,
      others: others.map((other) => ({
        birthDate: other.birthDate,
        sex: other.sex,
        card: cardOf(other),
        facts: other.facts,
      })),
    },
  };
}
