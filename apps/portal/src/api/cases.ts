import type { components } from '@app/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';
import { sendPaperAct, type PaperAct } from './papers';

type Schemas = components['schemas'];
export type CaseDetail = Schemas['CaseDetail'];
export type CaseSummary = Schemas['CaseSummary'];
export type CaseStatus = CaseSummary['status'];
export type Term = Schemas['Term'];
export type ExplainedTerms = Schemas['ExplainedTerms'];
export type CaseDocument = Schemas['CaseDocument'];
/** How a document was brought to the person. */
export type Serving = Schemas['DocumentServiceRequest'];
export type CatalogueItem = Schemas['CatalogueItem'];

/** Which case: whose it is, and its id. */
export interface CaseKey {
  readonly owner: string;
  readonly caseId: string;
}

const keyOf = ({ owner, caseId }: CaseKey) => ['case', owner, caseId] as const;
const pathOf = ({ owner, caseId }: CaseKey) => ({ path: { owner, id: caseId } });

/** @param known false: which case it is has still to be found */
export function useCase(which: CaseKey, known = true) {
  return useQuery({
    queryKey: keyOf(which),
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/{owner}/cases/{id}', { params: pathOf(which), signal })),
    enabled: known,
  });
}

/** Why each term of the case ends when it ends. */
export function useTerms(which: CaseKey) {
  return useQuery({
    queryKey: [...keyOf(which), 'terms'],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/{owner}/cases/{id}/terms', { params: pathOf(which), signal })),
  });
}

/** The items in force at a place: their steps and papers by name. */
export function useCatalogue(division: string | undefined) {
  return useQuery({
    queryKey: ['catalogue', division?.slice(0, 6)],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/catalogue', { params: { query: { division: division! } }, signal }),
      ),
    enabled: division !== undefined,
    staleTime: 10 * 60_000,
  });
}

/** Who else may do what the case waits for. @param wanted asked for only when somebody wants to hand it over */
export function useColleagues(which: CaseKey, wanted: boolean) {
  return useQuery({
    queryKey: [...keyOf(which), 'colleagues'],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/workbench/queue/{caseId}/colleagues', {
          params: { path: { caseId: which.caseId } },
          signal,
        }),
      ),
    enabled: wanted,
  });
}

/** What somebody does with a case. */
export type CaseAct =
  | { readonly kind: 'claim' }
  | { readonly kind: 'release-claim' }
  | { readonly kind: 'hand-over-claim'; readonly to: string }
  | { readonly kind: 'consent'; readonly on: string; readonly onBehalf?: string }
  | { readonly kind: 'decline'; readonly on: string; readonly reason?: string; readonly onBehalf?: string }
  | { readonly kind: 'step'; readonly step: string; readonly note?: string; readonly received: string[] }
  | { readonly kind: 'grant'; readonly effectiveFrom?: string }
  | { readonly kind: 'refuse'; readonly reason: string; readonly remedy?: string }
  | { readonly kind: 'hand-over'; readonly to: string; readonly receipt: string }
  | { readonly kind: 'release'; readonly reason: string }
  | { readonly kind: 'stop'; readonly stoppedFrom: string; readonly reason: string }
  | { readonly kind: 'supplement'; readonly note?: string }
  | PaperAct
  | { readonly kind: 'serve'; readonly documentId: string; readonly serving: Serving };

/** One press of a button; what is sent twice with its key is done once. */
interface Command {
  readonly act: CaseAct;
  readonly version: number;
  readonly key: string;
}

async function send(which: CaseKey, { act, version, key }: Command): Promise<CaseSummary> {
  const { path } = pathOf(which);
  const header = { 'If-Match': `"${version}"` };
  const params = { path, header };
  const headers = { 'idempotency-key': key };
  switch (act.kind) {
    case 'claim':
      return answered(await api.POST('/api/{owner}/cases/{id}/claim', { params, headers }));
    case 'release-claim':
      return answered(await api.POST('/api/{owner}/cases/{id}/claim/release', { params, headers }));
    case 'hand-over-claim':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/claim/hand-over', { params, headers, body: { to: act.to } }),
      );
    case 'consent':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/consent', {
          params,
          headers,
          body: { consentedOn: act.on, onBehalf: act.onBehalf },
        }),
      );
    case 'decline':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/decline', {
          params,
          headers,
          body: { declinedOn: act.on, reason: act.reason, onBehalf: act.onBehalf },
        }),
      );
    case 'step':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/steps/{step}', {
          params: { path: { ...path, step: act.step }, header },
          headers,
          body: { note: act.note, received: act.received },
        }),
      );
    case 'grant':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/grant', {
          params,
          headers,
          body: { effectiveFrom: act.effectiveFrom },
        }),
      );
    case 'refuse':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/refuse', {
          params,
          headers,
          body: { reason: act.reason, remedy: act.remedy },
        }),
      );
    case 'hand-over':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/hand-over', {
          params,
          headers,
          body: { to: act.to, receipt: act.receipt },
        }),
      );
    case 'release':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/release', { params, headers, body: { reason: act.reason } }),
      );
    case 'stop':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/stop', {
          params,
          headers,
          body: { stoppedFrom: act.stoppedFrom, reason: act.reason },
        }),
      );
    case 'supplement':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/supplement', { params, headers, body: { note: act.note } }),
      );
    case 'receive':
    case 'check':
    case 'upload':
    case 'reject':
    case 'waive':
    case 'use':
    case 'prove':
      return sendPaperAct(act, path, header, headers);
    case 'serve':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/documents/{documentId}/service', {
          params: { path: { ...path, documentId: act.documentId }, header },
          headers,
          body: act.serving,
        }),
      );
  }
}

/** Does something with a case; whatever comes of it, what is shown of the case and of queues is asked anew. */
export function useCaseAct(which: CaseKey) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (command: Command) => send(which, command),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keyOf(which) }),
        queries.invalidateQueries({ queryKey: ['queue'] }),
      ]),
  });
}
