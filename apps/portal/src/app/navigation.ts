import { routes } from '../routes';

interface Entry {
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
  readonly path: string;
  /** Who has one of them sees the entry; none: everybody. */
  readonly permissions: readonly string[];
}

const entries: readonly Entry[] = [
  { name: 'home', path: routes.home, permissions: [] },
  { name: 'queue', path: routes.queue, permissions: ['case:work'] },
  { name: 'visits', path: routes.visits, permissions: ['case:work'] },
  { name: 'deadlines', path: routes.deadlines, permissions: ['work:supervise'] },
  { name: 'workload', path: routes.workload, permissions: ['work:supervise'] },
  { name: 'stuck', path: routes.stuck, permissions: ['chain:read'] },
  { name: 'coverage', path: routes.coverage, permissions: ['gap:read'] },
  { name: 'payRuns', path: routes.payRuns, permissions: ['pay-run:read'] },
  { name: 'takeOvers', path: routes.takeOvers, permissions: ['take-over:read'] },
  { name: 'ops', path: routes.ops, permissions: ['delivery:operate'] },
];

/** The pages that somebody with these permissions can use. */
export function navigationOf(permissions: readonly string[]): readonly Entry[] {
  return entries.filter(
    (entry) => entry.permissions.length === 0 || entry.permissions.some((each) => permissions.includes(each)),
  );
}
