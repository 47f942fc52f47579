/** By what the list of cases is filtered; codes of places and items only. */
export interface ListFilter {
  readonly standing?: string;
  readonly division?: string;
  readonly item?: string;
}

/** Where the cases behind a number are. */
export const listOf = (filter: ListFilter): string =>
  `?${new URLSearchParams({ tab: 'list', ...filter }).toString()}`;
