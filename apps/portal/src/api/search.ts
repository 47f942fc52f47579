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
      if (!question || !asksForPersons(question)) return [];
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
    enabled: enabled && question !== undefined && asksForPersons(question),
    gcTime: 0,
  });
}

type PersonQuestion = Exclude<Question, { readonly kind: 'case' } | { readonly kind: 'document' }>;

function asksForPersons(question: Question): question is PersonQuestion {
  return question.kind !== 'case' && question.kind !== 'document';
}

/** Which case, and which of its documents, somebody asked for: by its id or address, or by the number that stands on the document. */
export function useFoundPlace(search: Search | null, enabled: boolean) {
  const question = search?.question;
  return useQuery({
    queryKey: keyOf(search, 'place'),
    queryFn: async ({ signal }): Promise<FoundPlace | null> => {
      if (question?.kind === 'case') return question;
      if (question?.kind !== 'document') return null;
      const { documents } = answered(
        await api.GET('/api/{owner}/documents', {
          params: { path: { owner: question.owner }, query: { number: question.text } },
          signal,
        }),
      );
      return documents[0] ?? null;
    },
    enabled: enabled && (question?.kind === 'case' || question?.kind === 'document'),
    gcTime: 0,
  });
}

/** A case, and one of its documents; null: all of them. */
export interface FoundPlace {
  readonly caseId: string;
  readonly documentId: string | null;
}

/** Their cases: of a name those of everybody who is called so, of a number those of whose it is. */
export function useFoundCases(
  search: Search | null,
  { personId, caseId }: { readonly personId: string | undefined; readonly caseId: string | undefined },
  enabled: boolean,
) {
  const question = search?.question;
  const asked = question?.kind === 'name' || caseId !== undefined || personId !== undefined;
  return useQuery({
    queryKey: [...keyOf(search, 'cases'), personId ?? caseId],
    queryFn: async ({ signal }): Promise<QueuePage> => {
      const listing = { view: 'all', sort: 'due', limit: SHOWN } as const;
      if (personId !== undefined) {
        return answered(
          await api.GET('/api/workbench/queue', { params: { query: { ...listing, personId } }, signal }),
        );
      }
      const what = question?.kind === 'name' ? { name: question.text } : { caseId };
      return answered(
        await api.POST('/api/workbench/queue/search', { body: { ...listing, ...what }, signal }),
      );
    },
    enabled: enabled && question !== undefined && asked,
    gcTime: 0,
  });
}
