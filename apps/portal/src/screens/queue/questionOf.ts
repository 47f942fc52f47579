import type { QueueQuestion } from '../../api/queue';

/** The lists of the queue, in the order of their tabs. */
export const views = ['pool', 'mine', 'review', 'papers', 'overdue', 'all'] as const;
export type View = (typeof views)[number];
export const sorts = ['due', 'opened'] as const;
export type Sort = (typeof sorts)[number];
export const dues = ['overdue', 'today', 'soon'] as const;
export const filters = ['owner', 'item', 'status', 'due'] as const;
export type FilterName = (typeof filters)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

/** What is asked of the queue; all of it stands in the address, and nothing of a person is in it. */
export interface Question {
  readonly view: View;
  readonly sort: Sort;
  readonly after: string | null;
  readonly filter: Filter;
}

export function questionOf(query: URLSearchParams): Question {
  const filter = Object.fromEntries(
    filters.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  return {
    view: views.find((each) => each === query.get('view')) ?? 'pool',
    sort: sorts.find((each) => each === query.get('sort')) ?? 'due',
    after: query.get('after'),
    filter,
  };
}

/** The address of a changed question; whatever changes, reading begins anew at its first page. */
export function addressOf(question: Question, change: Partial<Question>): URLSearchParams {
  const { view, sort, after, filter } = { ...question, after: null, ...change };
  const query = new URLSearchParams();
  if (view !== 'pool') query.set('view', view);
  for (const name of filters) {
    const value = filter[name];
    if (value) query.set(name, value);
  }
  if (sort !== 'due') query.set('sort', sort);
  if (after) query.set('after', after);
  return query;
}

/** As the server is asked: what somebody typed into the address is the server's to refuse. */
export function askedOf({ view, sort, after, filter }: Question): QueueQuestion {
  return { view, sort, ...(filter as Partial<QueueQuestion>), ...(after ? { after } : {}) };
}
