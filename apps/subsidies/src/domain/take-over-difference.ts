/** What the old list would have paid a benefit in the months of the first run. */
export interface ExpectedLine {
  /** Row of the list; null where the row could not be read. */
  readonly row: number;
  /** Null: nobody on file has the number of the row. */
  readonly personId: string | null;
  readonly itemId: string | null;
  /** 分; null: the row could not be read. */
  readonly fen: number | null;
  /** Blind index of the account on the old list; null: it had none. */
  readonly token: string | null;
  /** Why it was not loaded; null: it was. */
  readonly notLoaded: string | null;
}

/** What the first run pays a benefit, or would if it were not left out. */
export interface ActualLine {
  readonly lineNo: number;
  readonly personId: string;
  readonly itemId: string;
  /** 分 */
  readonly fen: number;
  readonly token: string | null;
  /** Why it is left out of the run; null: it is paid. */
  readonly leftOut: string | null;
}

export const differenceKinds = ['missing', 'extra', 'amount-differs', 'account-differs'] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** A line in which the first run differs from the old list. */
export interface DifferenceLine {
  readonly kind: DifferenceKind;
  /** Of the old list; null: it is not on it. */
  readonly row: number | null;
  /** Of the run; null: it has none. */
  readonly lineNo: number | null;
  readonly personId: string | null;
  readonly itemId: string | null;
  /** 分; null: not on the list, or not to be read there. */
  readonly expectedFen: number | null;
  /** 分; 0: it is not paid. */
  readonly actualFen: number;
  /** Why it is missing, as findings and left-out reasons are named; null where nothing says so. */
  readonly why: string | null;
}

/**
 * Every line in which the run differs from the old list, in the order of the list, what is not on it last. A line may differ in amount and in
 * account. Nothing is expected of a row that pays nothing in these months.
 */
export function differenceOf(
  expected: readonly ExpectedLine[],
  actual: readonly ActualLine[],
): DifferenceLine[] {
  const lines = new Map(actual.map((line) => [`${line.personId} ${line.itemId}`, line]));
  const matched = new Set<ActualLine>();
  const differences = expected.flatMap((row): DifferenceLine[] => {
    const { personId, itemId, fen: expectedFen } = row;
    const key = personId === null ? null : `${personId} ${itemId}`;
    // A row that was not loaded is not what the run pays, though another row of the same benefit may be.
    const line = key === null || row.notLoaded !== null ? undefined : lines.get(key);
    if (line) matched.add(line);
    const of = { row: row.row, lineNo: line?.lineNo ?? null, personId, itemId, expectedFen };
    if (!line || line.leftOut !== null) {
      if (expectedFen === 0) return [];
      return [{ ...of, kind: 'missing', actualFen: 0, why: row.notLoaded ?? line?.leftOut ?? null }];
    }
    const differs = { ...of, actualFen: line.fen, why: null };
    return [
      ...(line.fen === expectedFen ? [] : [{ ...differs, kind: 'amount-differs' as const }]),
      ...(line.token === row.token ? [] : [{ ...differs, kind: 'account-differs' as const }]),
    ];
  });
  const extra = actual
    .filter((line) => !matched.has(line) && line.leftOut === null)
    .map(({ lineNo, personId, itemId, fen }): DifferenceLine => ({
      ...{ kind: 'extra', row: null, lineNo, personId, itemId, expectedFen: null, actualFen: fen, why: null },
    }));
  return [...differences, ...extra];
}

/** What a signature is of: every line as it was seen, in one text. */
export function textOfDifference(runNo: number, lines: readonly DifferenceLine[]): string {
  return [
    `run ${runNo}`,
    ...lines.map(({ kind, row, lineNo, personId, itemId, expectedFen, actualFen, why }) =>
      JSON.stringify([kind, row, lineNo, personId, itemId, expectedFen, actualFen, why]),
    ),
  ].join('\n');
}
