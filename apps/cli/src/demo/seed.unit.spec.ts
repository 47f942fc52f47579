import { Catalogue, vocabulary, type Subject } from '@app/catalogue';
import { createHash } from 'node:crypto';
import type { DemoPerson } from './demo-person.js';
import { demoPeople } from './people.js';
import { COUNTY_DAY, countyPeople } from './seed.js';
import { countyFiles } from './seed-rosters.js';

const people = countyPeople(5_000);

describe('the demo county', () => {
  it('is the same on every machine and every day', () => {
    const hash = createHash('sha256').update(JSON.stringify(people)).digest('hex').slice(0, 16);
    expect(hash).toBe('65669f7c2e99ab64');
  });

  it('grows by people and changes nobody who is there', () => {
    expect(countyPeople(300)).toEqual(people.slice(0, 300));
  });

  it('has nobody twice, and nobody whom a story may invent', () => {
    const numbers = new Set(people.map(({ identityNumber }) => identityNumber));
    expect(numbers.size).toBe(people.length);
    const newcomers = Array.from({ length: 100 }, (_, seed) =>
      demoPeople({ seed, people: 20, today: '2026-11-25' }),
    );
    expect(newcomers.flat().filter(({ identityNumber }) => numbers.has(identityNumber))).toEqual([]);
    expect(people.every(({ identityNumber }) => /^338801\d{11}[\dX]$/.test(identityNumber))).toBe(true);
  });

  it('says only what the vocabulary knows, in its words', () => {
    const known = new Map(vocabulary.map((fact) => [fact.name, fact]));
    const wrong = people
      .flatMap(({ facts }) => Object.entries(facts))
      .filter(([name, value]) => {
        const fact = known.get(name);
        if (fact?.from !== 'registry') return true;
        if (fact.type === 'choice') return !Object.hasOwn(fact.values ?? {}, String(value));
        if (fact.type === 'day') return !/^\d{4}-\d\d-\d\d$/.test(String(value));
        return typeof value !== fact.type;
      });
    expect(wrong).toEqual([]);
  });

  it('has somebody entitled to every item in force, somebody who lacks a fact for it, and somebody refused', () => {
    const day = '2026-11-25';
    const region = Catalogue.load().region('338801000000', day);
    // These rest on the card alone, which is always known.
    const neverAsked = new Set([
      'certification/disability-card-renewal',
      'insurance/accident-insurance',
      'subsidies/information-consumption-discount',
      'subsidies/public-transport-benefit',
    ]);
    const found = new Map(region.items.map(({ id }) => [id, new Set<string>()]));
    for (const subject of subjects(people.slice(0, 2_000))) {
      for (const { itemId, outcome } of region.determine(subject, day)) found.get(itemId)!.add(outcome);
    }
    const missing = [...found].flatMap(([id, outcomes]) =>
      ['entitled', 'not-entitled', ...(neverAsked.has(id) ? [] : ['needs-fact'])]
        .filter((outcome) => !outcomes.has(outcome))
        .map((outcome) => `${id}: nobody is ${outcome}`),
    );
    expect(missing).toEqual([]);
  });

  it('comes in files whose rows are as many as its people, aid and cards', () => {
    const { persons, aid, cards } = countyFiles(people.slice(0, 300));
    const rows = (file: Buffer) => file.toString('utf8').trim().split('\r\n').length - 1;
    const sample = people.slice(0, 300);
    expect(rows(persons)).toBe(300);
    expect(rows(cards)).toBe(sample.filter(({ card }) => card).length);
    expect(rows(aid.dibao) + rows(aid.dibian) + rows(aid.tekun)).toBe(
      sample.filter((each) => each.aid).length,
    );
    expect(persons.toString('utf8')).toContain('338801');
    expect(COUNTY_DAY < '2026-11-25').toBe(true);
  });
});

/** As lifecycle sees them once all rosters are in. */
function subjects(all: readonly DemoPerson[]): Subject[] {
  const households = groupedByHousehold(all);
  return all.map((person) => {
    const members = households.get(person.household)!.filter((other) => other !== person);
    return {
      person: {
        birthDate: person.birthDate,
        sex: person.sex,
        divisionCode: person.villageCode,
        diedOn: null,
        movedAwayOn: null,
      },
      card: cardOf(person),
      facts: factsOf(person),
      household: {
        size: members.length + 1,
        cardholders: [person, ...members].filter(({ card }) => card).length,
        members: members.map((member) => ({
          birthDate: member.birthDate,
          sex: member.sex,
          facts: factsOf(member),
          card: cardOf(member),
        })),
      },
    };
  });
}

function cardOf({ card }: DemoPerson): Subject['card'] {
  return card && { ...card, status: 'valid', cancelledOn: null };
}

function factsOf({ aid, facts }: DemoPerson): Subject['facts'] {
  const all = { ...facts, ...(aid ? { [`aid.${aid}`]: true } : {}) };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { value, validFrom: null, validTo: null }]),
  );
}

function groupedByHousehold(all: readonly DemoPerson[]): Map<string, DemoPerson[]> {
  const households = new Map<string, DemoPerson[]>();
  for (const person of all)
    households.set(person.household, [...(households.get(person.household) ?? []), person]);
  return households;
}
