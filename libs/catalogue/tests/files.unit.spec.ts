import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, stringify } from 'yaml';
import { owners } from '@app/contracts';
import { Catalogue, CatalogueError, vocabulary } from '@app/catalogue';
import { catalogueDirectory } from '../src/load.js';
import { jsonSchemas } from '../src/schema/json-schema.js';
import { inventedCatalogue, teaItem, teaVersion, type Layers } from './invented.js';

const directory = catalogueDirectory();

function pourStep(limit: unknown, parts: Record<string, unknown> = {}) {
  return {
    id: 'pour',
    title: { zh: '倒茶', en: 'Pour' },
    kind: 'decide',
    role: 'benefit-officer',
    department: null,
    limit,
    ...parts,
  };
}

const tenDays = { value: 10, unit: 'working-day', kind: 'statutory', basis: '茶法第二条' };

/** `npm run catalogue:schema` writes them; everybody else checks. */
describe('the JSON schemas of the catalogue’s files', () => {
  it.each(Object.entries(jsonSchemas()))('%s is the one that the code describes', (name, schema) => {
    const file = join(directory, name);
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env['CATALOGUE_SCHEMA']) writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
  });

  it('describes every field', () => {
    const silent = new Set<string>();
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, property] of Object.entries((node as { properties?: object }).properties ?? {})) {
        const described =
          JSON.stringify(property).includes('"description"') || '$ref' in (property as object);
        if (!described && !path.startsWith('#/properties/baseline')) silent.add(`${path}/properties/${name}`);
      }
      for (const [key, part] of Object.entries(node)) walk(part, `${path}/${key}`);
    };
    for (const schema of Object.values(jsonSchemas())) walk(schema, '#');
    const known =
      /\/(all|any|not|household|components|op|value|zh|issuedOn|validTo|cancelledOn|status|category|grade|birthDate|sex|card|facts|members)$/;
    expect([...silent].filter((path) => !known.test(path))).toEqual([]);
  });

  it('accept every file of the catalogue', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      jsonSchemas()['item.schema.json'],
    );
    for (const { id } of Catalogue.load().items) {
      const valid = validate(parse(readFileSync(join(directory, 'items', `${id}.yaml`), 'utf8')));
      expect({ id, valid, errors: validate.errors }).toEqual({ id, valid: true, errors: null });
    }
  });
});

