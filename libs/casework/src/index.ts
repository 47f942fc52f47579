/** What a case is in every service: steps, four-eyes decisions, holds, outcomes, and the facts about them. */
import { clocksMigrations } from '@app/clocks';
import type { Migration } from '@app/platform';
import { caseworkMigrations as tables } from './adapters/postgres/casework-migrations.js';

/** Everything that `CaseworkModule` needs in a service's schema: cases, and the clocks that they run under. */
export const caseworkMigrations: readonly Migration[] = [...tables, ...clocksMigrations];
export { CaseworkModule, type CaseworkOptions } from './casework.module.js';
export { CaseEffects, type CaseChange } from './case-effects.js';
export { caseIdOf } from './app/open-cases.js';
export type { CaseDetail, CasePage, CaseSummary, StandingView } from './app/case-view.js';
export type { Case, CaseChangeKind, CaseState, DoneStep, Hold, Reason, Standing } from './domain/case.js';
export type { CaseItem, ItemStep } from './domain/item.js';
export { officerOf } from './domain/item.js';
