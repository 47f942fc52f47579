/** A cross-reference that does not hold; the loader says in which file. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly advice: string;
}
