import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/**
 * A second evaluator, to hold the product's one against: it reads the same YAML, walks it afresh for every person, and shares no code with
 * `libs/catalogue`: no schema, no compiled closures, no reading of a fact kept for the next item. Slow and plain on purpose.
 */
export interface SlowSubject {
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly divisionCode: string;
  readonly card: SlowCard | null;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly household: { readonly size: number; readonly others: readonly SlowMember[] } | null;
}

export interface SlowCard {
  readonly category: string;
  readonly grade: number;
  readonly components: readonly { readonly category: string; readonly grade: number }[];
  readonly issuedOn: string;
  readonly validTo: string;
}

export interface SlowMember {
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly card: SlowCard | null;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface SlowItem {
  readonly id: string;
  readonly owner: string;
  readonly mode: string;
  readonly outcome: 'entitled' | 'not-entitled' | 'needs-fact';
}

type Yaml = Record<string, unknown>;
type Answer = true | false | 'unknown';

const ABSENT = Symbol('absent');

/** What every item in force at the place says of the person on the day. */
export function determineSlowly(directory: string, subject: SlowSubject, day: string): SlowItem[] {
  const codes = [
    '00',
    subject.divisionCode.slice(0, 2),
    subject.divisionCode.slice(0, 4),
    subject.divisionCode.slice(0, 6),
  ];
  const layers = codes
    .map((code) => readYaml(join(directory, 'regions', `${code}.yaml`)))
    .filter((layer): layer is Yaml => layer !== null);
  const items: SlowItem[] = [];
  for (const file of readdirSync(join(directory, 'items'), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const item = readYaml(join(directory, 'items', file))!;
    const overlays = layers
      .map((layer) => (layer['items'] as Record<string, Yaml | undefined>)[item['id'] as string])
      .filter((overlay): overlay is Yaml => overlay !== undefined);
    const inForce = overlays
      .map((overlay) => overlay['inForce'])
      .filter((value) => value !== undefined)
      .at(-1) as { from: string; to?: string } | false | undefined;
    if (!inForce || day < inForce.from || (inForce.to !== undefined && day > inForce.to)) continue;
    const version = (item['versions'] as Yaml[])
      .filter((candidate) => (candidate['effectiveFrom'] as string) <= day)
      .at(-1);
    if (!version) continue;
    const walk = new Walk(subject, day, (name) => parameter(overlays, name, day));
    const met = walk.all([
      () => walk.ask(version['conditions'] as Yaml, walk.person()),
      ...(version['exclusions'] as Yaml[]).map(
        (exclusion) => () => negate(walk.ask(exclusion['when'] as Yaml, walk.person())),
      ),
    ]);
    items.push({
      id: item['id'] as string,
      owner: item['owner'] as string,
      mode: item['mode'] as string,
      outcome: met === true ? 'entitled' : met === false ? 'not-entitled' : 'needs-fact',
    });
  }
  return items;
}

/** What was read before: a county has thousands of people, and parsing is not what is held against the product. */
const parsed = new Map<string, Yaml | null>();

function readYaml(path: string): Yaml | null {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const content = existsSync(path) ? (parse(readFileSync(path, 'utf8')) as Yaml) : null;
  parsed.set(path, content);
  return content;
}

/** The value of the lowest layer that says one for the day. */
function parameter(overlays: readonly Yaml[], name: string, day: string): unknown {
  let value: unknown;
  for (const overlay of overlays) {
    const dated = ((overlay['parameters'] as Record<string, Yaml[]>) ?? {})[name] ?? [];
    for (const entry of dated) if ((entry['from'] as string) <= day) value = entry['value'];
  }
  return value ?? undefined;
}

function negate(answer: Answer): Answer {
  return answer === 'unknown' ? 'unknown' : !answer;
}

interface Whom {
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly card: SlowCard | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly component: { category: string; grade: number } | null;
  readonly self: boolean;
}

class Walk {
  constructor(
    private readonly subject: SlowSubject,
    private readonly day: string,
    private readonly parameter: (name: string) => unknown,
  ) {}

  person(): Whom {
    const { birthDate, sex, card, facts } = this.subject;
    return { birthDate, sex, card, facts, component: null, self: true };
  }

  all(questions: readonly (() => Answer)[]): Answer {
    const answers = questions.map((question) => question());
    return answers.includes(false) ? false : answers.includes('unknown') ? 'unknown' : true;
  }

  any(questions: readonly (() => Answer)[]): Answer {
    return negate(this.all(questions.map((question) => () => negate(question()))));
  }

  ask(condition: Yaml, whom: Whom): Answer {
    if (condition['all'])
      return this.all((condition['all'] as Yaml[]).map((part) => () => this.ask(part, whom)));
    if (condition['any'])
      return this.any((condition['any'] as Yaml[]).map((part) => () => this.ask(part, whom)));
    if (condition['not']) return negate(this.ask(condition['not'] as Yaml, whom));
    if (condition['household']) return this.household(condition['household'] as Yaml, whom);
    if (condition['components']) return this.components(condition['components'] as Yaml, whom);
    if (condition['fact']) {
      const actual = this.fact(condition['fact'] as string, whom);
      if (actual === ABSENT) return false;
      const expected = this.expected(condition['value']);
      if (actual === undefined || (expected === undefined && condition['op'] !== 'is-known'))
        return 'unknown';
      return compare(actual, condition['op'] as string, expected);
    }
    const actual = this.parameter(condition['param'] as string);
    if (actual === undefined) return 'unknown';
    const expected = condition['value'];
    if (!Array.isArray(actual)) return compare(actual, condition['op'] as string, expected);
    if (condition['op'] === 'in') return actual.some((word) => (expected as unknown[]).includes(word));
    return actual.includes(expected) === (condition['op'] === 'eq');
  }

  private household(test: Yaml, whom: Whom): Answer {
    const household = this.subject.household;
    if (household === null) return 'unknown';
    const where = (test['any'] ?? test['all'] ?? (test['count'] as Yaml)['where']) as Yaml;
    const people: Whom[] = household.others.map((member) => ({ ...member, component: null, self: false }));
    if (test['of'] === 'everyone') people.unshift(whom);
    const answers: Answer[] = people.map((person) => this.ask(where, person));
    for (let missing = household.others.length + 1; missing < household.size; missing += 1)
      answers.push('unknown');
    if (test['any']) return this.any(answers.map((answer) => () => answer));
    if (test['all']) return this.all(answers.map((answer) => () => answer));
    const surely = answers.filter((answer) => answer === true).length;
    const perhaps = answers.filter((answer) => answer === 'unknown').length;
    const count = test['count'] as Yaml;
    const possible = new Set<boolean>();
    for (let n = surely; n <= surely + perhaps; n += 1)
      possible.add(compare(n, count['op'] as string, count['value']));
    return possible.size === 2 ? 'unknown' : possible.has(true);
  }

  private components(test: Yaml, whom: Whom): Answer {
    if (whom.card === null) return false;
    const questions = whom.card.components.map(
      (component) => () => this.ask((test['any'] ?? test['all']) as Yaml, { ...whom, component }),
    );
    return test['any'] ? this.any(questions) : this.all(questions);
  }

  private expected(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    if ('param' in value) return this.parameter((value as { param: string }).param);
    const shift = (value as { today: Record<string, unknown> }).today;
    const [years, months, days] = ['years', 'months', 'days'].map((unit) =>
      shift[unit] === undefined ? 0 : (this.expected(shift[unit]) as number | undefined),
    );
    if (years === undefined || months === undefined || days === undefined) return undefined;
    return shiftDay(this.day, years * 12 + months, days);
  }

  private fact(name: string, whom: Whom): unknown {
    const { card } = whom;
    const valid = card !== null && card.validTo >= this.day;
    switch (name) {
      case 'person.age':
        return completedYears(whom.birthDate, this.day);
      case 'person.sex':
        return whom.sex;
      case 'person.retirement-age-reached':
        return this.retired(whom);
      case 'household.size':
        return whom.self ? this.subject.household?.size : undefined;
      case 'household.cardholders': {
        const household = whom.self ? this.subject.household : null;
        if (!household) return undefined;
        return [card, ...household.others.map((member) => member.card)].filter(
          (one) => one !== null && one.validTo >= this.day,
        ).length;
      }
      case 'card.valid':
        return valid;
      case 'card.status':
        return card === null ? 'none' : valid ? 'valid' : 'expired';
      case 'card.category':
      case 'card.grade':
      case 'card.issuedOn':
      case 'card.validTo':
        return card === null ? ABSENT : card[name.slice(5) as 'category'];
      case 'card.cancelledOn':
        return ABSENT;
      case 'component.category':
      case 'component.grade':
        return whom.component === null ? ABSENT : whom.component[name.slice(10) as 'category'];
      default:
        return whom.facts[name];
    }
  }

  /** The statutory retirement age since 2025 (渐进式延迟法定退休年龄), month by month. */
  private retired(whom: Whom): boolean | undefined {
    const on = (age: number, every: number, most: number) => {
      const first = shiftDay(whom.birthDate, age * 12, 0);
      const monthsAfterStart = (Number(first.slice(0, 4)) - 2025) * 12 + Number(first.slice(5, 7)) - 1;
      const later = monthsAfterStart < 0 ? 0 : Math.min(most, Math.floor(monthsAfterStart / every) + 1);
      return this.day >= shiftDay(whom.birthDate, age * 12 + later, 0);
    };
    if (whom.sex === 'male') return on(60, 4, 36);
    const [cadre, worker] = [on(55, 4, 36), on(50, 2, 60)];
    const post = whom.facts['employment.post'];
    if (post === 'cadre') return cadre;
    if (post === 'worker') return worker;
    return cadre === worker ? cadre : undefined;
  }
}

function compare(actual: unknown, op: string, expected: unknown): boolean {
  const [a, b] = [actual as number, expected as number];
  switch (op) {
    case 'is-known':
      return true;
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'in':
      return (expected as unknown[]).includes(actual);
    case 'not-in':
      return !(expected as unknown[]).includes(actual);
    case 'gt':
    case 'after':
      return a > b;
    case 'gte':
    case 'on-or-after':
      return a >= b;
    case 'lt':
    case 'before':
      return a < b;
    case 'lte':
    case 'on-or-before':
      return a <= b;
    default:
      throw new Error(`the slow evaluator does not know the operator ${op}`);
  }
}

function completedYears(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return birthDate.slice(5) > day.slice(5) ? years - 1 : years;
}

/** So many months on, the month's last day where it has no such day; then so many days on. */
function shiftDay(from: string, months: number, days: number): string {
  const [year, month, day] = from.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, lastDay) + days);
  return first.toISOString().slice(0, 10);
}
