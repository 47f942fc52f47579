import { useState } from 'react';
import { useCase } from '../../api/cases';
import { SHOWN, useFoundCases, useFoundPersons, useFoundPlace, type Search } from '../../api/search';
import { useMe } from '../../api/session';
import { questionOf } from '../../api/searchQuestion';

/** What one may look for at all. */
export function useMaySearch() {
  const { data: me } = useMe();
  const may = (permission: string) => me?.permissions.includes(permission) ?? false;
  return { persons: may('person:read'), cases: may('case:read'), cards: may('card:read') };
}

/** Looks for what was typed wherever one may; nothing of it is left when this is gone from the page. */
export function useGlobalSearch() {
  const may = useMaySearch();
  const [search, setSearch] = useState<Search | null>(null);
  const [wrong, setWrong] = useState<'missing' | 'notWhole' | null>(null);
  const question = search?.question ?? null;

  const persons = useFoundPersons(search, may.cards, may.persons);
  const one = question?.kind !== 'name' ? persons.data?.[0]?.personId : undefined;
  const place = useFoundPlace(search, may.cases);
  const cases = useFoundCases(search, { personId: one, caseId: place.data?.caseId }, may.cases);
  const numbered = place.data ? cases.data?.rows[0] : undefined;
  const detail = useCase(
    { owner: numbered?.owner ?? '', caseId: numbered?.caseId ?? '' },
    numbered !== undefined,
  );

  const documents = detail.data?.documents.filter(
    ({ documentId }) => place.data?.documentId === null || place.data?.documentId === documentId,
  );
  const asked = [
    { group: 'persons', query: persons },
    { group: 'documents', query: place },
    { group: 'cases', query: cases },
    { group: 'documents', query: detail },
  ] as const;
  return {
    wrong,
    searched: search !== null,
    turn: search?.turn ?? null,
    look: (typed: string) => {
      const wanted = questionOf(typed);
      setWrong(wanted ? null : typed.trim() === '' ? 'missing' : 'notWhole');
      setSearch(wanted && { turn: crypto.randomUUID(), question: wanted });
    },
    persons: (persons.data ?? []).slice(0, SHOWN),
    morePersons: (persons.data?.length ?? 0) > SHOWN,
    cases: cases.data?.rows ?? [],
    totalCases: cases.data?.total ?? null,
    documents: numbered && documents ? documents.map((document) => ({ ...document, of: numbered })) : [],
    looking: search !== null && asked.some(({ query }) => query.isFetching && query.data === undefined),
    failed: search === null ? [] : asked.filter(({ query }) => query.isError),
  };
}

export type GlobalSearch = ReturnType<typeof useGlobalSearch>;
