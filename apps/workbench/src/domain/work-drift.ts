/** What a copy and its original are compared by. */
export interface Compared {
  readonly caseId: string;
  readonly version: number;
  readonly status: string;
  /** End of the nearest running term, ISO 8601; null: none, or it stands still. */
  readonly dueAt: string | null;
}

export type DriftKind = 'missing' | 'extra' | 'different';

/** One case of which the copy does not say what its owner says. */
export interface Drift {
  readonly caseId: string;
  readonly kind: DriftKind;
  /** Null: the owner has none. */
  readonly owner: Omit<Compared, 'caseId'> | null;
  /** Null: the queue has none. */
  readonly queue: Omit<Compared, 'caseId'> | null;
}

/** Where the queue differs from the owner, in the order of the owner's cases; what only the queue has comes last. */
export function driftOf(owner: readonly Compared[], queue: readonly Compared[]): Drift[] {
  const copies = new Map(queue.map((copy) => [copy.caseId, copy]));
  const found = owner.flatMap((original): Drift[] => {
    const copy = copies.get(original.caseId);
    copies.delete(original.caseId);
    if (!copy) return [{ caseId: original.caseId, kind: 'missing', owner: told(original), queue: null }];
    return isSame(original, copy)
      ? []
      : [{ caseId: original.caseId, kind: 'different', owner: told(original), queue: told(copy) }];
  });
  return [
    ...found,
    ...[...copies.values()].map((copy): Drift => ({
      caseId: copy.caseId,
      kind: 'extra',
      owner: null,
      queue: told(copy),
    })),
  ];
}

function told({ version, status, dueAt }: Compared): Omit<Compared, 'caseId'> {
  return { version, status, dueAt };
}

function isSame(one: Compared, other: Compared): boolean {
  return one.version === other.version && one.status === other.status && one.dueAt === other.dueAt;
}

/** Of running terms the one that ends first. */
export function nearestDue(terms: readonly { readonly dueAt: string | null }[]): string | null {
  return terms.flatMap(({ dueAt }) => dueAt ?? []).sort()[0] ?? null;
}
