import type { components } from '@app/api-client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type DeadlineOverview = Schemas['DeadlineOverview'];
export type StandingCounts = Schemas['StandingCounts'];
export type WorkloadOverview = Schemas['WorkloadOverview'];
export type HolderLoad = WorkloadOverview['holders'][number];
export type WaitingLoad = WorkloadOverview['waiting'][number];
export type SupervisedRequest = Schemas['SupervisedRequest'];
export type StuckItem = Schemas['StuckItem'];
export type StuckKind = StuckItem['kind'];

/** How an open case stands with its nearest term; in the order of urgency. */
export const standings = [
  'overdue',
  'promise-passed',
  'today',
  'week',
  'later',
  'paused',
  'unknown',
] as const satisfies readonly (keyof StandingCounts)[];
export type Standing = (typeof standings)[number];

/** Why something in a chain does not move. */
export const stuckKinds = [
  'unanswered',
  'missing-fact',
  'other-benefit',
  'parked',
] as const satisfies readonly StuckKind[];

/** Beside the lists of cases, so that whatever is done with a case asks these anew, too. */
const SUPERVISION = ['queue', 'supervision'] as const;
const PAGE = 50;
/** Boards are left standing open. */
const ANEW_MS = 60_000;

/** Open cases by division, item and how they stand. */
export function useDeadlines() {
  return useQuery({
    queryKey: [...SUPERVISION, 'deadlines'],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/workbench/supervision/deadlines', { signal })),
    refetchInterval: ANEW_MS,
  });
}

/** Who has what in hand, and what waits for whom. */
export function useWorkload() {
  return useQuery({
    queryKey: [...SUPERVISION, 'workload'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/workbench/supervision/workload', { signal })),
    refetchInterval: ANEW_MS,
  });
}

/** The cases behind a number. */
export function useSupervised(question: Omit<SupervisedRequest, 'limit'>) {
  return useQuery({
    queryKey: [...SUPERVISION, 'cases', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.POST('/api/workbench/supervision/cases', { body: { ...question, limit: PAGE }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** How much does not move, for each reason. */
export function useStuckCounts() {
  return useQuery({
    queryKey: ['stuck', 'counts'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/lifecycle/stuck/counts', { signal })),
  });
}

/** What does not move for one reason. */
export function useStuck(kind: StuckKind, after: string | null) {
  return useQuery({
    queryKey: ['stuck', 'list', kind, after],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/stuck', {
          params: { query: { kind, limit: PAGE, ...(after === null ? {} : { after }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
