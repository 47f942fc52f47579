import type { components } from '@app/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from './client';
import { isProblem } from './problem';

type Schemas = components['schemas'];
export type Household = Schemas['HouseholdWithMembers'];
export type Card = Schemas['Card'];
export type CardEvent = Schemas['CardEvent'];
export type Benefit = Schemas['Benefit'];
export type BenefitBooks = Schemas['BenefitBooks'];
export type MessageToPerson = Schemas['MessageToPerson'];

/** Cases of one person that are listed: more nobody has at a time. */
export const MOST_CASES = 100;

/** One field that somebody wants to read in the clear, and whose. */
export type ClearField =
  | { readonly of: 'person'; readonly id: string; readonly field: Schemas['RevealedOfPerson']['field'] }
  | { readonly of: 'guardian'; readonly id: string; readonly field: Schemas['RevealedOfGuardian']['field'] }
  | { readonly of: 'card'; readonly id: string; readonly field: 'card' };

export interface Revealed {
  readonly value: string;
  /** When it is to be taken off the screen. */
  readonly until: string;
}

async function reveal(which: ClearField, purpose: string): Promise<Revealed> {
  const params = { path: { id: which.id } };
  switch (which.of) {
    case 'person':
      return answered(
        await api.POST('/api/registry/persons/{id}/reveal', {
          params,
          body: { field: which.field, purpose },
        }),
      );
    case 'guardian':
      return answered(
        await api.POST('/api/registry/guardians/{id}/reveal', {
          params,
          body: { field: which.field, purpose },
        }),
      );
    case 'card':
      return answered(
        await api.POST('/api/certification/cards/{id}/reveal', {
          params,
          body: { field: which.field, purpose },
        }),
      );
  }
}

/** A field in the clear, for a purpose that stands in the file from then on. */
export function useReveal(which: ClearField, personId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (purpose: string) => reveal(which, purpose),
    // Kept nowhere: it is shown where it is needed, and gone with that.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['person', personId, 'reads'] }),
  });
}

/** Whoever lives in the same household, as far as one may see them. */
export function useHousehold(householdId: string) {
  return useQuery({
    queryKey: ['household', householdId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/registry/households/{id}', { params: { path: { id: householdId } }, signal }),
      ),
  });
}

/** The card in force, else the newest one; null: there is none. */
export function useCardOf(personId: string) {
  return useQuery({
    queryKey: ['card', personId],
    queryFn: async ({ signal }): Promise<Card | null> => {
      try {
        return answered(
          await api.GET('/api/certification/persons/{personId}/card', {
            params: { path: { personId } },
            signal,
          }),
        );
      } catch (error) {
        if (isProblem(error, 404)) return null;
        throw error;
      }
    },
  });
}

/** What happened to a card. */
export function useCardHistory(cardId: string) {
  return useQuery({
    queryKey: ['card', cardId, 'history'],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/certification/cards/{id}/history', { params: { path: { id: cardId } }, signal }),
      ),
  });
}

/** Cases of every service that are about the person, as far as one may see them. */
export function useCasesOf(personId: string) {
  return useQuery({
    queryKey: ['queue', 'person', personId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/workbench/queue', {
          params: { query: { view: 'all', sort: 'due', personId, limit: MOST_CASES } },
          signal,
        }),
      ),
  });
}

/** What the person is paid month by month. */
export function useBenefitsOf(personId: string) {
  return useQuery({
    queryKey: ['benefits', personId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/benefits', { params: { query: { personId, limit: 100 } }, signal }),
      ),
  });
}

/** What is owed and what was paid, month by month. @param wanted asked for only when somebody opens it */
export function useBooks(benefitId: string, wanted: boolean) {
  return useQuery({
    queryKey: ['benefits', benefitId, 'books'],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/subsidies/benefits/{id}/books', { params: { path: { id: benefitId } }, signal }),
      ),
    enabled: wanted,
  });
}

/** What the person was told about cases that one may see, the newest first. */
export function useMessagesTo(personId: string) {
  return useQuery({
    queryKey: ['messages', personId],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/registry/persons/{id}/messages', { params: { path: { id: personId } }, signal }),
      ),
  });
}
