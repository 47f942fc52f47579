import type { components } from '@app/api-client';
import { useQuery } from '@tanstack/react-query';
import { answered, api } from './client';

type CaseSummary = components['schemas']['CaseSummary'];

/** What somebody does with a paper that the person brings, or with the proof that a document was served. */
export type PaperAct =
  | { readonly kind: 'receive' | 'check'; readonly material: string }
  | { readonly kind: 'upload'; readonly material: string; readonly file: File }
  | { readonly kind: 'reject' | 'waive'; readonly material: string; readonly reason: string }
  | { readonly kind: 'use'; readonly material: string; readonly paperId: string }
  | { readonly kind: 'prove'; readonly documentId: string; readonly file: File };

/** Kinds of files that services take as scans, and the largest. */
export const scans = { kinds: ['jpg', 'jpeg', 'png', 'webp', 'pdf'], megabytes: 20 } as const;

/** The file is the body, byte by byte; its name goes in a header, since addresses stand in logs. */
const bodyOf = (file: File) => ({ body: file as unknown as string, bodySerializer: () => file });
const headersOf = (file: File) => ({
  'content-type': file.type || 'application/octet-stream',
  'x-file-name': encodeURIComponent(file.name),
});

/** @param header the version that somebody looks at @param headers the key under which it is done once */
export async function sendPaperAct(
  act: PaperAct,
  path: { readonly owner: string; readonly id: string },
  header: { readonly 'If-Match': string },
  headers: Readonly<Record<string, string>>,
): Promise<CaseSummary> {
  if (act.kind === 'prove') {
    return answered(
      await api.POST('/api/{owner}/cases/{id}/documents/{documentId}/service/proof', {
        params: { path: { ...path, documentId: act.documentId }, header },
        headers: { ...headers, ...headersOf(act.file) },
        ...bodyOf(act.file),
      }),
    );
  }
  const params = { path: { ...path, material: act.material }, header };
  switch (act.kind) {
    case 'receive':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/receive', { params, headers }),
      );
    case 'check':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/check', { params, headers }),
      );
    case 'upload':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/file', {
          params,
          headers: { ...headers, ...headersOf(act.file) },
          ...bodyOf(act.file),
        }),
      );
    case 'reject':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/refuse', {
          params,
          headers,
          body: { reason: act.reason },
        }),
      );
    case 'waive':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/waive', {
          params,
          headers,
          body: { reason: act.reason },
        }),
      );
    case 'use':
      return answered(
        await api.POST('/api/{owner}/cases/{id}/materials/{material}/use', {
          params,
          headers,
          body: { paperId: act.paperId },
        }),
      );
  }
}

/** Which scan: of a paper of the case, or of the proof that a document was served. */
export type ScanKey = { readonly owner: string; readonly caseId: string } & (
  { readonly material: string } | { readonly documentId: string }
);

/**
 * The scan itself; every look at it stands in the audit, so it is asked for when somebody wants to see it, and kept only while it is shown.
 * @param at when it came: another one is asked for anew
 */
export function useScan(which: ScanKey, at: string, wanted: boolean) {
  return useQuery({
    queryKey: ['scan', which, at],
    queryFn: async ({ signal }): Promise<Blob> => {
      const path = { owner: which.owner, id: which.caseId };
      const { data } =
        'material' in which
          ? await api.GET('/api/{owner}/cases/{id}/materials/{material}/file', {
              params: { path: { ...path, material: which.material } },
              parseAs: 'blob',
              signal,
            })
          : await api.GET('/api/{owner}/cases/{id}/documents/{documentId}/service/proof', {
              params: { path: { ...path, documentId: which.documentId } },
              parseAs: 'blob',
              signal,
            });
      return data as unknown as Blob;
    },
    enabled: wanted,
    staleTime: Infinity,
    gcTime: 0,
  });
}
