import type { components, paths } from '@app/api-client';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type Gap = Schemas['Gap'];
export type GapKind = Gap['kind'];
export type Gaps = Schemas['Gaps'];
export type Reconciliation = Schemas['Reconciliation'];
export type Distrusted = Schemas['Distrusted'];
export type TrendPoint = Schemas['GapTrend']['points'][number];
export type GapVillages = Schemas['GapVillages'];
export type ReleaseGaps = Schemas['ReleaseGaps'];
/** What is asked of the lists. */
export type GapQuestion = Pick<
  NonNullable<paths['/api/lifecycle/gaps']['get']['parameters']['query']>,
  'kind' | 'state' | 'owner' | 'after'
>;

export const GAP_PAGE = 50;
const GAPS = ['gaps'] as const;
const FOUND = ['list', 'villages', 'trend'] as const;
/** A run goes on by itself; how far it is is asked this often. */
const RUNNING_MS = 3_000;

/** The newest runs, and how far one is that is under way. What they found is asked anew when the newest is done. */
export function useReconciliations() {
  const queries = useQueryClient();
  const runs = useQuery({
    queryKey: [...GAPS, 'runs'],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/lifecycle/reconciliations', { params: { query: { limit: 10 } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.runs.some(({ status }) => status === 'running') ? RUNNING_MS : false,
  });
  const done = runs.data?.runs.find(({ status }) => status === 'done')?.runId;
  const seen = useRef(done);
  useEffect(() => {
    if (done !== seen.current) {
      for (const kind of FOUND) void queries.invalidateQueries({ queryKey: [...GAPS, kind] });
    }
    seen.current = done;
  }, [done, queries]);
  return runs;
}

export function useGapTrend() {
  return useQuery({
    queryKey: [...GAPS, 'trend'],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/reconciliations/trend', { params: { query: { limit: 10 } }, signal }),
      ),
  });
}

export function useGaps(question: GapQuestion) {
  return useQuery({
    queryKey: [...GAPS, 'list', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/gaps', {
          params: { query: { ...question, limit: GAP_PAGE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useGapVillages(after: string | undefined) {
  return useQuery({
    queryKey: [...GAPS, 'villages', after],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/gaps/villages', { params: { query: { after, limit: 20 } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Runs a change, and asks everything about gaps anew. */
function useGapChange<Asked, Answer>(change: (asked: Asked) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: GAPS }),
  });
}

export const useStartReconciliation = () =>
  useGapChange(async () => answered(await api.POST('/api/lifecycle/reconciliations', { body: {} })));

/** Gaps of a village become tasks, each with an owner and a clock. */
export const useReleaseGaps = () =>
  useGapChange(async (body: ReleaseGaps) =>
    answered(await api.POST('/api/lifecycle/gaps/release', { body })),
  );

export const useAnswerGap = () =>
  useGapChange(async (body: Schemas['AnswerGap']) =>
    answered(await api.POST('/api/lifecycle/gaps/answer', { body })),
  );
