import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from 'react-router';
import { openRoutes, routes, type RouteName } from '../routes';
import { Broken } from './Broken';
import { SignedIn } from './SignedIn';
import { Shell } from './Shell';

/** Each page is fetched when it is gone to. A name without a page does not compile. */
const pages: Record<RouteName, LazyRouteFunction<RouteObject>> = {
  signIn: async () => ({ Component: (await import('../screens/sign-in/SignInScreen')).SignInScreen }),
  home: async () => ({ Component: (await import('../screens/home/HomeScreen')).HomeScreen }),
  queue: async () => ({ Component: (await import('../screens/queue/QueueScreen')).QueueScreen }),
  case: async () => ({ Component: (await import('../screens/case/CaseScreen')).CaseScreen }),
  document: async () => ({ Component: (await import('../screens/case/DocumentScreen')).DocumentScreen }),
  paper: async () => ({ Component: (await import('../screens/paper/PaperScreen')).PaperScreen }),
  visits: async () => ({ Component: (await import('../screens/visits/VisitsScreen')).VisitsScreen }),
  visitsAway: async () => ({ Component: (await import('../screens/visits/AwayScreen')).AwayScreen }),
  chain: async () => ({ Component: (await import('../screens/chain/ChainScreen')).ChainScreen }),
  person: async () => ({ Component: (await import('../screens/person/PersonScreen')).PersonScreen }),
  deadlines: async () => ({
    Component: (await import('../screens/deadlines/DeadlinesScreen')).DeadlinesScreen,
  }),
  workload: async () => ({ Component: (await import('../screens/workload/WorkloadScreen')).WorkloadScreen }),
  stuck: async () => ({ Component: (await import('../screens/stuck/StuckScreen')).StuckScreen }),
  coverage: async () => ({ Component: (await import('../screens/coverage/CoverageScreen')).CoverageScreen }),
  payRuns: async () => ({ Component: (await import('../screens/money/PayRunsScreen')).PayRunsScreen }),
  payRun: async () => ({ Component: (await import('../screens/money/PayRunScreen')).PayRunScreen }),
  difference: async () => ({
    Component: (await import('../screens/take-over/DifferenceScreen')).DifferenceScreen,
  }),
  takeOvers: async () => ({
    Component: (await import('../screens/take-over/TakeOversScreen')).TakeOversScreen,
  }),
  takeOver: async () => ({ Component: (await import('../screens/take-over/TakeOverScreen')).TakeOverScreen }),
  ops: async () => ({ Component: (await import('../screens/ops/OverviewScreen')).OverviewScreen }),
  opsConsumers: async () => ({
    Component: (await import('../screens/ops/ConsumersScreen')).ConsumersScreen,
  }),
  opsQueues: async () => ({ Component: (await import('../screens/ops/QueuesScreen')).QueuesScreen }),
  opsParked: async () => ({ Component: (await import('../screens/ops/ParkedScreen')).ParkedScreen }),
  opsMessage: async () => ({ Component: (await import('../screens/ops/MessageScreen')).MessageScreen }),
  opsReplays: async () => ({ Component: (await import('../screens/ops/ReplaysScreen')).ReplaysScreen }),
  opsReplay: async () => ({ Component: (await import('../screens/ops/ReplayScreen')).ReplayScreen }),
  opsOutbox: async () => ({ Component: (await import('../screens/ops/OutboxScreen')).OutboxScreen }),
  accessibility: async () => ({
    Component: (await import('../screens/public/AccessibilityScreen')).AccessibilityScreen,
  }),
  help: async () => ({ Component: (await import('../screens/public/HelpScreen')).HelpScreen }),
  notFound: async () => ({ Component: (await import('../screens/public/NotFoundScreen')).NotFoundScreen }),
};

const routeOf = (name: RouteName): RouteObject => ({ path: routes[name], lazy: pages[name] });
const names = Object.keys(routes) as RouteName[];

export const router = createBrowserRouter([
  {
    Component: Shell,
    ErrorBoundary: Broken,
    HydrateFallback: () => null,
    children: [
      ...names.filter((name) => openRoutes.includes(name)).map(routeOf),
      {
        Component: SignedIn,
        children: names.filter((name) => !openRoutes.includes(name)).map(routeOf),
      },
    ],
  },
]);