describe('a file with something wrong in it is refused, and the refusal says where and what to do', () => {
  const itemFile = 'items/tea/tea-allowance.yaml';
  const countyFile = 'regions/990101.yaml';
  const condition = (conditions: unknown): Layers => ({ item: teaItem({}, { conditions }) });
  const county = (overlay: unknown): Layers => ({ county: { 'tea/tea-allowance': overlay } });
  /** The item with one step whose limit, or whose other parts, are these. */
  const step = (limit: unknown, parts: Record<string, unknown> = {}): Layers => ({
    item: teaItem({}, { steps: [pourStep(limit, parts)] }),
  });
  const limited: Layers['item'] = teaItem({ parameters: { limit: { type: 'number', zh: '上限' } } });

  it.each<[string, Layers, string, RegExp]>([
    [
      'an unknown item in a region',
      { county: { 'tea/tea-allowence': { inForce: false } } },
      countyFile,
      /at items\.tea\/tea-allowence \(line \d+\): The item "tea\/tea-allowence" does not exist\. Did you mean tea\/tea-allowance\?/,
    ],
    [
      'an unknown parameter in a region',
      { item: limited, ...county({ parameters: { limt: [{ from: '2020-01-01', value: 3, demo: true }] } }) },
      countyFile,
      /The parameter "limt" does not exist\. Did you mean limit\?/,
    ],
    [
      'a value of another type',
      {
        item: limited,
        ...county({ parameters: { limit: [{ from: '2020-01-01', value: 'three', demo: true }] } }),
      },
      countyFile,
      /limit\.0\.value \(line \d+\): "three" is not a number/,
    ],
    [
      'a value with neither source nor demo mark',
      { item: limited, ...county({ parameters: { limit: [{ from: '2020-01-01', value: 3 }] } }) },
      countyFile,
      /a value has a source, or in the demo county/,
    ],
    [
      'an invented value in a real place',
      {
        item: limited,
        files: {
          [countyFile]: stringify({
            code: '990101',
            schemaVersion: 1,
            name: '茶县',
            demo: false,
            items: {
              'tea/tea-allowance': { parameters: { limit: [{ from: '2020-01-01', value: 3, demo: true }] } },
            },
          }),
        },
      },
      countyFile,
      /An invented value stands in the file of a real place/,
    ],
    [
      'dated values out of order',
      {
        item: limited,
        ...county({
          parameters: {
            limit: [
              { from: '2021-01-01', value: 3, demo: true },
              { from: '2020-01-01', value: 2, demo: true },
            ],
          },
        }),
      },
      countyFile,
      /do not stand oldest first/,
    ],
    ['a day that does not exist', county({ inForce: { from: '2026-02-30' } }), countyFile, /inForce/],
    [
      'an unknown step in a region',
      county({ steps: { decide: { department: 'health' } } }),
      countyFile,
      /The step "decide" does not exist/,
    ],
    [
      'an unknown key in a region',
      county({ inForces: { from: '2020-01-01' } }),
      countyFile,
      /The key "inForces" is not known here/,
    ],
    [
      'a region whose code is not its file’s name',
      {
        files: {
          'regions/990102.yaml': stringify({
            code: '990103',
            schemaVersion: 1,
            name: '茶二县',
            demo: true,
            items: {},
          }),
        },
      },
      'regions/990102.yaml',
      /It equals the file name: "990102"/,
    ],
    ['a missing nation', { files: { 'regions/00.yaml': '' } }, 'regions/00.yaml', /./],
    [
      'an id that is not the path',
      { item: teaItem({ id: 'tea/tea-allowances' }) },
      itemFile,
      /It equals the path: "tea\/tea-allowance"/,
    ],
    [
      'an unknown key in an item',
      { item: teaItem({ pediod: 'once' }) },
      itemFile,
      /The key "pediod" is not known here/,
    ],
    ['an unknown owner', { item: teaItem({ owner: 'tea-house' }) }, itemFile, /at owner \(line \d+\)/],
    [
      'auto without the source that allows it',
      { item: teaItem({ mode: 'auto' }) },
      itemFile,
      /mode auto, and only it, cites the source that allows it/,
    ],
    [
      'auto with a source that does not exist',
      { item: teaItem({ mode: 'auto', autoBasis: 'tea-2' }) },
      itemFile,
      /The source "tea-2" does not exist\. Did you mean tea-1\?/,
    ],
    [
      'an unknown fact',
      condition({ fact: 'aid.dibo', op: 'eq', value: true }),
      itemFile,
      /The fact "aid\.dibo" does not exist\. Did you mean aid\.dibao/,
    ],
    [
      'an operator that does not fit',
      condition({ fact: 'aid.dibao', op: 'gte', value: true }),
      itemFile,
      /"gte" does not fit "aid\.dibao", which is of type boolean/,
    ],
    [
      'a value that the fact cannot have',
      condition({ fact: 'card.category', op: 'in', value: ['visual', 'visible'] }),
      itemFile,
      /the value "visible" does not exist\. Did you mean visual/,
    ],
    [
      'a list where one value is meant',
      condition({ fact: 'card.grade', op: 'eq', value: [1, 2] }),
      itemFile,
      /"eq" takes one value/,
    ],
    ['a missing value', condition({ fact: 'card.grade', op: 'lte' }), itemFile, /"lte" needs value/],
    ['an expression in a string', condition('person.age >= 18'), itemFile, /at versions\.0\.conditions/],
    [
      'a misspelled key in a condition',
      condition({ all: [{ fact: 'aid.dibao', op: 'eq', valeu: true }] }),
      itemFile,
      /versions\.0\.conditions\.all\.0\.valeu.*The key "valeu" is not known here/,
    ],
    [
      'a parameter that is not declared',
      condition({ fact: 'person.age', op: 'lte', value: { param: 'limit' } }),
      itemFile,
      /The parameter "limit" does not exist\. Declare it under `parameters`/,
    ],
    [
      'a component outside a card’s components',
      condition({ fact: 'component.grade', op: 'lte', value: 2 }),
      itemFile,
      /Put it inside `components`/,
    ],
    [
      'a household inside a household',
      condition({
        household: {
          of: 'others',
          any: { household: { of: 'others', any: { fact: 'aid.dibao', op: 'eq', value: true } } },
        },
      }),
      itemFile,
      /stands inside another quantifier/,
    ],
    [
      'today compared with a number',
      condition({ fact: 'person.age', op: 'lte', value: { today: { days: 1 } } }),
      itemFile,
      /"person\.age" is not a day/,
    ],
    [
      'an exclusion without a citation',
      {
        item: teaItem(
          {},
          {
            exclusions: [
              {
                id: 'coffee',
                zh: '喝咖啡的',
                when: { fact: 'aid.tekun', op: 'eq', value: true },
                source: 'coffee-1',
              },
            ],
          },
        ),
      },
      itemFile,
      /The source "coffee-1" does not exist/,
    ],
    [
      'an unknown role',
      {
        item: teaItem(
          {},
          {
            steps: [
              {
                id: 'pour',
                title: { zh: '倒茶', en: 'Pour' },
                kind: 'decide',
                role: 'tea-master',
                department: null,
                limit: null,
              },
            ],
          },
        ),
      },
      itemFile,
      /not a role of libs\/access/,
    ],
    [
      'a limit without a number that claims to be statutory',
      {
        item: teaItem(
          {},
          {
            steps: [
              {
                id: 'pour',
                title: { zh: '倒茶', en: 'Pour' },
                kind: 'decide',
                role: 'benefit-officer',
                department: null,
                limit: { value: null, unit: 'month', kind: 'statutory', basis: '没有' },
              },
            ],
          },
        ),
      },
      itemFile,
      /a limit without a number is of kind unknown/,
    ],
    [
      'a yearly window without its days',
      step({ value: null, unit: 'yearly-window', kind: 'local_rule', basis: '茶法第三条' }),
      itemFile,
      /yearly-window, and only it, has a window/,
    ],
    [
      'a window that ends before it begins',
      step({
        value: null,
        unit: 'yearly-window',
        kind: 'local_rule',
        basis: '茶法第三条',
        window: { from: '10-01', to: '03-01' },
      }),
      itemFile,
      /a window lies within one year/,
    ],
    [
      'a day of the year that does not exist',
      step({
        value: null,
        unit: 'yearly-window',
        kind: 'local_rule',
        basis: '茶法第三条',
        window: { from: '02-01', to: '02-30' },
      }),
      itemFile,
      /steps\.0\.limit\.window\.to \(line \d+\): no such day/,
    ],
    [
      'a window beside a number',
      step({ ...tenDays, window: { from: '03-01', to: '10-31' } }),
      itemFile,
      /yearly-window, and only it, has a window/,
    ],
    [
      'the 32nd of next month',
      step({ ...tenDays, value: 32, unit: 'day-of-next-month' }),
      itemFile,
      /a month has no such day/,
    ],
    [
      'a pause without its article',
      step({ ...tenDays, pauses: [{ reason: 'hearing' }] }),
      itemFile,
      /steps\.0\.limit\.pauses\.0\.basis/,
    ],
    [
      'a reason to pause that stands twice',
      step({
        ...tenDays,
        pauses: [
          { reason: 'hearing', basis: '茶法第四条' },
          { reason: 'hearing', basis: '茶法第五条' },
        ],
      }),
      itemFile,
      /a reason to pause stands once/,
    ],
    [
      'a pause of what ends on a day of the calendar',
      step({ ...tenDays, unit: 'day-of-next-month', pauses: [{ reason: 'hearing', basis: '茶法第四条' }] }),
      itemFile,
      /neither pauses nor is extended/,
    ],
    [
      'an extension of a limit that is not known',
      step({
        ...tenDays,
        value: null,
        kind: 'unknown',
        extension: { value: 5, basis: '茶法第四条', role: 'federation-lead' },
      }),
      itemFile,
      /a limit of kind unknown never ends/,
    ],
    [
      'an extension that nobody approves',
      step({ ...tenDays, extension: { value: 5, basis: '茶法第四条', role: 'tea-master' } }),
      itemFile,
      /limit\.extension\.role \(line \d+\): not a role of libs\/access/,
    ],
    [
      'hours with a first day',
      step({ ...tenDays, unit: 'hour', dayOne: 'same' }),
      itemFile,
      /hours run from instant to instant/,
    ],
    [
      'a term that runs from a step that is not before it',
      step({ ...tenDays, from: 'pour' }),
      itemFile,
      /limit\.from \(line \d+\): The term runs from "pour", which is no earlier step\. Use application/,
    ],
    [
      'the same in a case to which something special applies',
      step(null, { limitWhen: { 'cross-region': { ...tenDays, from: 'boil' } } }),
      itemFile,
      /limitWhen\.cross-region\.from \(line \d+\): The term runs from "boil"/,
    ],
    [
      'a circumstance that nobody knows',
      step(null, { limitWhen: { rainy: tenDays } }),
      itemFile,
      /steps\.0\.limitWhen/,
    ],
    [
      'a decision that some cases do without',
      step(tenDays, { when: 'cross-region' }),
      itemFile,
      /a decision stands in every case/,
    ],
    [
      'rungs of a step without a clock',
      step(null, { rungs: [{ rung: 'reminder', level: 0, at: { left: 'third' }, to: ['doer'] }] }),
      itemFile,
      /its rungs would never fire/,
    ],
    [
      'a rung that escalates before the end',
      step(tenDays, {
        rungs: [{ rung: 'early', level: 1, at: { before: 2, unit: 'working-day' }, to: ['lead'] }],
      }),
      itemFile,
      /before its end a term is reminded of/,
    ],
    [
      'two rungs of one name',
      step(tenDays, {
        rungs: [
          { rung: 'due', level: 0, at: { on: 'last-day' }, to: ['doer'] },
          { rung: 'due', level: 1, at: { at: 'end' }, to: ['supervisor'] },
        ],
      }),
      itemFile,
      /two rungs have one name/,
    ],
    [
      'a rung for nobody',
      step(tenDays, { rungs: [{ rung: 'due', level: 0, at: { on: 'last-day' }, to: [] }] }),
      itemFile,
      /rungs\.0\.to/,
    ],
    [
      'a local limit that runs from nothing',
      {
        item: teaItem({}, { steps: [pourStep(tenDays)] }),
        ...county({ steps: { pour: { limit: { ...tenDays, from: 'boil' } } } }),
      },
      countyFile,
      /steps\.pour\.limit\.from \(line \d+\): The term runs from "boil"/,
    ],
    [
      'a fact that the item gives and nobody knows',
      { item: teaItem({ gives: ['aid.dibo'] }) },
      itemFile,
      /at gives\.0 \(line \d+\): The fact "aid\.dibo" does not exist/,
    ],
    [
      'a promise for the chain that claims to be law',
      {
        files: {
          [countyFile]: stringify({
            code: '990101',
            schemaVersion: 1,
            name: '茶县',
            demo: true,
            chain: { promise: tenDays },
            items: {},
          }),
        },
      },
      countyFile,
      /chain\.promise\.kind \(line \d+\): what a place promises/,
    ],
    [
      'versions out of order',
      { item: teaItem({ versions: [teaVersion({ effectiveFrom: '2021-01-01' }), teaVersion()] }) },
      itemFile,
      /Versions stand oldest first/,
    ],
    ['text that is not YAML', { files: { [itemFile]: 'id: [tea' } }, itemFile, /It is not YAML/],
  ])('%s', (_, layers, file, message) => {
    let thrown: unknown;
    try {
      inventedCatalogue(layers);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CatalogueError);
    expect((thrown as CatalogueError).file).toBe(file);
    expect((thrown as CatalogueError).message).toMatch(message);
    expect((thrown as CatalogueError).advice.length).toBeGreaterThan(5);
  });

  it('accepts the invented catalogue that the cases above break', () => {
    expect(inventedCatalogue().items.map(({ id }) => id)).toEqual(['tea/tea-allowance']);
  });
});

