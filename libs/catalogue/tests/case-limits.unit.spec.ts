import { Catalogue, CatalogueError } from '@app/catalogue';
import { inventedCatalogue, teaItem, type Layers } from './invented.js';

const ITEM = 'tea/tea-allowance';
const within = (value: number, more: object = {}) => ({
  value,
  unit: 'working-day',
  kind: 'statutory',
  basis: '茶法第六条',
  ...more,
});
const step = (id: string, kind = 'work') => ({
  id,
  title: { zh: '倒茶', en: 'Pour' },
  kind,
  role: 'benefit-officer',
  department: null,
  limit: null,
});
const steps = [step('boil'), step('pour', 'decide'), step('drink')];
const whole = within(30, {
  from: 'boil',
  extension: { value: 15, basis: '茶法第七条', role: 'federation-lead' },
});
const tea = (version: Record<string, unknown>) => teaItem({}, { steps, ...version });
const here = (layers: Layers) => inventedCatalogue(layers).itemVersion(ITEM, '2020-01', '990101001001');

describe('the limits of the whole case', () => {
  it('are nobody’s where no text gives them, those of the item where one does, and of the deepest layer that speaks', () => {
    expect(here({ item: tea({}) })).toMatchObject({ overall: null, tellRefusal: null });
    const item = tea({ overall: whole, tellRefusal: within(3) });
    expect(here({ item })).toMatchObject({ overall: whole, tellRefusal: within(3) });
    const local = within(20, { from: 'application', kind: 'local_rule' });
    const layers = {
      item,
      province: { [ITEM]: { overall: within(25, { from: 'boil' }) } },
      city: { [ITEM]: { overall: local } },
      county: { [ITEM]: { tellRefusal: within(2) } },
    };
    expect(here(layers)).toMatchObject({ overall: local, tellRefusal: within(2) });
  });

  it('may stand still for missing papers, where there is one of the whole', () => {
    const supplement = {
      limit: within(5),
      effect: { kind: 'suspend', steps: ['boil', 'overall'], basis: '茶法第八条' },
      unsupplied: null,
      source: 'tea-1',
    };
    expect(here({ item: tea({ overall: whole, supplement }) }).supplement).toEqual(supplement);
    expect(() => here({ item: tea({ supplement }) })).toThrow(/The step "overall" does not exist/);
    const { source: _, ...invented } = supplement;
    const local = { ...invented, demo: true };
    expect(here({ item: tea({ overall: whole }), city: { [ITEM]: { supplement: local } } })).toMatchObject({
      supplement: local,
    });
    const city = { [ITEM]: { supplement: local, overall: whole } };
    expect(here({ item: tea({}), city })).toMatchObject({ supplement: local, overall: whole });
    expect(() => here({ item: tea({}), city: { [ITEM]: { supplement: local } } })).toThrow(/"overall"/);
  });

  it.each<[string, Layers, RegExp]>([
    [
      'that run from nothing',
      { item: tea({ overall: within(30) }) },
      /the whole runs from something that its text names/,
    ],
    [
      'that run from the decision, which ends them',
      { item: tea({ overall: within(30, { from: 'pour' }) }) },
      /overall\.from \(line \d+\): The term runs from "pour", which is no earlier step\. Use application or boil/,
    ],
    [
      'that run from there in a region',
      { item: tea({}), county: { [ITEM]: { overall: within(30, { from: 'drink' }) } } },
      /The term runs from "drink"/,
    ],
    [
      'that tell of a refusal where nothing is decided',
      { item: teaItem({}, { steps: [step('boil')], tellRefusal: within(3) }) },
      /nothing of it is refused/,
    ],
    [
      'that tell of it from a step',
      { item: tea({ tellRefusal: within(3, { from: 'boil' }) }) },
      /the term runs from the decision/,
    ],
    [
      'that tell of it when somebody likes',
      {
        item: tea({
          tellRefusal: within(3, { extension: { value: 1, basis: '茶法第七条', role: 'federation-lead' } }),
        }),
      },
      /what was decided is told/,
    ],
    [
      'of which a step has the name',
      { item: tea({ steps: [step('overall'), ...steps] }) },
      /so is called a term/,
    ],
  ])('are refused %s', (_, layers, message) => {
    let thrown: unknown;
    try {
      inventedCatalogue(layers);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CatalogueError);
    expect((thrown as CatalogueError).message).toMatch(message);
  });

  it('are given by the house to those of its items only whose documents give them', () => {
    const catalogue = Catalogue.load();
    for (const county of ['330302', '610103', '338801']) {
      const given = catalogue
        .region(county, '2026-11-29')
        .items.filter(({ overall, tellRefusal }) => overall !== null || tellRefusal !== null);
      expect(given.map(({ id }) => id)).toEqual(['subsidies/minimum-living-single-household']);
    }
  });
});
