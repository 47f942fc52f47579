import type { ServiceItem } from './schema/item.js';
import type { ComparedValue, Condition, Operator } from './schema/condition.js';
import type { RegionFile } from './schema/region.js';
import { isRealDay } from './days.js';
import { nearest } from './errors.js';
import type { Finding } from './finding.js';
import { checkAnchor, checkCaseLimits, checkStepNames } from './check-limits.js';
import { checkPapers } from './check-papers.js';
import { factNamed, vocabulary, type FactDefinition, type FactType } from './vocabulary.js';

type Path = readonly (string | number)[];
type Kind = 'person' | 'member' | 'component';

const operatorsOf: Readonly<Record<FactType, readonly Operator[]>> = {
  boolean: ['eq', 'ne', 'is-known'],
  choice: ['eq', 'ne', 'in', 'not-in', 'is-known'],
  number: ['eq', 'ne', 'in', 'not-in', 'gt', 'gte', 'lt', 'lte', 'is-known'],
  day: ['before', 'on-or-before', 'after', 'on-or-after', 'eq', 'is-known'],
};

function unknownName(path: Path, what: string, name: string, known: Iterable<string>): Finding {
  return {
    path,
    problem: `${what} "${name}" does not exist.`,
    advice: `Did you mean ${nearest(name, known).join(', ')}?`,
  };
}

/** Everything in an item that names something else. */
export function checkItem(item: ServiceItem): Finding[] {
  const findings: Finding[] = [];
  const sources = new Set(item.sources.map(({ id }) => id));
  function cites(path: Path, id: string | null | undefined): void {
    if (id !== null && id !== undefined && !sources.has(id))
      findings.push(unknownName(path, 'The source', id, sources));
  }
  function unique(path: Path, ids: readonly string[], what: string): void {
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index) {
        findings.push({
          path: [...path, index, 'id'],
          problem: `The ${what} "${id}" stands twice.`,
          advice: 'Give it another id.',
        });
      }
    });
  }
  unique(
    ['sources'],
    item.sources.map(({ id }) => id),
    'source',
  );
  cites(['autoBasis'], item.autoBasis);
  item.gives?.forEach((fact, place) => {
    if (!factNamed(fact)) findings.push(unknownName(['gives', place], 'The fact', fact, factNames()));
  });
  for (const [name, declaration] of Object.entries(item.parameters)) {
    if ((declaration.values !== undefined) !== ['choice', 'choices'].includes(declaration.type)) {
      findings.push({
        path: ['parameters', name, 'values'],
        problem: 'Parameters of type choice and choices, and only they, list their values.',
        advice: 'Add or remove `values`.',
      });
    }
  }
  item.versions.forEach((version, index) => {
    const at: Path = ['versions', index];
    const before = item.versions[index - 1];
    if (before && before.effectiveFrom >= version.effectiveFrom) {
      findings.push({
        path: [...at, 'effectiveFrom'],
        problem: `Version ${version.version} does not begin after ${before.version}.`,
        advice: 'Versions stand oldest first.',
      });
    }
    unique(
      [...at, 'steps'],
      version.steps.map(({ id }) => id),
      'step',
    );
    unique(
      [...at, 'materials'],
      version.materials.map(({ id }) => id),
      'material',
    );
    unique(
      [...at, 'exclusions'],
      version.exclusions.map(({ id }) => id),
      'exclusion',
    );
    version.steps.forEach((step, place) => {
      const before = version.steps.slice(0, place);
      const stepAt = [...at, 'steps', place];
      findings.push(...checkAnchor([...stepAt, 'limit', 'from'], step.limit?.from, before));
      for (const [when, each] of Object.entries(step.limitWhen ?? {})) {
        findings.push(...checkAnchor([...stepAt, 'limitWhen', when, 'from'], each.from, before));
      }
    });
    findings.push(
      ...checkStepNames(version.steps, [...at, 'steps']),
      ...checkCaseLimits(version, at, version.steps),
    );
    findings.push(...checkCondition(version.conditions, [...at, 'conditions'], item));
    version.exclusions.forEach((exclusion, place) => {
      cites([...at, 'exclusions', place, 'source'], exclusion.source);
      findings.push(...checkCondition(exclusion.when, [...at, 'exclusions', place, 'when'], item));
    });
    version.materials.forEach((material, place) =>
      cites([...at, 'materials', place, 'source'], material.source),
    );
    findings.push(
      ...checkPapers(version, at, {
        steps: termsOf(version.steps, version.overall !== undefined),
        asked: new Set(askedOf(version.materials)),
        sources,
        demo: false,
      }),
    );
    version.remedies?.forEach(({ source, against }, place) => {
      cites([...at, 'remedies', place, 'source'], source);
      findings.push(...checkTargets([...at, 'remedies', place, 'against'], against, version.remedies ?? []));
    });
    version.stops.forEach((stop, place) => cites([...at, 'stops', place, 'source'], stop.source));
    version.choices.forEach((choice, place) => cites([...at, 'choices', place, 'source'], choice.source));
    cites([...at, 'payment', 'source'], version.payment?.source);
    version.reopens.forEach((fact, place) => {
      if (!factNamed(fact))
        findings.push(unknownName([...at, 'reopens', place], 'The fact', fact, factNames()));
    });
    version.amounts?.rows.forEach((row, place) => {
      const rowAt = [...at, 'amounts', 'rows', place];
      expectParameter([...rowAt, 'parameter'], row.parameter, ['money'], item, findings);
      if (row.percent !== undefined)
        expectParameter([...rowAt, 'percent'], row.percent, ['number'], item, findings);
      row.when?.forEach((test, number) => {
        findings.push(
          ...checkFactTest(test.fact, test.op, test.value, [...rowAt, 'when', number], item, 'person'),
        );
      });
    });
  });
  return findings;
}

