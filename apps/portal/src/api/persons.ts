import type { components } from '@app/api-client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answered, api } from './client';

type Schemas = components['schemas'];
export type PersonFile = Schemas['PersonFile'];
export type ChainRound = Schemas['Round'];
export type ChainItem = Schemas['RoundItem'];
export type TableItem = Schemas['TableItem'];

/** The file of a person, with name and numbers masked. */
export function usePerson(personId: string | undefined) {
  return useQuery({
    queryKey: ['person', personId],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/registry/persons/{id}', { params: { path: { id: personId! } }, signal })),
    enabled: personId !== undefined,
  });
}

/** The name in the clear, for a purpose that stands in the file from then on. */
export function useClearName(personId: string) {
  return useMutation({
    mutationFn: async (purpose: string) =>
      answered(
        await api.POST('/api/registry/persons/{id}/reveal', {
          params: { path: { id: personId } },
          body: { field: 'name', purpose },
        }),
      ).value,
    // Kept nowhere: it is shown where it is needed, and gone with that.
    gcTime: 0,
  });
}

/** Who read what of the file in clear, and why. */
export function usePersonReads(personId: string) {
  return useQuery({
    queryKey: ['person', personId, 'reads'],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/registry/persons/{id}/reads', { params: { path: { id: personId } }, signal }),
      ),
  });
}

export function useChain(personId: string) {
  return useQuery({
    queryKey: ['chain', personId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/persons/{personId}/chain', { params: { path: { personId } }, signal }),
      ),
  });
}

/** Every item in force with its outcome and why, and what the person has. */
export function useServiceTable(personId: string | undefined) {
  return useQuery({
    queryKey: ['table', personId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/lifecycle/persons/{personId}/table', {
          params: { path: { personId: personId! } },
          signal,
        }),
      ),
    enabled: personId !== undefined,
    staleTime: 60_000,
  });
}
