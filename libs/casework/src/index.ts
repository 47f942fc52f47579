/** What a case is in every service: steps, four-eyes decisions, holds, outcomes, and the facts about them. */
import type { EncryptedTable } from '@app/access';
import { clocksMigrations } from '@app/clocks';
import { filesEncryptedTables, filesMigrations } from '@app/files';
import type { Migration } from '@app/platform';
import { caseworkMigrations as tables } from './adapters/postgres/casework-migrations.js';
import { circumstanceMigrations } from './adapters/postgres/circumstance-migrations.js';
import { documentMigrations } from './adapters/postgres/document-migrations.js';
import { caseEscalationMigrations } from './adapters/postgres/escalation-migrations.js';
import { outsideDecisionMigrations } from './adapters/postgres/outside-decision-migrations.js';
import { messageMigrations } from './adapters/postgres/message-migrations.js';
import { personMigrations } from './adapters/postgres/person-migrations.js';
import { representativeMigrations } from './adapters/postgres/representative-migrations.js';
import { signatureMigrations } from './adapters/postgres/signature-migrations.js';
import { paperMigrations } from './adapters/postgres/paper-migrations.js';

/** Everything that `CaseworkModule` needs in a service's schema: cases, the clocks that they run under, the scans of their papers. */
export const caseworkMigrations: readonly Migration[] = [
  ...tables,
  ...messageMigrations,
  ...documentMigrations,
  ...paperMigrations,
  ...circumstanceMigrations,
  ...clocksMigrations,
  ...personMigrations,
  ...outsideDecisionMigrations,
  ...representativeMigrations,
  ...signatureMigrations,
  ...caseEscalationMigrations,
  ...filesMigrations,
];
/** The ciphertext among these, for the rotation of keys. */
export const caseworkEncrypted: readonly EncryptedTable[] = filesEncryptedTables;
export { CaseworkModule, type CaseworkOptions } from './casework.module.js';
export { CasePersonFollower, type SingleThing } from './app/follow-persons.js';
export { CaseEffects, type CaseChange } from './case-effects.js';
export { RemindOnRung } from './entrypoints/clocks/remind-on-rung.js';
export { caseIdOf } from './app/open-cases.js';
export { TakeOverCases, type OldCase } from './app/take-over-cases.js';
export { toldCases, type ToldCases } from './app/tell-cases.js';
export { OutsideDecisions, type OutsideDecision } from './app/outside-decisions.js';
export { CitizenMessages, messageIdOf, type NewMessage } from './app/citizen-messages.js';
export type { CaseDetail, CasePage, CaseSummary, StandingView } from './app/case-view.js';
export type {
  Case,
  CaseChangeKind,
  CaseState,
  DoneStep,
  Hold,
  Reason,
  Reported,
  SentOut,
  Standing,
} from './domain/case.js';
export type { CaseItem, ItemStep } from './domain/item.js';
export { officerOf } from './domain/item.js';
export { CaseRepresentatives } from './adapters/postgres/case-representatives.js';
export { RepresentativeAuthority } from './app/representative-authority.js';
export type { OnBehalf } from './domain/signature.js';
export { authorityOf, type Authority, type Representative } from './domain/representative.js';
