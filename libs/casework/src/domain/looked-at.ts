import type { Case } from './case.js';
import { CaseChanged, CaseVersionMissing } from './errors.js';

/**
 * Whoever changes a case has looked at it as it stands now.
 * @param lookedAt versions, or `whatever` stands; null: they do not say; undefined: nobody does it by a request, but a fact or a clock
 * @throws CaseVersionMissing, CaseChanged
 */
export function assertLookedAt(
  { version }: Pick<Case, 'version'>,
  lookedAt: 'whatever' | readonly number[] | null | undefined,
): void {
  if (lookedAt === undefined || lookedAt === 'whatever') return;
  if (lookedAt === null) throw new CaseVersionMissing();
  if (!lookedAt.includes(version)) throw new CaseChanged(version);
}
