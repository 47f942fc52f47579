import type { components } from '@app/api-client';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type QueuePage = Schemas['WorkPage'];
export type QueueRow = Schemas['WorkLine'];
export type QueueCounts = Schemas['WorkCounts'];
type SearchRequest = Schemas['QueueSearchRequest'];

/** What is asked of the queue, beside the page. */
export type QueueQuestion = Pick<
  SearchRequest,
  'view' | 'sort' | 'owner' | 'item' | 'status' | 'due' | 'after'
>;

export const PAGE_SIZE = 50;

const QUEUE = ['queue'] as const;

export function useQueue(question: QueueQuestion) {
  return useQuery({
    queryKey: [...QUEUE, 'list', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/workbench/queue', {
          params: { query: { ...question, limit: PAGE_SIZE } },
          signal,
        }),
      ),
    // The page before stays until the next one is there: nothing jumps.
    placeholderData: keepPreviousData,
  });
}

/** Whoever has this name, in the lists of this question. The name goes in the body, and is no part of what is kept. */
export function useQueueSearch(name: string | null) {
  return useQuery({
    queryKey: [...QUEUE, 'search', name],
    queryFn: async ({ signal }) =>
      answered(
        await api.POST('/api/workbench/queue/search', {
          body: { name: name!, view: 'all', sort: 'due', limit: PAGE_SIZE },
          signal,
        }),
      ),
    enabled: name !== null,
    gcTime: 0,
  });
}

export function useCounts() {
  return useQuery({
    queryKey: [...QUEUE, 'counts'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/workbench/queue/counts', { signal })),
  });
}

/** Takes the next case that waits, of those that are looked at; null: nothing does. */
export function useTakeNext() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (filter: Schemas['TakeNextRequest']): Promise<QueueRow | null> => {
      const { data, response } = await api.POST('/api/workbench/queue/take-next', {
        body: filter,
        headers: { 'idempotency-key': crypto.randomUUID() },
      });
      return response.status === 204 ? null : (data ?? null);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: QUEUE }),
  });
}
