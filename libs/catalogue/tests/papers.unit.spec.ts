import { Catalogue, CatalogueError } from '@app/catalogue';
import { inventedCatalogue, teaItem } from './invented.js';

const never = { value: null, unit: 'natural-day', kind: 'unknown', basis: '没有规定期限' };
const fiveDays = { value: 5, unit: 'working-day', kind: 'statutory', basis: '茶法第七条' };
const asked = (id: string, from = 'asked') => ({ id, zh: '茶叶', from, source: null });
const pour = {
  id: 'pour',
  title: { zh: '倒茶', en: 'Pour' },
  kind: 'decide',
  role: 'benefit-officer',
  department: null,
  limit: null,
};
const supplement = {
  limit: fiveDays,
  effect: { kind: 'suspend', steps: ['pour'], basis: '茶法第八条' },
  unsupplied: null,
  source: 'tea-1',
};
const acceptIncomplete = {
  materials: ['leaves'],
  when: null,
  basis: '茶法第九条',
  limit: never,
  suspends: null,
  blocks: 'nothing',
  source: 'tea-1',
};
const tea = (rules: Record<string, unknown>) =>
  teaItem({}, { steps: [pour], materials: [asked('leaves'), asked('cup', 'on-file')], ...rules });
const here = (catalogue: Catalogue) => catalogue.itemVersion('tea/tea-allowance', '2020-01', '990101001001');

describe('the rules for papers that are not there yet', () => {
  it('are nobody’s where no source says them, those of the item where one does, and of the deepest layer that speaks', () => {
    expect(here(inventedCatalogue({ item: tea({}) }))).toMatchObject({
      supplement: null,
      acceptIncomplete: null,
    });
    const item = tea({ supplement, acceptIncomplete });
    expect(here(inventedCatalogue({ item }))).toMatchObject({ supplement, acceptIncomplete });
    const { source: _, ...local } = { ...supplement, limit: { ...fiveDays, value: 3 }, demo: true };
    expect(
      here(inventedCatalogue({ item, city: { 'tea/tea-allowance': { supplement: local } } })),
    ).toMatchObject({
      supplement: local,
      acceptIncomplete,
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a step that is not there',
      { supplement: { ...supplement, effect: { ...supplement.effect, steps: ['poor'] } } },
      /The step "poor" does not exist/,
    ],
    [
      'a paper that is not asked of the person',
      { acceptIncomplete: { ...acceptIncomplete, materials: ['cup'] } },
      /the material "cup" does not exist\. Did you mean leaves/,
    ],
    [
      'a step that would stand still and is not there',
      { acceptIncomplete: { ...acceptIncomplete, suspends: { steps: ['poor'], basis: '茶法第九条' } } },
      /The step "poor" does not exist/,
    ],
    [
      'a source that is not there',
      { supplement: { ...supplement, source: 'tea-2' } },
      /The source "tea-2" does not exist/,
    ],
    ['no source', { supplement: { ...supplement, source: undefined } }, /a rule has a source/],
    [
      'an invented rule outside an invented place',
      { acceptIncomplete: { ...acceptIncomplete, source: undefined, demo: true } },
      /An invented rule stands outside an invented place/,
    ],
    [
      'an effect without its article',
      { supplement: { ...supplement, effect: { kind: 'restart', steps: ['pour'] } } },
      /effect\.basis/,
    ],
    [
      'hours',
      { supplement: { ...supplement, limit: { ...fiveDays, unit: 'hour' } } },
      /papers come within working days/,
    ],
    [
      'a time that may stand still',
      {
        supplement: {
          ...supplement,
          limit: { ...fiveDays, pauses: [{ reason: 'hearing', basis: '茶法第四条' }] },
        },
      },
      /it neither pauses nor is extended/,
    ],
  ])('are refused with %s', (_, rules, message) => {
    let thrown: unknown;
    try {
      inventedCatalogue({ item: tea(rules) });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CatalogueError);
    expect((thrown as CatalogueError).message).toMatch(message);
  });

  it('of the house are those that a source has, and touch terms only where it says so', () => {
    const catalogue = Catalogue.load();
    const rules = catalogue
      .region('338801', '2026-11-29')
      .items.flatMap(({ id, supplement: asks, acceptIncomplete: accepts }) => [
        ...(asks
          ? [[id, asks.effect?.kind ?? 'runs on', asks.limit.value, asks.unsupplied?.as ?? null]]
          : []),
        ...(accepts
          ? [[id, 'accepts without', accepts.materials.join(), accepts.limit.value, accepts.blocks]]
          : []),
      ]);
    expect(rules).toEqual([
      ['legal-aid/legal-aid', 'runs on', null, 'withdrawn'],
      ['legal-aid/legal-aid', 'accepts without', 'matter', null, 'nothing'],
      ['legal-aid/legal-relief-service', 'accepts without', 'matter', 10, 'decision'],
      ['subsidies/living-subsidy', 'restart', null, null],
      ['subsidies/nursing-subsidy', 'restart', null, null],
    ]);
    expect(
      catalogue
        .region('330302', '2026-11-29')
        .items.find(({ id }) => id === 'legal-aid/legal-relief-service'),
    ).toMatchObject({ acceptIncomplete: null });
  });
});
