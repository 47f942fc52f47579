import { checkCharacter } from '@app/access';
import { Catalogue, type KnownFacts, type Subject } from '@app/catalogue';
import type { DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import { DEMO_COUNTY, demoVillages } from '../../apps/cli/src/demo/people.js';

/** What opens for each newcomer of the bench when the card is issued: twelve items, in the hands of six services. */
export const TWELVE: readonly string[] = [
  'accessibility-home/home-accessibility-retrofit',
  'culture-sport/tv-radio-devices-households',
  'assistive-devices/assistive-device-fitting',
  'employment/employment-service-and-matching',
  'insurance/accident-insurance',
  'legal-aid/legal-aid',
  'legal-aid/legal-relief-service',
  'rehabilitation/basic-rehab-service',
  'subsidies/living-subsidy',
  'subsidies/nursing-subsidy',
  'subsidies/public-transport-benefit',
  'subsidies/utility-discount',
];

/** Their disability, as it will be assessed. */
export const DISABILITY = { components: [{ category: 'physical', grade: 2 }] } as const;

/** Everything that the demo county's catalogue asks of such a person: nothing is left open. */
const FACTS: DemoPerson['facts'] = {
  'aid.dibian': false,
  'aid.tekun': false,
  'aid.supporter': true,
  'income.fixed': true,
  'allowance.orphan': false,
  'allowance.work-injury-nursing': false,
  'care.long-term-need': true,
  'care.residential': false,
  'care.wanted': false,
  'device.needed': true,
  'disability.suspected': false,
  'education.graduates-on': '2005-06-30',
  'education.stage': 'none',
  'employment.able': false,
  'employment.registered-unemployed': false,
  'employment.status': 'unemployed',
  'employment.wanted': true,
  'health.doctor-contract-to': '2099-12-31',
  'health.ill': false,
  'home.needs-retrofit': true,
  'home.suitable': true,
  'home.tv-device': false,
  'housing.difficulty': false,
  'insurance.medical': 'employee',
  'insurance.pension': 'employee',
  'legal.hardship': true,
  'legal.matter': 'social-benefit',
  'legal.represented': false,
  'petition.raised': false,
  'registration.urban': false,
  'rehab.needed': true,
  'training.wanted': false,
};

/** Born from here on, one a day: all of them of working age. */
const FIRST_BIRTHDAY = Date.parse('1980-01-01T00:00:00Z');
const DAY_MS = 86_400_000;
const BIRTHDAYS = 5_000;

/** People without a card, each alone in a household on dibao. */
export function newcomers(count: number): DemoPerson[] {
  return Array.from({ length: count }, (_, n) => {
    const born = new Date(FIRST_BIRTHDAY + (n % BIRTHDAYS) * DAY_MS).toISOString().slice(0, 10);
    // Even serials are women's.
    const serial = String(2 + 2 * Math.floor(n / BIRTHDAYS)).padStart(3, '0');
    const seventeen = `${DEMO_COUNTY}${born.replaceAll('-', '')}${serial}`;
    return {
      name: '陈新',
      identityNumber: seventeen + checkCharacter(seventeen),
      sex: 'female',
      birthDate: born,
      villageCode: demoVillages[n % demoVillages.length]!,
      household: `B${n}`,
      head: true,
      phone: '19900000000',
      address: `示范县${n}号`,
      aid: 'dibao',
      card: null,
      facts: FACTS,
    };
  });
}

/**
 * The catalogue changes with the years: the bench says so at once, and does not measure another work than the one it names.
 * @throws Error naming the items that differ
 */
export function assertTwelve(people: readonly DemoPerson[], day: string): void {
  const catalogue = Catalogue.load();
  const wanted = [...TWELVE].sort().join(', ');
  // The oldest and the youngest; that everybody has the twelve is counted afterwards.
  for (const person of [people[0]!, people.at(-1)!]) {
    const determined = catalogue.region(person.villageCode, day).determine(subjectOf(person, day), day);
    const entitled = determined.filter(({ outcome }) => outcome === 'entitled').map(({ itemId }) => itemId);
    const open = determined.filter(({ outcome }) => outcome === 'needs-fact').map(({ itemId }) => itemId);
    if (entitled.sort().join(', ') === wanted && open.length === 0) continue;
    throw new Error(
      `on ${day} a newcomer born ${person.birthDate} qualifies for ${entitled.length} items: ${entitled.join(', ')}; undecided: ${open.join(', ')}`,
    );
  }
}

function subjectOf({ birthDate, sex, villageCode, facts }: DemoPerson, day: string): Subject {
  const known = (value: string | number | boolean) => ({ value, validFrom: null, validTo: null });
  const all: KnownFacts = Object.fromEntries(
    Object.entries({ ...facts, 'aid.dibao': true }).map(([name, value]) => [name, known(value)]),
  );
  const [{ category, grade }] = DISABILITY.components;
  return {
    person: { birthDate, sex, divisionCode: villageCode, diedOn: null, movedAwayOn: null },
    card: {
      status: 'valid',
      category,
      grade,
      components: DISABILITY.components,
      issuedOn: day,
      validTo: '9999-12-31',
    },
    facts: all,
    household: { size: 1, cardholders: 1, members: [] },
  };
}
