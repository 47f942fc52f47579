import type { components } from '@app/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type OperationsOverview = Schemas['OperationsOverview'];
export type SeenService = Schemas['SeenService'];
export type ParkedLine = Schemas['SeenParked']['rows'][number];
export type ParkedMessage = Schemas['ToldParkedMessage'];
export type ParkedDetail = Schemas['ParkedDetail'];
export type ReplayResult = Schemas['ReplayResult'] & { readonly delivered?: boolean | null };
export type Replay = Schemas['ToldReplay'];
export type ReplayLine = Schemas['SeenReplays']['rows'][number];
export type QueueCheck = Schemas['QueueCheck'];

/** What changes by itself is asked this often, unless somebody stops it. */
export const REFRESH_SECONDS = 15;

const OPS = ['ops'] as const;
/** Which service: asked through the gateway, whose own `/ops` it is. */
const pathOf = (service: string) => ({ owner: service, service });

export function useOverview(paused: boolean) {
  return useQuery({
    queryKey: [...OPS, 'overview'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/workbench/operations/overview', { signal })),
    refetchInterval: paused ? false : REFRESH_SECONDS * 1000,
  });
}

export function useParked() {
  return useQuery({
    queryKey: [...OPS, 'parked'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/workbench/operations/parked', { signal })),
  });
}

export function useParkedMessage(service: string, id: string) {
  return useQuery({
    queryKey: [...OPS, 'message', service, id],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/{owner}/ops/services/{service}/parked/{id}', {
          params: { path: { ...pathOf(service), id } },
          signal,
        }),
      ),
  });
}

export function useReplays() {
  return useQuery({
    queryKey: [...OPS, 'replays'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/workbench/operations/replays', { signal })),
  });
}

export function useReplay(service: string, replayId: string) {
  return useQuery({
    queryKey: [...OPS, 'replay', service, replayId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/{owner}/ops/services/{service}/replays/{replayId}', {
          params: { path: { ...pathOf(service), replayId } },
          signal,
        }),
      ),
  });
}

/** What would come of a replay of this message and of what waits behind it. */
export function useDryRun(service: string, id: string) {
  return useMutation({
    mutationFn: async () =>
      answered(
        await api.POST('/api/{owner}/ops/services/{service}/parked/dry-run', {
          params: { path: pathOf(service) },
          body: { id },
        }),
      ),
  });
}

/** Whatever comes of it, what is shown of operations is asked anew. */
function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => queries.invalidateQueries({ queryKey: OPS }) });
}

export function useProposeReplay(service: string, id: string) {
  return useChange(async (reason: string) =>
    answered(
      await api.POST('/api/{owner}/ops/services/{service}/replays', {
        params: { path: pathOf(service) },
        body: { id, reason },
      }),
    ),
  );
}

export function useApproveReplay(service: string, replayId: string) {
  return useChange(async () =>
    answered(
      await api.POST('/api/{owner}/ops/services/{service}/replays/{replayId}/approve', {
        params: { path: { ...pathOf(service), replayId } },
      }),
    ),
  );
}

export function useFailedJobs(service: string, queue: string) {
  return useQuery({
    queryKey: [...OPS, 'failed-jobs', service, queue],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/{owner}/ops/services/{service}/queues/{queue}/failed', {
          params: { path: { ...pathOf(service), queue } },
          signal,
        }),
      ),
  });
}

export function useRetryJobs(service: string, queue: string) {
  return useChange(async () =>
    answered(
      await api.POST('/api/{owner}/ops/services/{service}/queues/{queue}/retry', {
        params: { path: { ...pathOf(service), queue } },
        body: {},
      }),
    ),
  );
}

type Owner = Schemas['QueueCheckRequest']['owner'];

/** Compares every case of an owner with the work queue, page by page, and takes the owner's word. */
export function useCheckQueue() {
  return useMutation({
    mutationFn: async (owner: string) => {
      const sum = { compared: 0, drift: 0, repaired: 0 };
      let after: string | null = null;
      do {
        const page: QueueCheck = answered(
          await api.POST('/api/workbench/queue/checks', {
            body: { owner: owner as Owner, after, repair: true },
          }),
        );
        sum.compared += page.compared;
        sum.drift += page.missing + page.extra + page.different;
        sum.repaired += page.repaired;
        after = page.next;
      } while (after !== null);
      return sum;
    },
  });
}