describe('the limits of a step', () => {
  const limit = {
    ...tenDays,
    pauses: [{ reason: 'hearing', basis: '茶法第四条' }],
    extension: { value: 5, basis: '茶法第五条', role: 'federation-lead' },
    rollOver: '民法典第二百零三条第一款',
  };
  const rungs = [{ rung: 'due', level: 0, at: { on: 'last-day' }, to: ['doer', 'person'] }];
  const layers: Layers = {
    item: teaItem({}, { steps: [pourStep(tenDays, { limitWhen: { 'cross-region': limit } })] }),
    province: { 'tea/tea-allowance': { steps: { pour: { limit, rungs } } } },
    county: { 'tea/tea-allowance': { steps: { pour: { rungs: [{ ...rungs[0], to: ['lead'] }] } } } },
  };

  it('come from the deepest layer that speaks of each of them', () => {
    const [item] = inventedCatalogue(layers).region('990101001001', '2026-06-01').items;
    expect(item?.steps[0]).toMatchObject({
      limit,
      limitWhen: { 'cross-region': limit },
      rungs: [{ to: ['lead'] }],
    });
  });

  it('of the whole chain are what the deepest layer promises, and nothing where none does', () => {
    const promise = { value: 20, unit: 'working-day', kind: 'promised', basis: '茶县办事指南' };
    const county = (chain: object) => ({
      'regions/990101.yaml': stringify({
        code: '990101',
        schemaVersion: 1,
        name: '茶县',
        demo: true,
        ...chain,
        items: {},
      }),
    });
    const promised = (files: Layers['files']) =>
      inventedCatalogue({ ...(files ? { files } : {}) }).region('990101001001', '2026-06-01').region
        .chainPromise;
    expect(promised(county({ chain: { promise } }))).toEqual(promise);
    expect(promised({})).toBeNull();
  });
});