/** A next instance has an instance before it. */
function checkTargets(
  path: Path,
  against: readonly string[],
  remedies: readonly { readonly kind: string }[],
): Finding[] {
  const known = ['decision', 'inaction', ...remedies.map(({ kind }) => kind)];
  return against
    .filter((target) => !known.includes(target))
    .map((target) => ({
      path,
      problem: `The remedy lies against "${target}", which the item does not have.`,
      advice: 'Add that remedy to the item, or name what this one lies against.',
    }));
}

function factNames(): string[] {
  return vocabulary.map(({ name }) => name);
}

function expectParameter(
  path: Path,
  name: string,
  types: readonly string[],
  item: ServiceItem,
  findings: Finding[],
): void {
  const declaration = item.parameters[name];
  if (!declaration) {
    findings.push({
      ...unknownName(path, 'The parameter', name, Object.keys(item.parameters)),
      advice: `Declare it under \`parameters\`${Object.keys(item.parameters).length ? `, or use ${nearest(name, Object.keys(item.parameters)).join(', ')}` : ''}.`,
    });
  } else if (!types.includes(declaration.type)) {
    findings.push({
      path,
      problem: `The parameter "${name}" is of type ${declaration.type}.`,
      advice: `Here it must be of type ${types.join(' or ')}.`,
    });
  }
}

function checkCondition(
  condition: Condition,
  path: Path,
  item: ServiceItem,
  kind: Kind = 'person',
): Finding[] {
  if ('all' in condition) {
    return condition.all.flatMap((part, index) => checkCondition(part, [...path, 'all', index], item, kind));
  }
  if ('any' in condition) {
    return condition.any.flatMap((part, index) => checkCondition(part, [...path, 'any', index], item, kind));
  }
  if ('not' in condition) return checkCondition(condition.not, [...path, 'not'], item, kind);
  if ('household' in condition) {
    const { any, all, count } = condition.household;
    if (kind !== 'person') {
      return [
        { path, problem: '`household` stands inside another quantifier.', advice: 'Put it beside it.' },
      ];
    }
    const [key, part] = any
      ? (['any', any] as const)
      : all
        ? (['all', all] as const)
        : (['count', (count as NonNullable<typeof count>).where] as const);
    return checkCondition(part, [...path, 'household', key], item, 'member');
  }
  if ('components' in condition) {
    const { any, all } = condition.components;
    return checkCondition(
      (any ?? all) as Condition,
      [...path, 'components', any ? 'any' : 'all'],
      item,
      'component',
    );
  }
  if ('fact' in condition) {
    return checkFactTest(condition.fact, condition.op, condition.value, path, item, kind);
  }
  const declaration = item.parameters[condition.param];
  const findings: Finding[] = [];
  expectParameter(
    [...path, 'param'],
    condition.param,
    ['number', 'money', 'boolean', 'day', 'text', 'choice'],
    item,
    findings,
  );
  if (declaration && findings.length === 0) {
    const fact = declaredAs(condition.param, item);
    findings.push(...checkValue(fact, condition.op, condition.value, path, item));
  }
  return findings;
}

