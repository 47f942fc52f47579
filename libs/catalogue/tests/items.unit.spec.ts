import { Catalogue, vocabulary } from '@app/catalogue';
import { examplesOf } from '../src/examples.js';

const catalogue = Catalogue.load();

describe.each(catalogue.items.map((item) => [item.id, item] as const))('%s', (id, item) => {
  it.each(examplesOf(item).map((example) => [example.name, example] as const))('example %s', (_, example) => {
    const region = catalogue.region(example.region, example.day);
    const [found] = region.determine(example.subject, example.day).filter(({ itemId }) => itemId === id);
    expect({ outcome: found?.outcome, needs: [...(found?.needs ?? [])].sort() }).toEqual({
      outcome: example.expect,
      needs: [...example.needs].sort(),
    });
    expect(region.explain(id, example.subject, example.day).outcome).toBe(example.expect);
  });

  it('starts from a person who is entitled', () => {
    expect(examplesOf(item).some(({ expect: outcome }) => outcome === 'entitled')).toBe(true);
  });

  it('has an example for every recorded fact that it may have to ask for', () => {
    const asked = new Set(item.examples.flatMap((example) => example.needs ?? []));
    const named = JSON.stringify(item.versions.map((version) => [version.conditions, version.exclusions]));
    const facts = vocabulary.filter(({ name, from }) => from === 'registry' && named.includes(`"${name}"`));
    const inHousehold = asked.has('household.members');
    expect(facts.filter(({ name }) => !asked.has(name) && !inHousehold).map(({ name }) => name)).toEqual([]);
  });
});
