import { checkCharacter } from '@app/access';
import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';
import type { DemoCard, DemoPerson } from './demo-person.js';
import { SeededRandom } from './random.js';
import { dayFrom, factsOf, homeOf, type DemoHome } from './seed-facts.js';

/** The invented county: three townships with four villages each. */
export const DEMO_COUNTY = '338801';
export const demoVillages: readonly string[] = [1, 2, 3].flatMap((township) =>
  [1, 2, 3, 4].map(
    (village) => `${DEMO_COUNTY}${String(township).padStart(3, '0')}${String(village).padStart(3, '0')}`,
  ),
);

const SURNAMES = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰建国红梅志文海波晓春雪峰云龙宁欣怡子涵'];

/** Category digits of the card number, GB/T 26341-2010. */
const CATEGORY_DIGIT: Readonly<Record<DisabilityCategory, number>> = {
  visual: 1,
  hearing: 2,
  speech: 3,
  physical: 4,
  intellectual: 5,
  mental: 6,
  multiple: 7,
};

/** `1980-05-03` plus so many years, minus a day: the last day of a term. */
function lastDayOfTerm(from: string, years: number): string {
  const day = new Date(`${from}T00:00:00Z`);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

const componentCategories = ['visual', 'hearing', 'speech', 'physical', 'intellectual', 'mental'] as const;

/** Category, grade and components of a card, with the shares of a real county roughly kept. */
export function randomDisability(random: SeededRandom): Pick<DemoCard, 'category' | 'grade' | 'components'> {
  const grade = () =>
    random.weighted<DisabilityGrade>([
      [1, 15],
      [2, 30],
      [3, 30],
      [4, 25],
    ]);
  const category = random.weighted<DisabilityCategory>([
    ['physical', 55],
    ['visual', 11],
    ['hearing', 8],
    ['intellectual', 10],
    ['mental', 9],
    ['speech', 2],
    ['multiple', 5],
  ]);
  if (category !== 'multiple') {
    const own = grade();
    return { category, grade: own, components: [{ category, grade: own }] };
  }
  const first = random.pick(componentCategories);
  const second = random.pick(componentCategories.filter((candidate) => candidate !== first));
  const components = [first, second].map((part) => ({ category: part, grade: grade() }));
  return {
    category,
    grade: Math.min(...components.map((part) => part.grade)) as DisabilityGrade,
    components,
  };
}

/** The number of a card: identity number, category, grade. */
export function cardNumberOf(
  identityNumber: string,
  category: DisabilityCategory,
  grade: DisabilityGrade,
): string {
  return `${identityNumber}${CATEGORY_DIGIT[category]}${grade}`;
}

export interface DemoPeopleOptions {
  readonly seed: number;
  readonly people: number;
  /** The day on which they are looked at: ages, cards and facts are drawn back from it. */
  readonly today: string;
  /** How many of them hold a card of the living stock, 0 to 1. */
  readonly cardShare?: number;
  /** Serial of the first person born on a day, odd; two groups of people with serials of their own do not meet. */
  readonly firstSerial?: number;
}

/** The people of the demo county: the same for the same seed and day; fewer of them are the first of more. */
export function demoPeople(options: DemoPeopleOptions): DemoPerson[] {
  const random = new SeededRandom(options.seed);
  const serials = new Map<string, number>();
  const people: DemoPerson[] = [];
  let household = 0;
  while (people.length < options.people) {
    household += 1;
    const home = {
      ...homeOf(random),
      household: `H${String(household).padStart(5, '0')}`,
      villageCode: random.pick(demoVillages),
    };
    const size = random.weighted([
      [1, 30],
      [2, 35],
      [3, 20],
      [4, 15],
    ]);
    const members = Array.from({ length: size }, (_, place) =>
      person(random, options, serials, { ...home, head: place === 0 }),
    );
    people.push(...members.slice(0, options.people - people.length));
  }
  return people;
}

interface Place extends DemoHome {
  readonly head: boolean;
  readonly household: string;
  readonly villageCode: string;
}

function person(
  random: SeededRandom,
  { today, cardShare = 0.92, firstSerial = 1 }: DemoPeopleOptions,
  serials: Map<string, number>,
  home: Place,
): DemoPerson {
  const sex = random.chance(0.53) ? 'male' : 'female';
  const age = home.head
    ? random.int(22, 88)
    : random.weighted([
        [random.int(0, 17), 25],
        [random.int(18, 59), 45],
        [random.int(60, 92), 30],
      ]);
  const birthDate = dayFrom(today, -Math.floor(age * 365.25) - random.int(1, 364));
  const years = (Date.parse(today) - Date.parse(birthDate)) / (365.25 * 86_400_000);
  const identityNumber = nextIdentityNumber(birthDate, sex, firstSerial, serials);
  const disability = randomDisability(random);
  const issuedOn = dayFrom(
    today,
    -random.int(30, Math.max(31, Math.min(3750, Math.floor((years - 3) * 365)))),
  );
  const holds = years > 4 && random.chance(cardShare);
  return {
    name: random.pick(SURNAMES) + random.pick(GIVEN) + (random.chance(0.7) ? random.pick(GIVEN) : ''),
    identityNumber,
    sex,
    birthDate,
    villageCode: home.villageCode,
    household: home.household,
    head: home.head,
    phone: `1990000${String(random.int(0, 9999)).padStart(4, '0')}`,
    address: `示范县${home.villageCode.slice(6, 9)}镇${home.villageCode.slice(9)}村${random.int(1, 220)}号`,
    aid: home.aid,
    card: holds
      ? {
          ...disability,
          cardNumber: cardNumberOf(identityNumber, disability.category, disability.grade),
          issuedOn,
          validTo: lastDayOfTerm(issuedOn, 10),
        }
      : null,
    facts: factsOf(random, { today, sex, years, disability: holds ? disability : null, home }),
  };
}

/** Odd serials for men, even ones for women; each once per day of birth. */
function nextIdentityNumber(
  birthDate: string,
  sex: DemoPerson['sex'],
  firstSerial: number,
  serials: Map<string, number>,
): string {
  const compact = birthDate.replaceAll('-', '');
  const serial = serials.get(compact + sex) ?? (sex === 'male' ? firstSerial : firstSerial + 1);
  serials.set(compact + sex, serial + 2);
  const seventeen = `${DEMO_COUNTY}${compact}${String(serial).padStart(3, '0')}`;
  return seventeen + checkCharacter(seventeen);
}
