/** One matter of a person that a visit serves, as it stood when it was taken along. */
export interface KeptMatter {
  readonly owner: string;
  readonly caseId: string;
  readonly title: string;
  readonly step: string;
  readonly stepTitle: string;
  /** The version of the case that one has looked at: `If-Match` when the visit is told. */
  readonly version: number;
  /** Papers that the person may bring out at home. */
  readonly papers: readonly { readonly material: string; readonly title: string }[];
}

/** What was written down of one matter. */
export interface MatterRecord {
  readonly done: boolean;
  readonly received: readonly string[];
  /** Made on the device, once: what is sent twice with it is done once. */
  readonly key: string;
  /** It was sent, and nothing came back: it may have arrived, so it is sent again as it is. */
  readonly uncertain?: true;
  /** Why it was refused. */
  readonly refused?: Refused;
}

/** What a service said to it. */
export interface Refused {
  readonly status: number;
  readonly slug: string | null;
  readonly detail: string | null;
}

/** What was written, without what became of sending it. */
export const asWritten = ({ done, received, key }: MatterRecord): MatterRecord => ({ done, received, key });

/** What was written down of one visit. */
export interface VisitRecord {
  /** `YYYY-MM-DD` */
  readonly visitedOn: string;
  readonly note: string;
  /** Written to its end, and to be told; else it is a draft. */
  readonly ready: boolean;
  /** By case. */
  readonly matters: Readonly<Record<string, MatterRecord>>;
}

/** Somebody who is to be visited: no full name, no number, no address. */
export interface KeptVisit {
  readonly personId: string;
  /** Masked; null: not known. */
  readonly personName: string | null;
  readonly divisionCode: string;
  readonly place: string | null;
  /** Instant, ISO 8601: from then on its term runs. */
  readonly takenAt: string;
  readonly matters: readonly KeptMatter[];
  readonly record: VisitRecord | null;
}

/** All that one user has taken along. */
export interface Bag {
  /** `YYYY-MM-DD`: for which day. */
  readonly day: string;
  readonly visits: readonly KeptVisit[];
}

const DAY_MS = 86_400_000;
/** The local copy of a draft is wiped after so many days (design, section 6.10). */
const KEPT_DAYS = 7;

export const endOf = ({ takenAt }: KeptVisit): number => Date.parse(takenAt) + KEPT_DAYS * DAY_MS;

/** What is to be told of a matter, if anything is. */
export const toTell = ({ record }: KeptVisit, caseId: string): MatterRecord | null => {
  const matter = record?.ready ? record.matters[caseId] : undefined;
  return matter?.done ? matter : null;
};

/** How many matters wait to be told. */
export const unsentOf = (visits: readonly KeptVisit[]): number =>
  visits.reduce(
    (sum, visit) => sum + visit.matters.filter(({ caseId }) => toTell(visit, caseId) !== null).length,
    0,
  );

/** The bag with one visit changed; null: it is done with. */
export const withVisit = (
  bag: Bag,
  personId: string,
  change: (visit: KeptVisit) => KeptVisit | null,
): Bag => ({
  ...bag,
  visits: bag.visits.flatMap((visit) => (visit.personId === personId ? (change(visit) ?? []) : visit)),
});

/** The visit without a matter that was told or given up; a visit without matters is done with. */
export function withoutMatter(visit: KeptVisit, caseId: string): KeptVisit | null {
  const matters = visit.matters.filter((each) => each.caseId !== caseId);
  if (matters.length === 0) return null;
  const record = visit.record && {
    ...visit.record,
    matters: Object.fromEntries(Object.entries(visit.record.matters).filter(([id]) => id !== caseId)),
  };
  // What was left for another time is no record any more once everything else has been told.
  const left = record && Object.values(record.matters).some(({ done }) => done);
  return { ...visit, matters, record: left ? record : null };
}

/** What is taken along now, beside what was taken along before: what was written down stays as it is. */
export function together(before: Bag | null, day: string, taken: readonly KeptVisit[]): Bag {
  const written = (before?.visits ?? []).filter(({ record }) => record !== null);
  const known = new Set(taken.map(({ personId }) => personId));
  const kept = (before?.visits ?? []).filter(
    ({ record, personId }) => record === null && !known.has(personId),
  );
  const busy = new Set(written.map(({ personId }) => personId));
  return { day, visits: [...written, ...kept, ...taken.filter(({ personId }) => !busy.has(personId))] };
}

/** One matter and its record changed; of others nothing. */
export const withMatter = (
  bag: Bag,
  personId: string,
  caseId: string,
  change: { readonly version?: number; record(record: MatterRecord): MatterRecord },
): Bag =>
  withVisit(bag, personId, (visit) => {
    const record = visit.record?.matters[caseId];
    if (!visit.record || !record) return visit;
    return {
      ...visit,
      matters: visit.matters.map((matter) =>
        matter.caseId === caseId ? { ...matter, version: change.version ?? matter.version } : matter,
      ),
      record: { ...visit.record, matters: { ...visit.record.matters, [caseId]: change.record(record) } },
    };
  });
