import { shanghaiDay } from '@app/kernel';
import { testServices, until } from '@app/testing';
import { chainOf } from '../../apps/cli/src/commands/chain.command.js';
import { describeChain } from '../../apps/cli/src/commands/chain-view.js';
import type { DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import { countyPeople, seedDemoCounty } from '../../apps/cli/src/demo/seed.js';
import { determineSlowly, type SlowSubject } from '../../apps/cli/src/demo/slow-evaluator.js';
import type { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { widthOf } from '../../apps/cli/src/output.js';
import { CATALOGUE, startHouse, type House } from './house.js';

const PEOPLE = 300;
const log = testServices().kafkaBrokers ? 'kafka' : 'postgres';

describe(`the demo county, by its rosters, on the event log of ${log}`, () => {
  let house: House;
  let system: RunningSystem;

  beforeAll(async () => {
    house = await startHouse(log);
    system = house.system;
  }, 120_000);
  afterAll(() => house.stop(), 60_000);

  it('takes every row in, and a second seed finds the county there and does nothing', async () => {
    const steps: string[] = [];
    const first = await seedDemoCounty(system, { people: PEOPLE, progress: (text) => steps.push(text) });
    expect(first.already).toBe(false);
    expect(first.rosters.map(({ roster, failed, reasons }) => [roster, failed, reasons])).toEqual(
      ['persons', 'dibao', 'dibian', 'tekun', 'cards'].map((roster) => [roster, 0, []]),
    );
    expect(first.rosters.reduce((sum, { applied }) => sum + applied, 0)).toBeGreaterThan(
      PEOPLE + first.cards,
    );
    expect(steps.length).toBeGreaterThan(5);
    const facts = await factsPublished();

    const second = await seedDemoCounty(system, { people: PEOPLE });
    expect(second).toMatchObject({ already: true, people: PEOPLE, cards: first.cards, rosters: [] });
    expect(await factsPublished()).toBe(facts);
    // The living stock is known, and nothing is begun for it.
    const begun = await house.service.database.query(
      'select cause, item_id from lifecycle.rounds join lifecycle.round_items using (round_id)',
    );
    expect(begun).toEqual([]);
  }, 120_000);

  it('goes on where a seed broke off, and brings more people in without changing those who are there', async () => {
    const facts = await factsPublished();
    const more = await seedDemoCounty(system, { people: PEOPLE + 20 });
    expect(more.already).toBe(false);
    expect(more.rosters[0]).toMatchObject({
      roster: 'persons',
      rows: PEOPLE + 20,
      applied: 20,
      unchanged: PEOPLE,
    });
    expect(more.rosters.map(({ failed }) => failed)).toEqual([0, 0, 0, 0, 0]);
    expect(await factsPublished()).toBeLessThan(facts + 20 * 6);
  }, 120_000);

  it('determines every item for everybody as the second, slow evaluator does', async () => {
    const people = countyPeople(PEOPLE + 20);
    await until('everybody is determined', async () => (await determinedPersons()) === people.length);
    const rows = await determinations();
    const personOf = await numbersByPerson(people);
    const differing: string[] = [];
    let compared = 0;
    for (const [index, person] of people.entries()) {
      const own = rows.get(personOf[index]!) ?? {
        day: shanghaiDay(new Date()),
        items: new Map<string, string>(),
      };
      const slow = determineSlowly(CATALOGUE, slowSubject(person, people), own.day);
      compared += slow.length;
      const ids = new Set([...own.items.keys(), ...slow.map(({ id }) => id)]);
      const outcomes = new Map<string, string>(slow.map(({ id, outcome }) => [id, outcome]));
      for (const id of ids) {
        // Who has no card is not told of each thing that needs one.
        const found = own.items.get(id) ?? (person.card ? 'nothing' : 'not-entitled');
        const wanted = outcomes.get(id) ?? 'nothing';
        if (found !== wanted)
          differing.push(`person ${index}, ${id}: ${found} in SQL, ${wanted} by the slow one`);
      }
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(people.length * 20);
  }, 240_000);

  it('finds a person by either id or either number, and shows the table in a hundred columns without a number in it', async () => {
    const person = countyPeople(PEOPLE).find(({ card, aid }) => card !== null && aid !== null)!;
    const { identityNumber, card } = person;
    const found = await chainOf(system, identityNumber);
    const officer = await house.service.as('card-officer', { from: '338801000000', to: '338801999999' });
    const { cardId } = (await officer.get(`/certification/persons/${found.personId}/card`)).body as {
      cardId: string;
    };
    for (const who of [card!.cardNumber, cardId, found.personId, identityNumber.toLowerCase()]) {
      expect((await chainOf(system, who)).personId).toBe(found.personId);
    }
    const text = describeChain(found.chain, found.table);
    expect(text).toMatch(/符合 · entitled {2}\d/);
    expect(text).toMatch(/待核实 · needs a fact {2}\d/);
    expect(text).toMatch(/不符合 · not entitled {2}\d/);
    expect(text).toContain('残疾人证 有效');
    expect(text.split('\n').filter((line) => widthOf(line) > 100)).toEqual([]);
    expect(text).not.toContain(identityNumber);
    if (process.env['SHOW_CHAIN']) process.stderr.write(`${text}\n`);
    const nobody = '338801190001010013';
    await expect(chainOf(system, nobody)).rejects.toMatchObject({
      message: expect.not.stringContaining(nobody),
    });
  }, 60_000);

  const factsPublished = async () => {
    const [row] = await house.service.database.query<{ count: number }>(
      `select (select count(*) from registry.outbox_messages)::int + (select count(*) from certification.outbox_messages)::int as count`,
    );
    return row!.count;
  };

  const determinedPersons = async () => {
    const [row] = await house.service.database.query<{ count: number }>(
      'select count(*)::int as count from lifecycle.determination_sheets',
    );
    return row!.count;
  };

  async function determinations() {
    const rows = await house.service.database.query<{
      person: string;
      item: string;
      outcome: string;
      day: string;
    }>(
      `select person_id as person, item_id as item, outcome, decided_on::text as day from lifecycle.determinations`,
    );
    const byPerson = new Map<string, { day: string; items: Map<string, string> }>();
    for (const { person, item, outcome, day } of rows) {
      const own = byPerson.get(person) ?? { day, items: new Map<string, string>() };
      own.items.set(item, outcome);
      byPerson.set(person, own);
    }
    return byPerson;
  }

  /** Each person's id, as the registry finds it by the number. */
  async function numbersByPerson(people: readonly DemoPerson[]): Promise<string[]> {
    const officer = await house.service.as('card-officer', { from: '338801000000', to: '338801999999' });
    const ids: string[] = [];
    for (const { identityNumber } of people) {
      ids.push((await officer.post('/registry/persons/find', { identityNumber })).body.personId as string);
    }
    return ids;
  }
});

function slowSubject(person: DemoPerson, people: readonly DemoPerson[]): SlowSubject {
  const others = people.filter((other) => other.household === person.household && other !== person);
  const facts = ({ aid, facts: known }: DemoPerson) => ({
    ...known,
    ...(aid ? { [`aid.${aid}`]: true } : {}),
  });
  return {
    birthDate: person.birthDate,
    sex: person.sex,
    divisionCode: person.villageCode,
    card: person.card,
    facts: facts(person),
    household: {
      size: others.length + 1,
      others: others.map((other) => ({
        birthDate: other.birthDate,
        sex: other.sex,
        card: other.card,
        facts: facts(other),
      })),
    },
  };
}
