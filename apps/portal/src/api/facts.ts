import vocabulary from '@app/api-client/vocabulary.json';

interface FactName {
  readonly zh: string;
  readonly en: string;
  readonly values?: Readonly<Record<string, string>>;
}

const names = vocabulary as Readonly<Record<string, FactName>>;

/** What a fact of the vocabulary is called; null for one that it does not have. */
export const factNamed = (name: string): FactName | null => names[name] ?? null;