/** A parameter seen as a fact, for the check of what it is compared with. */
function declaredAs(name: string, item: ServiceItem): Pick<FactDefinition, 'name' | 'type' | 'values'> {
  const declaration = item.parameters[name] as ServiceItem['parameters'][string];
  const types = {
    number: 'number',
    money: 'number',
    boolean: 'boolean',
    day: 'day',
    text: 'choice',
    choice: 'choice',
    choices: 'choice',
  } as const;
  return {
    name,
    type: types[declaration.type],
    ...(declaration.values
      ? { values: Object.fromEntries(declaration.values.map((value) => [value, value])) }
      : {}),
  };
}

function checkFactTest(
  name: string,
  op: Operator,
  value: ComparedValue | undefined,
  path: Path,
  item: ServiceItem,
  kind: Kind,
): Finding[] {
  const fact = factNamed(name);
  if (!fact) return [unknownName([...path, 'fact'], 'The fact', name, factNames())];
  const ofComponent = name.startsWith('component.');
  if (
    ofComponent !== (kind === 'component') ||
    (kind === 'member' && /^household\.(size|cardholders|members)$/.test(name))
  ) {
    return [
      {
        path: [...path, 'fact'],
        problem: `"${name}" cannot be asked of a ${kind}.`,
        advice: ofComponent ? 'Put it inside `components`.' : 'Put it outside the quantifier.',
      },
    ];
  }
  if (name === 'household.members') {
    return [
      {
        path: [...path, 'fact'],
        problem: '"household.members" is not compared.',
        advice: 'Use `household`.',
      },
    ];
  }
  return checkValue(fact, op, value, path, item);
}

function checkValue(
  fact: Pick<FactDefinition, 'name' | 'type' | 'values'>,
  op: Operator,
  value: ComparedValue | undefined,
  path: Path,
  item: ServiceItem,
): Finding[] {
  if (!operatorsOf[fact.type].includes(op)) {
    return [
      {
        path: [...path, 'op'],
        problem: `"${op}" does not fit "${fact.name}", which is of type ${fact.type}.`,
        advice: `Use one of ${operatorsOf[fact.type].join(', ')}.`,
      },
    ];
  }
  const at = [...path, 'value'];
  if ((value === undefined) !== (op === 'is-known')) {
    return [
      {
        path: at,
        problem: `"${op}" ${value === undefined ? 'needs' : 'takes no'} value.`,
        advice: 'See the schema.',
      },
    ];
  }
  if (value === undefined) return [];
  const list = op === 'in' || op === 'not-in';
  if (typeof value === 'object' && !Array.isArray(value)) {
    const findings: Finding[] = [];
    if ('today' in value) {
      if (fact.type !== 'day') {
        findings.push({
          path: at,
          problem: `"${fact.name}" is not a day.`,
          advice: 'Only days are compared with today.',
        });
      }
      for (const [part, shift] of Object.entries(value.today)) {
        if (typeof shift === 'object')
          expectParameter([...at, 'today', part], shift.param, ['number'], item, findings);
      }
      return findings;
    }
    const types = list
      ? ['choices']
      : { boolean: ['boolean'], number: ['number', 'money'], day: ['day'], choice: ['choice'] }[fact.type];
    expectParameter([...at, 'param'], value.param, types, item, findings);
    return findings;
  }
  if (Array.isArray(value) !== list) {
    return [
      {
        path: at,
        problem: `"${op}" ${list ? 'needs a list' : 'takes one value'}.`,
        advice: 'Use in or not-in with a list.',
      },
    ];
  }
  return [value].flat().flatMap((each) => {
    const fits =
      fact.type === 'day'
        ? typeof each === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(each) && isRealDay(each)
        : fact.type === 'choice'
          ? typeof each === 'string'
          : typeof each === fact.type;
    if (!fits) {
      return [
        {
          path: at,
          problem: `${JSON.stringify(each)} is not a ${fact.type}.`,
          advice: `"${fact.name}" is of type ${fact.type}.`,
        },
      ];
    }
    if (fact.values && !(String(each) in fact.values)) {
      return [unknownName(at, `Of "${fact.name}", the value`, String(each), Object.keys(fact.values))];
    }
    return [];
  });
}

