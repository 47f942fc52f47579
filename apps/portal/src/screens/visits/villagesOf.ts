/** Whoever lives in one village, one after another as they come. */
export interface Village<Visit> {
  readonly code: string;
  readonly place: string | null;
  readonly visits: readonly Visit[];
}

interface Placed {
  readonly divisionCode: string;
}

/** Visits village by village. */
export function villagesOf<Visit extends Placed>(
  visits: readonly Visit[],
  placeOf: (visit: Visit) => string | null,
): readonly Village<Visit>[] {
  const villages = new Map<string, Visit[]>();
  for (const visit of visits) {
    const there = villages.get(visit.divisionCode);
    if (there) there.push(visit);
    else villages.set(visit.divisionCode, [visit]);
  }
  return [...villages].map(([code, there]) => ({ code, place: placeOf(there[0]!), visits: there }));
}
