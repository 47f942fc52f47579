import { allEvents } from '@app/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');

/** Who may learn a person's name and search token. lifecycle takes birth date, sex, household and place, and keeps neither; subsidies token and household. */
const READERS_OF_PERSONS = ['certification', 'lifecycle', 'subsidies', 'workbench'];

/** What every owner of cases runs: it takes id and place of whoever may apply, and keeps neither name nor token. */
const SHARED_READERS = ['casework'];

/** Texts of facts that no pattern or list bounds, by `type place`, each with the reason why no name, number or address stands in it. */
const FREE_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^registry\.person\.registered\.v1 name$/, 'the one fact that carries names, to the readers above'],
  [
    /^registry\.person\.(registered\.v1 identityToken|number-changed\.v1 formerToken)$/,
    'a keyed index, worthless without the key',
  ],
  [
    /^registry\.person\.representatives-changed\.v1 representatives\[\]\.(nameToken|officerToken)$/,
    'a keyed index of the name, worthless without the key',
  ],
  [
    /^workbench\.calendar\.published\.v1 (key|basis|days\[\]\.(name|source)|officeHours\[\]\.(from|to|close|source))$/,
    'holidays and the notices that order them, published by an administrator: nobody is named in them',
  ],
  [
    /^workbench\.account\.left\.v1 (userId|successorId)$/,
    'names by which users sign in, in which numbers are refused',
  ],
  [
    /\.case\.[\w-]+\.v1 (by|work\.(claim\.by|lastDoneBy\[\]))$/,
    'names by which users sign in, in which numbers are refused',
  ],
  [/\.case\.[\w-]+\.v1 work\.task\.step$/, 'a step of the catalogue'],
  [/ (.+\.)?(itemId|itemVersion|period)$/, 'words of the catalogue'],
  [
    /\.(case|application)\.[\w-]+\.v1 (doneStep|nextStep|step|rung)$/,
    'steps of the catalogue and rungs of the clocks',
  ],
  [/\.case\.term\.v1 (basis|pauseReason)$/, 'of the catalogue: articles, and the reasons that they name'],
  [/ outcomes\[\]\.outcome$/, 'a word of the machine'],
  [/ rates\[\]\.fromMonth$/, 'a month'],
  [/^registry\.fact\.\S+ (facts|withdrawn)\[\]\.name$/, 'the vocabulary of facts, checked'],
  [/ (facts|because)\[\]\.value$/, 'what the vocabulary allows for the fact, checked'],
  [/ because\[\]\.fact$/, 'the vocabulary of facts'],
  [
    /^registry\.fact\.\S+ (.+\.)?source\.(kind|reference)$/,
    'typed by a user as a free text, in which numbers of people are refused',
  ],
  [/^registry\.fact\.\S+ reason$/, 'typed as a free text, in which numbers of people are refused'],
  [/^certification\.card\.\S+ reason$/, 'one of the reasons that the domain lists'],
  [/^lifecycle\.item\.stop-withdrawn\.v1 reason$/, 'a word of the machine'],
  [/\.case\.[\w-]+\.v1 reason$/, 'typed as a free text, in which numbers of people are refused'],
  [/\.message\.requested\.v1 readers\[\]$/, 'roles'],
  [
    /\.message\.requested\.v1 params\.(item|papers\[\]|place|purpose)$/,
    'of the catalogue, or typed as a free text; numbers of people and what tells of their health are refused',
  ],
  [
    /\.case\.handed-over\.v1 (to|receipt)$/,
    'the name of an office and its receipt; numbers of people are refused',
  ],
];

interface Node {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly propertyNames?: Node;
  readonly items?: Node;
  readonly prefixItems?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
}

/** The places of a schema at which any text may stand. */
function freeTexts(node: Node, place: string): string[] {
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (parts.length > 0) return parts.flatMap((part) => freeTexts(part, place));
  if (node.const !== undefined || node.enum) return [];
  if (node.properties || node.additionalProperties) {
    return [
      ...Object.entries(node.properties ?? {}).flatMap(([name, each]) =>
        freeTexts(each, place ? `${place}.${name}` : name),
      ),
      ...(typeof node.additionalProperties === 'object'
        ? freeTexts(node.additionalProperties, `${place}.*`)
        : []),
    ];
  }
  if (node.items || node.prefixItems) {
    return [...(node.prefixItems ?? []), ...(node.items ? [node.items] : [])].flatMap((each) =>
      freeTexts(each, `${place}[]`),
    );
  }
  // A schema that says nothing lets any text pass, too.
  const types = [node.type ?? 'string'].flat();
  return types.includes('string') && !node.format && !node.pattern ? [place] : [];
}

const found = allEvents.flatMap(({ type, schema }) =>
  freeTexts(z.toJSONSchema(schema, { io: 'input' }) as Node, '').map((place) => `${type} ${place}`),
);

it('names travel in the fact of a person and in no other; every text that nothing bounds is known, with its reason', () => {
  const known = (place: string) => FREE_TEXTS.some(([pattern]) => pattern.test(place));
  expect([...new Set(found)].filter((place) => !known(place))).toEqual([]);
  // What is excused must be there.
  expect(FREE_TEXTS.filter(([pattern]) => !found.some((place) => pattern.test(place)))).toEqual([]);
});

it('no fact has a field for a name, a number, an address or a birth date, but those of the registry of persons', () => {
  const telling = /name$|phone|address|identity(?!Token)|cardNumber|account(?!Id$)|birth/i;
  const fields = allEvents
    .filter(({ type }) => type !== 'registry.person.registered.v1')
    .flatMap(({ type, schema }) =>
      Object.keys((z.toJSONSchema(schema, { io: 'input' }) as Node).properties ?? {})
        .filter((name) => telling.test(name))
        .map((name) => `${type} ${name}`),
    );
  expect(fields).toEqual([]);
});

it('only the services that may know persons read the fact that carries names', () => {
  const readersIn = (place: string) =>
    readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.spec.ts'))
      .filter((file) =>
        /@OnEvents\([\s\S]*?personRegisteredV1|registry\.person\.registered/.test(
          readFileSync(join(ROOT, place, file), 'utf8'),
        ),
      )
      .map((file) => file.split('/', 1)[0]!);
  const readers = readersIn('apps');
  expect([...new Set(readers)].filter((app) => !['registry', ...READERS_OF_PERSONS].includes(app))).toEqual(
    [],
  );
  const libs = readersIn('libs').filter((lib) => lib !== 'contracts');
  expect([...new Set(libs)].filter((lib) => !SHARED_READERS.includes(lib))).toEqual([]);
});