/** Whether a value can be a fact's; used for what examples and imports say. */
export function fitsFact(fact: FactDefinition, value: unknown): boolean {
  if (fact.type === 'day')
    return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isRealDay(value);
  if (fact.type === 'choice') return typeof value === 'string' && value in (fact.values ?? {});
  return typeof value === fact.type;
}

/** Everything in a region's file that names something else. */
export function checkRegion(region: RegionFile, items: ReadonlyMap<string, ServiceItem>): Finding[] {
  const findings: Finding[] = [];
  for (const [id, overlay] of Object.entries(region.items)) {
    const at: Path = ['items', id];
    const item = items.get(id);
    if (!item) {
      findings.push(unknownName(at, 'The item', id, items.keys()));
      continue;
    }
    const sources = new Set([...item.sources, ...(overlay.sources ?? [])].map((source) => source.id));
    for (const [name, values] of Object.entries(overlay.parameters ?? {})) {
      const declaration = item.parameters[name];
      if (!declaration) {
        findings.push(
          unknownName([...at, 'parameters', name], 'The parameter', name, Object.keys(item.parameters)),
        );
        continue;
      }
      values.forEach((dated, index) => {
        const place = [...at, 'parameters', name, index];
        const before = values[index - 1];
        if (before && before.from >= dated.from) {
          findings.push({
            path: [...place, 'from'],
            problem: 'Dated values do not stand oldest first.',
            advice: 'Sort them.',
          });
        }
        if (dated.demo && !region.demo) {
          findings.push({
            path: [...place, 'demo'],
            problem: 'An invented value stands in the file of a real place.',
            advice: 'Give its source, or leave the parameter unset.',
          });
        }
        if (dated.source !== undefined && !sources.has(dated.source)) {
          findings.push(unknownName([...place, 'source'], 'The source', dated.source, sources));
        }
        if (dated.value !== null && !fitsParameter(declaration, dated.value)) {
          findings.push({
            path: [...place, 'value'],
            problem: `${JSON.stringify(dated.value)} is not a ${declaration.type}${declaration.values ? ` of ${declaration.values.join(', ')}` : ''}.`,
            advice: `"${name}" says: ${declaration.zh}.`,
          });
        }
      });
    }
    const steps = new Set(item.versions.flatMap((version) => version.steps.map((step) => step.id)));
    const asked = new Set(item.versions.flatMap(({ materials }) => askedOf(materials)));
    const whole = overlay.overall !== undefined || item.versions.some(({ overall }) => overall !== undefined);
    const terms = termsOf(
      item.versions.flatMap((version) => version.steps),
      whole,
    );
    findings.push(...checkPapers(overlay, at, { steps: terms, asked, sources, demo: region.demo }));
    for (const version of item.versions) findings.push(...checkCaseLimits(overlay, at, version.steps));
    for (const [name, step] of Object.entries(overlay.steps ?? {})) {
      if (!steps.has(name)) findings.push(unknownName([...at, 'steps', name], 'The step', name, steps));
      for (const version of item.versions) {
        const place = version.steps.findIndex(({ id }) => id === name);
        if (place < 0) continue;
        findings.push(
          ...checkAnchor(
            [...at, 'steps', name, 'limit', 'from'],
            step.limit?.from,
            version.steps.slice(0, place),
          ),
        );
      }
    }
  }
  return findings;
}

/** What missing papers can touch: the terms of the steps, and that of the whole where there is one. */
function termsOf(steps: readonly { readonly id: string }[], whole: boolean): ReadonlySet<string> {
  return new Set([...steps.map(({ id }) => id), ...(whole ? ['overall'] : [])]);
}

function askedOf(materials: ServiceItem['versions'][number]['materials']): string[] {
  return materials.filter(({ from }) => from === 'asked').map(({ id }) => id);
}

function fitsParameter(declaration: ServiceItem['parameters'][string], value: unknown): boolean {
  switch (declaration.type) {
    case 'number':
      return typeof value === 'number';
    case 'money':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0;
    case 'boolean':
      return typeof value === 'boolean';
    case 'day':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isRealDay(value);
    case 'text':
      return typeof value === 'string';
    case 'choice':
      return typeof value === 'string' && (declaration.values ?? []).includes(value);
    case 'choices':
      return (
        Array.isArray(value) && value.every((word) => (declaration.values ?? []).includes(word as string))
      );
  }
}
