import type { ServiceRoles } from './roles.js';

/** Names that a migration's SQL needs and cannot know: they differ per service. */
export interface MigrationNames extends ServiceRoles {
  readonly schema: string;
}

/** One purpose, never edited after release. Statements run in one transaction with `search_path` on the service's schema. */
export interface Migration {
  /** `<yyyymmdd><4 digits>`: the order in which migrations of one service run, those of its libraries included. */
  readonly id: number;
  /** What it does, in kebab-case: `create-cards`. */
  readonly name: string;
  up(names: MigrationNames): string;
  down(names: MigrationNames): string;
}
