import type { DemoCard, DemoPerson } from '../demo-person.js';
import { demoPeople, randomDisability } from '../people.js';
import { ServiceRefused } from '../../installation/running-system.js';
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

/** Whom a story wants; the rest is drawn from its seed. */
export interface Wanted {
  readonly fits?: (person: DemoPerson) => boolean;
  readonly disability?: Newcomer['disability'];
  readonly facts?: Newcomer['facts'];
}

function draw({ random, today }: Scene, fits: NonNullable<Wanted['fits']>): DemoPerson {
  for (;;) {
    const seed = random.int(1, 2_000_000_000);
    const person = demoPeople({ seed, people: 20, today, cardShare: 0 }).find(fits);
    if (person) return person;
  }
}

/** Registers a person; one whom an earlier story with this seed has registered already makes room for the next. */
export async function invent(
  scene: Scene,
  fits: (person: DemoPerson) => boolean = () => true,
): Promise<{ person: DemoPerson; personId: string }> {
  for (;;) {
    const person = draw(scene, fits);
    try {
      return { person, personId: await scene.office.register(person) };
    } catch (error) {
      if (!(error instanceof ServiceRefused && error.status === 409)) throw error;
      scene.teller.tell('the seed’s person is on file already from an earlier run: the next one');
    }
  }
}

/** Registers a person, records what is known, and issues the card: everything that a county does before the chain begins. */
export async function arrive(scene: Scene, wanted: Wanted = {}): Promise<Newcomer> {
  const { office, teller, random } = scene;
  const { person, personId } = await invent(scene, wanted.fits);
  const disability = wanted.disability ?? randomDisability(random);
  const facts = wanted.facts ?? factsKnownOf(person);
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
