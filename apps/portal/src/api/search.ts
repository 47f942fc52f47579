import type { components } from '@app/api-client';
import { useQuery } from '@tanstack/react-query';
import { identityPartOf, type Question } from './searchQuestion';
import { answered, api } from './client';
import { isProblem } from './problem';
import type { QueuePage } from './queue';

type Schemas = components['schemas'];
/** Who was found; of a card only what the card says. */
export type FoundPerson = Pick<Schemas['FoundPerson'], 'personId' | 'name' | 'divisionCode'> &
  Partial<Pick<Schemas['FoundPerson'], 'sex' | 'birthDate'>>;

/** One press of the button. What was typed goes in bodies only, and nothing that is kept is named after it. */
export interface Search {
  readonly turn: string;
  readonly question: Question;
}

/** Of each kind no more are listed: who has more to choose from says more. */
export const SHOWN = 10;

/** Row-level security says how far that is. */
const EVERYWHERE = { from: '0'.repeat(12), to: '9'.repeat(12) };

const keyOf = (search: Search | null, kind: string) => ['search', search?.turn, kind] as const;

/**
 * Whoever is called so or has this number, within what one may see.
 * @param mayCards whether cards may be asked; who may not looks for the identity number that a card number begins with
 */
export function useFoundPersons(search: Search | null, mayCards: boolean, enabled: boolean) {
  const question = search?.question;
  return useQuery({
    queryKey: keyOf(search, 'persons'),
    queryFn: async ({ signal }): Promise<readonly FoundPerson[]> => {
      if (!question || question.kind === 'case') return [];
      const { kind, text } = question;
      if (kind === 'name') {
        const { persons } = answered(
          await api.POST('/api/registry/persons/search', {
            body: { text, ...EVERYWHERE, limit: SHOWN + 1 },
            signal,
          }),
        );
        return persons;
      }
      try {
        if (kind === 'card' && mayCards) {
          const { personId, holder, divisionCode } = answered(
            await api.POST('/api/certification/cards/find', { body: { cardNumber: text }, signal }),
          );
          return [{ personId, name: holder, divisionCode }];
        }
        const body =
          kind === 'reference'
            ? { temporaryReference: text }
            : { identityNumber: kind === 'card' ? identityPartOf(text) : text };
        return [answered(await api.POST('/api/registry/persons/find', { body, signal }))];
      } catch (error) {
        if (isProblem(error, 404)) return [];
        throw error;
      }
    },
    enabled: enabled && question !== undefined && question.kind !== 'case',
    gcTime: 0,
  });
}

/** Their cases: of a name those of everybody who is called so, of a number those of whose it is. */
export function useFoundCases(search: Search | null, personId: string | undefined, enabled: boolean) {
  const question = search?.question;
  const asked = question?.kind === 'name' || question?.kind === 'case' || personId !== undefined;
  return useQuery({
    queryKey: [...keyOf(search, 'cases'), personId],
    queryFn: async ({ signal }): Promise<QueuePage> => {
      const listing = { view: 'all', sort: 'due', limit: SHOWN } as const;
      if (personId !== undefined) {
        return answered(
          await api.GET('/api/workbench/queue', { params: { query: { ...listing, personId } }, signal }),
        );
      }
      const what = question?.kind === 'case' ? { caseId: question.caseId } : { name: question?.text };
      return answered(
        await api.POST('/api/workbench/queue/search', { body: { ...listing, ...what }, signal }),
      );
    },
    enabled: enabled && question !== undefined && asked,
    gcTime: 0,
  });
}
