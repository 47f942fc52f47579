import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Catalogue, type ServiceItem, type Subject, type SubjectCard } from '@app/catalogue';
import { stringify } from 'yaml';
import { loadFiles, type LoadedFiles } from '../src/load.js';

type Loose = Record<string, unknown>;

/** An item of no country: the tea allowance of an invented place. */
export function teaItem(changes: Loose = {}, version: Loose = {}): Loose {
  return {
    id: 'tea/tea-allowance',
    schemaVersion: 1,
    title: { zh: '茶水补贴', en: 'Tea allowance' },
    owner: 'subsidies',
    mode: 'invite',
    period: 'once',
    department: null,
    rationed: false,
    sources: [
      {
        id: 'tea-1',
        title: '茶水补贴办法',
        number: null,
        article: '第一条',
        url: null,
        quotation: '喝茶有补贴。',
        confidence: 'statute',
        retrieved: '2026-01-01',
      },
    ],
    parameters: {},
    versions: [teaVersion(version)],
    baseline: {
      region: '990101',
      day: '2026-06-01',
      person: { birthDate: '1980-01-01', sex: 'male' },
      card: null,
      facts: {},
      household: null,
    },
    examples: [{ expect: 'entitled' }, { with: { 'aid.dibao': false }, expect: 'not-entitled' }],
    ...changes,
  };
}

export function teaVersion(changes: Loose = {}): Loose {
  return {
    version: '2020-01',
    effectiveFrom: '2020-01-01',
    conditions: { fact: 'aid.dibao', op: 'eq', value: true },
    exclusions: [],
    steps: [],
    materials: [],
    amounts: null,
    payment: null,
    review: { cycle: 'none', zh: '不复核' },
    stops: [{ zh: '不喝了', source: null }],
    reopens: [],
    choices: [],
    ...changes,
  };
}

export interface Layers {
  readonly item?: Loose;
  readonly nation?: Loose;
  readonly province?: Loose;
  readonly city?: Loose;
  readonly county?: Loose;
  /** More files, or replacements, by path below the directory. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Writes a catalogue of one item and four layers, and loads it as the house loads its own. */
export function inventedCatalogue(layers: Layers = {}): Catalogue {
  return Catalogue.of(inventedFiles(layers));
}

export function inventedFiles(layers: Layers = {}): LoadedFiles {
  const directory = mkdtempSync(join(tmpdir(), 'catalogue-'));
  try {
    const region = (code: string, name: string, items: Loose = {}) =>
      stringify({ code, schemaVersion: 1, name, demo: true, items });
    const files: Record<string, string> = {
      'items/tea/tea-allowance.yaml': stringify(layers.item ?? teaItem()),
      'regions/00.yaml': region(
        '00',
        '国',
        layers.nation ?? { 'tea/tea-allowance': { inForce: { from: '2020-01-01' } } },
      ),
      'regions/99.yaml': region('99', '茶省', layers.province),
      'regions/9901.yaml': region('9901', '茶市', layers.city),
      'regions/990101.yaml': region('990101', '茶县', layers.county),
      ...layers.files,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return loadFiles(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Files of one item whose condition `withCondition` replaces; parameters are set by the county only. */
export function filesOfCondition(
  conditions: unknown,
  parameters: Loose = {},
  values: Loose = {},
): LoadedFiles {
  const county = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, [{ from: '2020-01-01', value, demo: true }]]),
  );
  return inventedFiles({
    item: teaItem({ parameters }, { conditions }),
    county: { 'tea/tea-allowance': { parameters: county } },
  });
}

export function conditionCatalogue(
  conditions: unknown,
  parameters: Loose = {},
  values: Loose = {},
): Catalogue {
  return Catalogue.of(filesOfCondition(conditions, parameters, values));
}

/** The same files with another condition, without writing and reading them again: for hundreds of conditions. */
export function withCondition(files: LoadedFiles, conditions: unknown): Catalogue {
  const items = [...files.items.values()].map((item): [string, ServiceItem] => [
    item.id,
    {
      ...item,
      versions: item.versions.map((each) => ({ ...each, conditions: conditions as typeof each.conditions })),
    },
  ]);
  return Catalogue.of({ ...files, items: new Map(items) });
}

type Fact = string | number | boolean;

export function subject(changes: {
  birthDate?: string;
  sex?: 'male' | 'female';
  diedOn?: string;
  movedAwayOn?: string;
  card?: Partial<SubjectCard> | null;
  facts?: Readonly<Record<string, Fact | { value: Fact; validFrom?: string; validTo?: string }>>;
  household?: Subject['household'];
}): Subject {
  const card = changes.card;
  return {
    person: {
      birthDate: changes.birthDate ?? '1980-01-01',
      sex: changes.sex ?? 'male',
      divisionCode: '990101001001',
      diedOn: changes.diedOn ?? null,
      movedAwayOn: changes.movedAwayOn ?? null,
    },
    card:
      card === null || card === undefined
        ? null
        : {
            status: 'valid',
            category: 'physical',
            grade: 2,
            components: [{ category: 'physical', grade: 2 }],
            issuedOn: '2020-01-01',
            validTo: '2029-12-31',
            ...card,
          },
    facts: Object.fromEntries(
      Object.entries(changes.facts ?? {}).map(([name, fact]) => [
        name,
        typeof fact === 'object'
          ? { value: fact.value, validFrom: fact.validFrom ?? null, validTo: fact.validTo ?? null }
          : { value: fact, validFrom: null, validTo: null },
      ]),
    ),
    household: changes.household ?? null,
  };
}

/** What comes out of the invented item for one person. */
export function outcomeOf(catalogue: Catalogue, person: Subject, day = '2026-06-01') {
  const [found] = catalogue.region('990101001001', day).determine(person, day);
  if (!found) throw new Error('the invented item is not in force');
  return found;
}
