import { standings, type DeadlineOverview, type StandingCounts } from '../../api/supervision';

type Cell = DeadlineOverview['cells'][number];

export interface Sum {
  /** One of the cells that are summed. */
  readonly first: Cell;
  readonly counts: StandingCounts;
}

/** The numbers of cells with the same key together; most overdue first, then in the order in which they came. */
export function sumsBy(cells: readonly Cell[], keyOf: (cell: Cell) => string): Sum[] {
  const sums = new Map<string, Sum>();
  for (const cell of cells) {
    const known = sums.get(keyOf(cell));
    sums.set(keyOf(cell), {
      first: known?.first ?? cell,
      counts: known ? together(known.counts, cell.counts) : cell.counts,
    });
  }
  return [...sums.values()].sort((one, other) => (other.counts.overdue ?? 0) - (one.counts.overdue ?? 0));
}

function together(one: StandingCounts, other: StandingCounts): StandingCounts {
  return Object.fromEntries(
    standings.flatMap((standing) => {
      const sum = (one[standing] ?? 0) + (other[standing] ?? 0);
      return sum > 0 ? [[standing, sum]] : [];
    }),
  );
}

/** All of them. */
export const sumOf = (counts: StandingCounts): number =>
  standings.reduce((sum, standing) => sum + (counts[standing] ?? 0), 0);
