import type { components } from '@app/api-client';
import { useQuery } from '@tanstack/react-query';
import type { CaseDetail, CaseKey } from './cases';
import { answered, api } from './client';

export type VisitPage = components['schemas']['VisitPage'];
export type WaitingVisit = VisitPage['visits'][number];

const VISITS = ['queue', 'visits'] as const;
export const VISITS_PAGE = 50;

/** Whom one has to visit, village by village. */
export function useVisits(after: string | null) {
  return useQuery({
    queryKey: [...VISITS, after],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/workbench/queue/visits', {
          params: { query: { limit: VISITS_PAGE, ...(after ? { after } : {}) } },
          signal,
        }),
      ),
  });
}

/** A case as it stands now, asked for once: what is taken along is kept elsewhere than in the page's memory. */
export const caseNow = async ({ owner, caseId }: CaseKey): Promise<CaseDetail> =>
  answered(await api.GET('/api/{owner}/cases/{id}', { params: { path: { owner, id: caseId } } }));

/** The items in force at a place, for the names of their papers. */
export const catalogueNow = async (division: string) =>
  answered(await api.GET('/api/lifecycle/catalogue', { params: { query: { division } } }));

/** One matter of a visit, as it is told to the owner of the case. */
export interface ToldVisit extends CaseKey {
  readonly step: string;
  readonly version: number;
  readonly key: string;
  readonly note: string;
  readonly received: readonly string[];
}

/** Tells that the step was done at home; the same key tells it once, however often it is sent. */
export const tellVisit = async ({ owner, caseId, step, version, key, note, received }: ToldVisit) =>
  answered(
    await api.POST('/api/{owner}/cases/{id}/steps/{step}', {
      params: { path: { owner, id: caseId, step }, header: { 'If-Match': `"${version}"` } },
      headers: { 'idempotency-key': key },
      body: { note, received: [...received] },
    }),
  );
