/** Operations: what runs, what stands, and what could not be handled. */
export const opsRoutes = {
  ops: '/ops',
  opsConsumers: '/ops/consumers',
  opsQueues: '/ops/queues',
  opsParked: '/ops/parked',
  opsMessage: '/ops/parked/:service/:id',
  opsReplays: '/ops/replays',
  opsReplay: '/ops/replays/:service/:replayId',
  opsOutbox: '/ops/outbox',
} as const;

/** Money: from the plan of a month to what the bank says of it. */
export const moneyRoutes = {
  payRuns: '/pay-runs',
  payRun: '/pay-runs/:runNo',
  difference: '/pay-runs/:runNo/difference',
  takeOvers: '/take-overs',
  takeOver: '/take-overs/:takeOverId',
} as const;

/** For whoever answers for a place: who is left out. */
export const supervisionRoutes = { coverage: '/coverage' } as const;

/** The open work of a place, for whoever answers for it. */
export const overviewRoutes = {
  deadlines: '/deadlines',
  workload: '/workload',
  stuck: '/stuck',
} as const;

/** What everybody has, and the work on cases. */
export const workRoutes = {
  signIn: '/sign-in',
  home: '/',
  queue: '/cases',
  case: '/cases/:owner/:caseId',
  chain: '/chains/:personId',
  person: '/persons/:personId',
  accessibility: '/accessibility',
  help: '/help',
  notFound: '*',
} as const;

/** Visits at home: who waits, and what was taken along. */
export const visitRoutes = { visits: '/visits', visitsAway: '/visits/away' } as const;

/** What goes to the person on paper, and what the person brings. */
export const caseRoutes = {
  document: '/cases/:owner/:caseId/documents/:documentId',
  paper: '/cases/:owner/:caseId/papers/:material',
} as const;

/** Every page of the portal; its router, its links and its tests take the paths from here. */
export const routes = {
  ...workRoutes,
  ...caseRoutes,
  ...visitRoutes,
  ...supervisionRoutes,
  ...overviewRoutes,
  ...opsRoutes,
  ...moneyRoutes,
} as const;

export type RouteName = keyof typeof routes;

/** Pages that somebody can look at without having signed in. */
export const openRoutes: readonly RouteName[] = ['signIn', 'accessibility', 'help', 'notFound', 'visitsAway'];

export const caseAt = (owner: string, caseId: string) => `/cases/${owner}/${caseId}`;
export const documentAt = (owner: string, caseId: string, documentId: string) =>
  `${caseAt(owner, caseId)}/documents/${documentId}`;
export const paperAt = (owner: string, caseId: string, material: string) =>
  `${caseAt(owner, caseId)}/papers/${material}`;
export const chainAt = (personId: string) => `/chains/${personId}`;
export const payRunAt = (runNo: number) => `/pay-runs/${runNo}`;
export const differenceAt = (runNo: number) => `/pay-runs/${runNo}/difference`;
export const takeOverAt = (takeOverId: string) => `/take-overs/${takeOverId}`;
export const parkedAt = (service: string, id: string) => `/ops/parked/${service}/${id}`;
export const replayAt = (service: string, replayId: string) => `/ops/replays/${service}/${replayId}`;
export const personAt = (personId: string) => `/persons/${personId}`;
/** @param back where to go after signing in; an address of ours holds ids, never anything of a person */
export const signInAt = (back: string) =>
  back === '/' ? routes.signIn : `${routes.signIn}?back=${encodeURIComponent(back)}`;

/** An address of our own to go back to; anything else is the home page. */
export function safeBack(back: string | null): string {
  return back !== null && /^\/(?![/\\])/.test(back) && !back.startsWith(routes.signIn) ? back : routes.home;
}