describe('the catalogue of the house', () => {
  const catalogue = Catalogue.load();
  const day = '2026-11-25';

  it.each(['330302', '610103', '338801'])(
    'has more than twenty items in force in %s, spread over every owner',
    (county) => {
      const { items } = catalogue.region(county, day);
      expect(items.length).toBeGreaterThan(20);
      expect([...new Set(items.map(({ owner }) => owner))].sort()).toEqual([...owners].sort());
    },
  );

  it('cites the words of a document for every item, and shows no plan of another place', () => {
    for (const county of ['330302', '610103']) {
      for (const { id, sources } of catalogue.region(county, day).items) {
        expect([id, sources.length > 0 && sources.every(({ quotation }) => quotation.length > 1)]).toEqual([
          id,
          true,
        ]);
      }
    }
  });

  it('has no invented value outside the demo county', () => {
    for (const { code, demo, level } of catalogue.regions) {
      if (demo || level !== 'county') continue;
      for (const { id, values } of catalogue.region(code, day).items) {
        const invented = Object.values(values)
          .flat()
          .filter((value) => value.demo || (value.value !== null && value.source === null));
        expect([id, invented]).toEqual([id, []]);
      }
    }
  });

  it('lets a person who did not do the step before decide, and grants nothing by rule', () => {
    for (const { id, steps, mode } of catalogue.region('338801', day).items) {
      const decision = steps.findIndex(({ kind }) => kind === 'decide');
      expect([id, mode === 'auto', steps.filter(({ kind }) => kind === 'decide').length]).toEqual([
        id,
        false,
        1,
      ]);
      expect([id, steps[decision - 1]?.role === steps[decision]?.role]).toEqual([id, false]);
    }
  });

  it('asks for no fact that no item needs', () => {
    const used = JSON.stringify(catalogue.items.map(({ versions }) => versions));
    const idle = vocabulary.filter(({ name, from }) => from === 'registry' && !used.includes(`"${name}"`));
    expect(idle.map(({ name }) => name)).toEqual(['employment.post']);
    expect(vocabulary.filter(({ from, question }) => from === 'registry' && question === null)).toEqual([]);
  });

  it('has ten items or more whose conditions look at the household or at days', () => {
    const reach = catalogue.items.filter(({ versions }) =>
      /"(household|today|household\.\w+)"/.test(JSON.stringify(versions)),
    );
    expect(reach.length).toBeGreaterThanOrEqual(10);
  });
});
