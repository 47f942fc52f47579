import type { components } from '@app/api-client';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';
import { isProblem } from './problem';

type Schemas = components['schemas'];
export type TakeOverDetail = Schemas['TakeOverDetail'];
export type TakeOverState = TakeOverDetail['state'];
export type TakeOverFinding = Schemas['TakeOverFindings']['findings'][number];
export type TakeOverList = TakeOverFinding['list'];
export type Village = TakeOverDetail['villages'][number];
export type Difference = Schemas['FirstRunDifference'];
export type DifferenceLine = Difference['lines'][number];
export type DifferenceKind = DifferenceLine['kind'];

export const FINDING_PAGE = 50;

const keyOf = (takeOverId: string) => ['take-over', takeOverId] as const;
/** Of a run: asked anew with it. */
const differenceOf = (runNo: number) => ['pay-run', runNo, 'difference'] as const;

export function useTakeOvers() {
  return useQuery({
    queryKey: ['take-overs'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/subsidies/take-overs', { signal })),
  });
}

export function useTakeOver(takeOverId: string) {
  return useQuery({
    queryKey: keyOf(takeOverId),
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/take-overs/{id}', { params: { path: { id: takeOverId } }, signal }),
      ),
  });
}

/** What is asked of what was found, beside the page. */
export interface TakeOverQuestion {
  readonly list?: TakeOverList;
  readonly kind?: TakeOverFinding['kind'];
  readonly after?: number;
}

export function useTakeOverFindings(takeOverId: string, question: TakeOverQuestion) {
  return useQuery({
    queryKey: [...keyOf(takeOverId), 'findings', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/take-overs/{id}/findings', {
          params: { path: { id: takeOverId }, query: { ...question, limit: FINDING_PAGE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** A supervisor answers for the list of a village as they saw it. */
export function useReleaseVillage(takeOverId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Schemas['ReleaseVillage']) =>
      answered(
        await api.POST('/api/subsidies/take-overs/{id}/villages', {
          params: { path: { id: takeOverId } },
          body,
        }),
      ),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keyOf(takeOverId) }),
        queries.invalidateQueries({ queryKey: ['take-overs'] }),
      ]),
  });
}

async function difference(runNo: number, signal: AbortSignal): Promise<Difference> {
  return answered(
    await api.GET('/api/subsidies/pay-runs/{runNo}/difference', { params: { path: { runNo } }, signal }),
  );
}

/** Line by line what the first run after a take-over pays otherwise than the old list. */
export function useDifference(runNo: number) {
  return useQuery({
    queryKey: differenceOf(runNo),
    queryFn: ({ signal }) => difference(runNo, signal),
  });
}

/** The same for a run of which it is not known whether it is a first one; null: it is not. */
export function useDifferenceIfAny(runNo: number) {
  return useQuery({
    queryKey: [...differenceOf(runNo), 'if-any'],
    queryFn: ({ signal }) =>
      difference(runNo, signal).catch((error: unknown) => {
        if (isProblem(error, 404)) return null;
        throw error;
      }),
  });
}

export function useSignDifference(runNo: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Schemas['SignDifference']) =>
      answered(
        await api.POST('/api/subsidies/pay-runs/{runNo}/difference/signatures', {
          params: { path: { runNo } },
          body,
        }),
      ),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['pay-run', runNo] }),
        queries.invalidateQueries({ queryKey: ['take-overs'] }),
      ]),
  });
}
