interface Entry {
  /** As in `routes`. */
  readonly name:
    | 'home'
    | 'queue'
    | 'visits'
    | 'deadlines'
    | 'workload'
    | 'stuck'
    | 'coverage'
    | 'payRuns'
    | 'takeOvers'
    | 'ops';
  /** Who has one of them sees the entry; none: everybody. */
  readonly permissions: readonly string[];
  /** Of the member units only these have to do with it; absent: all. */
  readonly departments?: readonly string[];
}

/** What somebody may do, and for whom they work. */
export interface Holder {
  readonly permissions: readonly string[];
  readonly posts: readonly { readonly role: string; readonly department: string | null }[];
}

/** Who decides about money, and who pays it. */
const MONEY = ['civil-affairs', 'finance'];

const entries: readonly Entry[] = [
  { name: 'home', permissions: [] },
  { name: 'queue', permissions: ['case:work'] },
  { name: 'visits', permissions: ['case:work'] },
  { name: 'deadlines', permissions: ['work:supervise'] },
  { name: 'workload', permissions: ['work:supervise'] },
  { name: 'stuck', permissions: ['chain:read'] },
  { name: 'coverage', permissions: ['gap:read'] },
  { name: 'payRuns', permissions: ['pay-run:read'], departments: MONEY },
  { name: 'takeOvers', permissions: ['take-over:read'], departments: MONEY },
  { name: 'ops', permissions: ['delivery:operate'] },
];

/** The pages that somebody with these permissions, in these posts, can use. */
export function navigationOf({ permissions, posts }: Holder): readonly Entry[] {
  return entries.filter(
    ({ permissions: needed, departments }) =>
      (needed.length === 0 || needed.some((each) => permissions.includes(each))) &&
      (!departments ||
        posts.some(
          ({ role, department }) => role !== 'member-unit' || departments.includes(department ?? ''),
        )),
  );
}
