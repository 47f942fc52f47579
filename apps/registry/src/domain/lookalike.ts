/** Why two files may be of one person (疑似重复). */
export const lookalikeReasons = {
  'name-and-birth': '姓名和出生日期相同',
  'number-one-digit': '姓名同音，身份证号只差一位',
  'number-swapped': '姓名同音，身份证号有相邻两位颠倒',
} as const;
export type LookalikeReason = keyof typeof lookalikeReasons;

/** Of a file, what it may be like another by. */
export interface Likeness {
  readonly personId: string;
  readonly name: string;
  readonly birthDate: string;
  /** The first seventeen digits: the eighteenth is worked out from them, so one slip changes two characters. Null: there is no number. */
  readonly body: string | null;
}

export interface Lookalike {
  readonly one: string;
  readonly other: string;
  readonly reasons: readonly LookalikeReason[];
}

/**
 * Files that may be of one person, among people whose names read alike. A number that differs in one digit says nothing by itself:
 * neighbours who were born on one day have such numbers.
 * @param alike people whose names read alike
 */
export function lookalikesAmong(alike: readonly Likeness[]): Lookalike[] {
  const pairs = new Map<string, { one: Likeness; other: Likeness; reasons: Set<LookalikeReason> }>();
  const meet = (a: Likeness, b: Likeness, reason: LookalikeReason) => {
    const [one, other] = a.personId < b.personId ? [a, b] : [b, a];
    const key = `${one.personId} ${other.personId}`;
    const pair = pairs.get(key);
    if (pair) pair.reasons.add(reason);
    else pairs.set(key, { one, other, reasons: new Set([reason]) });
  };
  for (const group of groupsBy(alike, ({ name, birthDate }) => `${name} ${birthDate}`)) {
    each(group, (a, b) => meet(a, b, 'name-and-birth'));
  }
  const numbered = alike.filter((person): person is Likeness & { body: string } => person.body !== null);
  for (let at = 0; at < 17; at += 1) {
    const masked = ({ body }: { body: string }) => `${body.slice(0, at)}*${body.slice(at + 1)}`;
    for (const group of groupsBy(numbered, masked)) {
      each(group, (a, b) => {
        if (a.body !== b.body) meet(a, b, 'number-one-digit');
      });
    }
  }
  const byBody = new Map<string, Likeness[]>();
  for (const person of numbered) byBody.set(person.body, [...(byBody.get(person.body) ?? []), person]);
  for (const person of numbered) {
    for (const swapped of swapsOf(person.body)) {
      for (const other of byBody.get(swapped) ?? []) meet(person, other, 'number-swapped');
    }
  }
  return [...pairs.values()].map(({ one, other, reasons }) => ({
    one: one.personId,
    other: other.personId,
    reasons: [...reasons],
  }));
}

function swapsOf(body: string): string[] {
  return [...body].flatMap((digit, at) => {
    const next = body[at + 1];
    return next === undefined || next === digit
      ? []
      : [body.slice(0, at) + next + digit + body.slice(at + 2)];
  });
}

function groupsBy<Person extends Likeness>(
  people: readonly Person[],
  keyOf: (person: Person) => string,
): Person[][] {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const key = keyOf(person);
    const group = groups.get(key);
    if (group) group.push(person);
    else groups.set(key, [person]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function each(group: readonly Likeness[], of: (a: Likeness, b: Likeness) => void): void {
  group.forEach((a, at) => group.slice(at + 1).forEach((b) => of(a, b)));
}
