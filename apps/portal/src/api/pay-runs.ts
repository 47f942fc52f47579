import type { components } from '@app/api-client';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type PayRun = Schemas['PayRun'];
export type PayRunDetail = Schemas['PayRunDetail'];
export type PayRunState = PayRun['state'];
export type RunLine = Schemas['PayRunLines']['lines'][number];
export type RunFinding = Schemas['PayRunFindings']['findings'][number];
export type ReturnReport = Schemas['ReturnReport'];

export const RUN_PAGE = 20;
export const LINE_PAGE = 50;

/** How often a run is looked at while the service works on it. */
const LOOK_AGAIN_MS = 2_000;

const RUNS = ['pay-runs'] as const;
const keyOf = (runNo: number) => ['pay-run', runNo] as const;
const pathOf = (runNo: number) => ({ path: { runNo } });

/** What the service does by itself, until it waits for a person again. */
export const isAtWork = (state: PayRunState): boolean =>
  state === 'planning' || state === 'approved' || state === 'ordering';

/** @param before `next` of the page before; null: the newest */
export function useRuns(before: number | null) {
  return useQuery({
    queryKey: [...RUNS, before],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/pay-runs', {
          params: { query: { limit: RUN_PAGE, ...(before === null ? {} : { before }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useRun(runNo: number) {
  return useQuery({
    queryKey: keyOf(runNo),
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/subsidies/pay-runs/{runNo}', { params: pathOf(runNo), signal })),
    refetchInterval: ({ state: { data } }) => (data && isAtWork(data.state) ? LOOK_AGAIN_MS : false),
  });
}

/** What is asked of the lines of a run, beside the page. */
export interface LineQuestion {
  readonly state?: RunLine['state'];
  readonly reason?: string;
  readonly after?: number;
}

export function useRunLines(runNo: number, question: LineQuestion) {
  return useQuery({
    queryKey: [...keyOf(runNo), 'lines', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/pay-runs/{runNo}/lines', {
          params: { ...pathOf(runNo), query: { ...question, limit: LINE_PAGE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** What is asked of what is to be looked at, beside the page. */
export interface FindingQuestion {
  readonly state?: RunFinding['state'];
  readonly owner?: string;
  readonly after?: string;
}

export function useRunFindings(runNo: number, question: FindingQuestion) {
  return useQuery({
    queryKey: [...keyOf(runNo), 'findings', question],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/pay-runs/{runNo}/findings', {
          params: { ...pathOf(runNo), query: { ...question, limit: LINE_PAGE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** How payers of money want their files. */
export function useBankFormats() {
  return useQuery({
    queryKey: ['bank-formats'],
    queryFn: async ({ signal }) => answered(await api.GET('/api/subsidies/bank-formats', { signal })),
    staleTime: 60_000,
  });
}

/** Whatever came of it, what is shown of runs is asked anew. */
function useRenewal() {
  const queries = useQueryClient();
  return (runNo?: number) =>
    Promise.all([
      queries.invalidateQueries({ queryKey: RUNS }),
      ...(runNo === undefined ? [] : [queries.invalidateQueries({ queryKey: keyOf(runNo) })]),
    ]);
}

export function useBeginRun() {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (body: Schemas['BeginPayRun']) =>
      answered(await api.POST('/api/subsidies/pay-runs', { body })),
    onSettled: () => renew(),
  });
}

/** A second person approves what they saw. */
export function useApproveRun(runNo: number) {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (body: Schemas['ApprovePayRun']) =>
      answered(await api.POST('/api/subsidies/pay-runs/{runNo}/approve', { params: pathOf(runNo), body })),
    onSettled: () => renew(runNo),
  });
}

export function useCancelRun(runNo: number) {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (body: Schemas['CancelPayRun']) =>
      answered(await api.POST('/api/subsidies/pay-runs/{runNo}/cancel', { params: pathOf(runNo), body })),
    onSettled: () => renew(runNo),
  });
}

/** Somebody looked: the person is paid, or not this time. */
export function useSettleFinding(runNo: number) {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (body: Schemas['SettleFinding']) =>
      answered(await api.POST('/api/subsidies/pay-runs/{runNo}/findings', { params: pathOf(runNo), body })),
    onSettled: () => renew(runNo),
  });
}

/** A file as it came, with the name that the service gave it. */
export interface Exported {
  readonly name: string;
  readonly content: Blob;
}

export function useExportRun(runNo: number) {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (format: string): Promise<Exported> => {
      const { data, response } = await api.POST('/api/subsidies/pay-runs/{runNo}/file', {
        params: { ...pathOf(runNo), query: { format } },
        parseAs: 'blob',
      });
      const [, name] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
      return { name: name ?? `${runNo}.txt`, content: data as unknown as Blob };
    },
    onSettled: () => renew(runNo),
  });
}

/** The file of the bank is the body, byte by byte. */
export function useTakeReturn(runNo: number) {
  const renew = useRenewal();
  return useMutation({
    mutationFn: async (file: File): Promise<ReturnReport> =>
      answered(
        await api.POST('/api/subsidies/pay-runs/{runNo}/returns', {
          params: pathOf(runNo),
          headers: { 'content-type': 'application/octet-stream' },
          body: file as unknown as string,
          bodySerializer: () => file,
        }),
      ),
    onSettled: () => renew(runNo),
  });
}
