import { demoPeople, randomDisability, type DemoCard, type DemoPerson } from '../people.js';
import { determineSlowly, type SlowItem } from '../slow-evaluator.js';
import type { SeenCase } from '../office.js';
import type { Scene } from './scene.js';

/** Somebody new, on file with what is known of them, and with a card. */
export interface Newcomer {
  readonly person: DemoPerson;
  readonly personId: string;
  readonly cardId: string;
  readonly disability: Pick<DemoCard, 'category' | 'grade' | 'components'>;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** A person whom nobody has registered yet: a birthday and a serial number that the random source gives. */
export function invent(
  { random, today }: Scene,
  fits: (person: DemoPerson) => boolean = () => true,
): DemoPerson {
  for (;;) {
    const candidates = demoPeople({ seed: random.int(1, 2_000_000_000), people: 20, today, cardShare: 0 });
    const person = candidates.find(fits);
    if (person) return person;
  }
}

/** Registers a person, records what is known, and issues the card: everything that a county does before the chain begins. */
export async function arrive(
  scene: Scene,
  wanted: Partial<Pick<Newcomer, 'person' | 'disability' | 'facts'>> = {},
): Promise<Newcomer> {
  const { office, teller, random } = scene;
  const person = wanted.person ?? invent(scene);
  const disability = wanted.disability ?? randomDisability(random);
  const facts = wanted.facts ?? factsKnownOf(person);
  const personId = await office.register(person);
  teller.personId = personId;
  teller.tell(`registered ${personId}, born ${person.birthDate}, village ${person.villageCode}`);
  if (Object.keys(facts).length > 0) await office.recordFacts(personId, facts);
  teller.tell(`${Object.keys(facts).length} facts on file: ${JSON.stringify(facts)}`);
  const cardId = await office.issueCard(personId, person, disability);
  teller.tell(`card ${cardId} approved and numbered: ${disability.category}, grade ${disability.grade}`);
  return { person, personId, cardId, disability, facts };
}

/** What the departments know, and which aid roster the family stands on. */
export function factsKnownOf(person: DemoPerson): Record<string, string | number | boolean> {
  const aid = { dibao: 'aid.dibao', dibian: 'aid.dibian', tekun: 'aid.tekun' };
  return {
    'aid.dibao': false,
    'aid.dibian': false,
    'aid.tekun': false,
    ...(person.aid ? { [aid[person.aid]]: true } : {}),
    ...person.facts,
  };
}

/** What must come out, by the second evaluator. */
export function expected(scene: Scene, newcomer: Newcomer): SlowItem[] {
  const { person, disability, facts } = newcomer;
  return determineSlowly(
    scene.catalogue,
    {
      birthDate: person.birthDate,
      sex: person.sex,
      divisionCode: person.villageCode,
      card: { ...disability, issuedOn: scene.today, validTo: '9999-12-31' },
      facts,
      household: null,
    },
    scene.today,
  );
}

/** Waits until the person's cases are exactly these items', and returns them. */
export async function casesOpened(
  { teller, office }: Scene,
  personId: string,
  items: readonly SlowItem[],
): Promise<(SeenCase & { owner: string })[]> {
  const wanted = items
    .filter(({ outcome }) => outcome === 'entitled')
    .map(({ id }) => id)
    .sort();
  let cases: (SeenCase & { owner: string })[] = [];
  await teller
    .until(`${wanted.length} cases`, async () => {
      cases = await office.casesOf(personId);
      return cases.length >= wanted.length;
    })
    .catch(() => undefined);
  teller.expect(
    'exactly the items are opened that the second evaluator found',
    cases.map(({ itemId }) => itemId).sort(),
    wanted,
  );
  return cases;
}

/** Works every case of the round to an outcome of the seed's choice. @returns the outcome of each item */
export async function workAll(
  { office, teller, random }: Scene,
  cases: readonly (SeenCase & { owner: string })[],
): Promise<Map<string, string>> {
  const outcomes = new Map<string, string>();
  for (const one of cases) {
    const wish = random.weighted([
      ['granted', 7],
      ['refused', 1],
      ['declined', 1],
    ] as const);
    const done = await office.work(one.owner, one.caseId, wish);
    outcomes.set(one.itemId, done.status);
    teller.tell(`${one.owner}: ${one.title} → ${done.status}`);
  }
  return outcomes;
}
