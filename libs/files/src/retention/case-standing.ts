/** What the service's own tables say of its cases, as far as their papers wait for it. */
export interface CaseStanding {
  /**
   * A select over the service's own schema with `case_id uuid`, `ended_on date` (null: it has not ended) and `held text` (null: nothing
   * holds its papers; else why: `open`, `challenged`). A case that is not in it holds its papers.
   */
  readonly sql: string;
}

/** Of a service whose files belong to no case: nothing of it is ever due. */
export const noCases: CaseStanding = {
  sql: 'select null::uuid as case_id, null::date as ended_on, null::text as held where false',
};
