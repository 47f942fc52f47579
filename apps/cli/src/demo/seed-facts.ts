import type { DemoCard, DemoPerson } from './demo-person.js';
import type { SeededRandom } from './random.js';

type Facts = DemoPerson['facts'];
type Value = string | number | boolean;

/** What a household shares, as the village, civil affairs and housing know it. */
export interface DemoHome {
  readonly aid: DemoPerson['aid'];
  readonly facts: Facts;
}

/** Whom the facts are drawn for. */
export interface DemoLife {
  readonly today: string;
  readonly sex: 'male' | 'female';
  readonly years: number;
  readonly disability: Pick<DemoCard, 'components'> | null;
  readonly home: DemoHome;
}

/** Facts that somebody knows with a probability: what nobody knows is asked. */
class Known {
  readonly facts: Record<string, Value> = {};

  constructor(private readonly random: SeededRandom) {}

  maybe(probability: number, name: string, value: Value): void {
    if (this.random.chance(probability)) this.facts[name] = value;
  }
}

/** A household: its aid, and what is known of the home. */
export function homeOf(random: SeededRandom): DemoHome {
  const aid = random.weighted<DemoPerson['aid']>([
    [null, 70],
    ['dibao', 16],
    ['dibian', 10],
    ['tekun', 4],
  ]);
  const known = new Known(random);
  known.maybe(0.85, 'registration.urban', random.chance(0.35));
  if (aid !== null) {
    known.maybe(0.8, 'housing.difficulty', random.chance(0.2));
    known.maybe(0.8, 'home.needs-retrofit', random.chance(0.3));
    known.maybe(0.8, 'home.suitable', random.chance(0.8));
  }
  known.maybe(0.75, 'home.tv-device', random.chance(0.85));
  return { aid, facts: known.facts };
}

/**
 * What the departments of the county know beside their rosters. Only what somebody would have written down of such a person: a
 * child has no employment, and whose hearing is good is not asked whether they sign.
 */
export function factsOf(random: SeededRandom, life: DemoLife): Facts {
  const known = new Known(random);
  Object.assign(known.facts, life.home.facts);
  aid(random, known, life);
  care(random, known);
  insurance(random, known, life);
  if (life.years >= 16) work(random, known, life);
  if (life.years < 25) schooling(random, known, life);
  health(random, known, life);
  rights(random, known, life);
  return known.facts;
}

/** Civil affairs: the roster says who has it; that somebody has it not is known of most. */
function aid(random: SeededRandom, known: Known, { home, years }: DemoLife): void {
  for (const kind of ['dibao', 'dibian', 'tekun'] as const) {
    if (home.aid !== kind) known.maybe(0.95, `aid.${kind}`, false);
  }
  known.maybe(0.95, 'allowance.work-injury-nursing', random.chance(0.02));
  known.maybe(0.97, 'allowance.orphan', years < 18 && random.chance(0.03));
  if (years < 16) return;
  known.maybe(0.6, 'income.fixed', random.chance(0.65));
  known.maybe(0.6, 'income.own-percent-of-dibao', random.int(0, 60) * 10);
  if (known.facts['income.fixed'] === false) known.maybe(0.6, 'aid.supporter', random.chance(0.75));
}

function care(random: SeededRandom, known: Known): void {
  known.maybe(0.75, 'care.long-term-need', random.chance(0.25));
  known.maybe(0.7, 'care.wanted', random.chance(0.3));
  known.maybe(0.85, 'care.residential', random.chance(0.04));
}

function insurance(random: SeededRandom, known: Known, { years }: DemoLife): void {
  const medical = random.weighted([
    ['resident', 80],
    ['employee', 15],
    ['none', 5],
  ]);
  known.maybe(0.9, 'insurance.medical', medical);
  if (years < 16) return;
  const pension = random.weighted([
    ['resident', 70],
    ['employee', 15],
    ['none', 15],
  ]);
  known.maybe(0.85, 'insurance.pension', years >= 60 ? 'drawing' : pension);
}

