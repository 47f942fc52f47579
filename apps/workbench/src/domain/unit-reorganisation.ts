import { ReorganisationNotPossible } from './organisation-errors.js';
import { levelOf, reachOfDivision, within } from './unit-reach.js';

/** Where a division code went on a day. Several with one `from` are a split, several with one `to` a merger. */
export interface CodeMapping {
  readonly from: string;
  readonly to: string;
}

export interface CodeChange extends CodeMapping {
  /** First day of the new code. */
  readonly on: string;
}

/** A division that a re-organisation brings about; the one above it follows from its code. */
export interface NewDivision {
  readonly divisionCode: string;
  readonly name: string;
}

/** A division as it stands the day before. */
export interface StandingDivision {
  readonly unitId: string;
  readonly divisionCode: string;
  readonly validFrom: string;
}

/** What becomes of the units of a re-organisation. */
export interface ReorganisationPlan {
  /** Divisions that end, with the one code that takes over their people and offices; null where it was split. */
  readonly ended: readonly {
    readonly unitId: string;
    readonly code: string;
    readonly successor: string | null;
  }[];
  readonly begun: readonly NewDivision[];
}

/**
 * A merger, split or re-coding as one act: codes that are mapped away end, new ones begin, one that is mapped to and stands
 * already goes on.
 * @throws ReorganisationNotPossible with what to do instead
 */
export function planReorganisation(
  act: {
    readonly on: string;
    readonly mappings: readonly CodeMapping[];
    readonly divisions: readonly NewDivision[];
  },
  /** Every division in the reach of the codes that are named, by code. */
  standing: ReadonlyMap<string, StandingDivision>,
  today: string,
): ReorganisationPlan {
  const refuse = (text: string, codes: readonly string[]) => {
    if (codes.length > 0) throw new ReorganisationNotPossible(text, { codes });
  };
  if (act.on > today) {
    throw new ReorganisationNotPossible('区划调整尚未生效，请在生效当日或之后办理。', { on: act.on });
  }
  const from = [...new Set(act.mappings.map((mapping) => mapping.from))];
  const to = new Set(act.mappings.map((mapping) => mapping.to));
  const begun = new Set(act.divisions.map(({ divisionCode }) => divisionCode));
  refuse(
    '这些对应关系写了两次，请各保留一条。',
    repeated(act.mappings.map((mapping) => `${mapping.from} → ${mapping.to}`)),
  );
  refuse(
    '这些新设单位写了两次，请各保留一条。',
    repeated(act.divisions.map(({ divisionCode }) => divisionCode)),
  );
  refuse(
    '这些原代码没有对应的单位，请核对原代码。',
    from.filter((code) => !standing.has(code)),
  );
  refuse(
    '这些单位在调整日之后才设立，请核对调整日。',
    from.filter((code) => standing.get(code)!.validFrom >= act.on),
  );
  // A code that goes on with what it takes in is mapped to itself, so that its past is one line.
  const staying = act.mappings
    .filter((mapping) => mapping.from === mapping.to)
    .map((mapping) => mapping.from);
  const ending = from.filter((code) => !staying.includes(code));
  refuse(
    '这些新代码已有单位，不需要新设，请从新设单位中删去。',
    [...begun].filter((code) => standing.has(code)),
  );
  refuse(
    '这些新代码没有单位，请在新设单位中列出。',
    [...to].filter((code) => !begun.has(code) && !standing.has(code)),
  );
  refuse(
    '这些新设单位没有说明由哪个原代码调整而来，请补充对应关系。',
    [...begun].filter((code) => !to.has(code)),
  );
  const forgotten = [...standing.keys()].filter(
    (code) => !from.includes(code) && ending.some((ended) => within(code, reachOfDivision(ended))),
  );
  refuse('这些下级单位没有说明调整后的代码，请一并列出。', forgotten);
  const levelDiffers = act.mappings.filter((mapping) => levelOf(mapping.from) !== levelOf(mapping.to));
  refuse(
    '原代码与新代码不是同一级区划，请核对。',
    levelDiffers.map((mapping) => mapping.from),
  );
  refuse(
    '这些代码同时被并出又被并入，请核对对应关系。',
    ending.filter((code) => to.has(code)),
  );
  return {
    ended: ending.map((code) => {
      const became = act.mappings.filter((mapping) => mapping.from === code).map((mapping) => mapping.to);
      return { unitId: standing.get(code)!.unitId, code, successor: became.length === 1 ? became[0]! : null };
    }),
    begun: act.divisions,
  };
}

/**
 * What a code of one day is on another day, through every change between: forward to what it became, back to what it was.
 * @param changes in any order; those outside the two days are left aside
 * @returns one code, or several after a split or before a merger
 */
export function codesOn(code: string, asOf: string, on: string, changes: readonly CodeChange[]): string[] {
  const forward = on >= asOf;
  const [after, until] = forward ? [asOf, on] : [on, asOf];
  const days = [...new Set(changes.map((change) => change.on))]
    .filter((day) => day > after && day <= until)
    .sort((one, other) => (one < other ? -1 : 1) * (forward ? 1 : -1));
  let codes = [code];
  for (const day of days) {
    const ofDay = changes.filter((change) => change.on === day);
    codes = codes.flatMap((each) => {
      const next = forward
        ? ofDay.filter(({ from }) => from === each).map(({ to }) => to)
        : ofDay.filter(({ to }) => to === each).map(({ from }) => from);
      return next.length > 0 ? next : [each];
    });
    codes = [...new Set(codes)];
  }
  return codes.sort();
}

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, place) => texts.indexOf(text) < place);
}