function work(random: SeededRandom, known: Known, { today, sex, years }: DemoLife): void {
  const status = random.weighted([
    ['unemployed', 50],
    ['employed', 30],
    ['self-employed', 20],
  ]);
  known.maybe(0.85, 'employment.status', years >= 62 ? 'retired' : years < 18 ? 'student' : status);
  if (years >= 64) return;
  known.maybe(0.7, 'employment.able', random.chance(0.6));
  known.maybe(0.7, 'employment.wanted', random.chance(0.45));
  known.maybe(0.7, 'training.wanted', random.chance(0.25));
  if (sex === 'female' && years >= 50) {
    known.maybe(
      0.6,
      'employment.post',
      random.weighted([
        ['worker', 80],
        ['cadre', 20],
      ]),
    );
  }
  const { 'employment.status': stated } = known.facts;
  if (stated === 'unemployed') known.maybe(0.8, 'employment.registered-unemployed', random.chance(0.5));
  if (stated === 'self-employed') {
    known.maybe(0.75, 'employment.business-started-on', dayFrom(today, -random.int(20, 2500)));
  }
}

function schooling(random: SeededRandom, known: Known, { today, years, disability }: DemoLife): void {
  const stage =
    years < 3
      ? 'none'
      : years < 7
        ? 'preschool'
        : years < 15
          ? 'compulsory'
          : years < 18
            ? 'senior-secondary'
            : 'higher';
  // Some stay away from school, and some have left it: both are found only if somebody looks.
  known.maybe(0.9, 'education.stage', random.chance(0.85) ? stage : 'none');
  if (years >= 6 && years < 16) known.maybe(0.75, 'education.cannot-attend', random.chance(0.12));
  if (years >= 16) known.maybe(0.7, 'education.graduates-on', dayFrom(today, random.int(-700, 900)));
  if (years < 16 && disability === null) {
    const diagnosis = random.weighted([
      ['none', 45],
      ['hearing', 10],
      ['speech', 10],
      ['physical', 10],
      ['intellectual', 10],
      ['autism', 15],
    ]);
    known.maybe(0.7, 'rehab.diagnosis', diagnosis);
  }
}

function health(random: SeededRandom, known: Known, { today, disability }: DemoLife): void {
  known.maybe(0.7, 'rehab.needed', random.chance(0.5));
  known.maybe(0.7, 'device.needed', random.chance(0.35));
  known.maybe(0.5, 'health.ill', random.chance(0.15));
  known.maybe(0.7, 'health.doctor-contract-to', dayFrom(today, random.int(-400, 500)));
  if (has(disability, 'mental')) known.maybe(0.7, 'health.medication', random.chance(0.7));
}

function rights(random: SeededRandom, known: Known, { disability }: DemoLife): void {
  const matter = random.weighted([
    ['none', 90],
    ['social-benefit', 2],
    ['maintenance', 2],
    ['labour', 2],
    ['injury', 2],
    ['abuse', 1],
    ['other', 1],
  ]);
  known.maybe(0.8, 'legal.matter', matter);
  if (known.facts['legal.matter'] !== undefined && matter !== 'none') {
    known.maybe(0.75, 'legal.represented', random.chance(0.15));
    known.maybe(0.6, 'legal.hardship', random.chance(0.5));
  }
  const raised = random.chance(0.04);
  known.maybe(0.9, 'petition.raised', raised);
  if (known.facts['petition.raised'] === true)
    known.maybe(0.7, 'petition.other-procedure', random.chance(0.3));
  if (disability === null) known.maybe(0.7, 'disability.suspected', random.chance(0.5));
  if (has(disability, 'visual', 'hearing', 'speech')) {
    const need = random.weighted([
      ['none', 30],
      ['sign', 35],
      ['captions', 15],
      ['voice', 20],
    ]);
    known.maybe(0.75, 'communication.need', need);
  }
}

function has(disability: DemoLife['disability'], ...categories: string[]): boolean {
  return disability?.components.some(({ category }) => categories.includes(category)) ?? false;
}

/** The day so many days after a day. */
export function dayFrom(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
