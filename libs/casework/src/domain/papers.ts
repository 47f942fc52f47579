import { endedStatuses, type Case } from './case.js';
import { PapersMissing } from './paper-errors.js';
import type { Obligation, Supplement } from './paper-records.js';

type Papers = Pick<Case, 'materials' | 'supplements' | 'obligations'>;

/** What is still to be brought: neither there nor waived. */
export function missingOf({ materials, obligations }: Papers): readonly string[] {
  const waived = new Set(obligations.flatMap(({ material, state }) => (state === 'waived' ? material : [])));
  return materials
    .filter(({ material, state }) => (state === 'asked' || state === 'refused') && !waived.has(material))
    .map(({ material }) => material);
}

/** Of a notice, what has not come. What the office accepted without meanwhile is no longer waited for by it. */
export function outstandingOf(state: Papers, supplement: Supplement): readonly string[] {
  const missing = new Set(missingOf(state));
  const accepted = new Set(openObligationsOf(state).map(({ material }) => material));
  return supplement.papers
    .map(({ material }) => material)
    .filter((material) => missing.has(material) && !accepted.has(material));
}

export function openObligationsOf({ obligations }: Papers): readonly Obligation[] {
  return obligations.filter(({ state }) => state === 'open');
}

/** The papers for which the case waits: asked for by a notice, or accepted without; as the item lists them. */
export function awaitedOf(state: Papers): readonly string[] {
  const awaited = new Set([
    ...state.supplements.flatMap((supplement) =>
      supplement.state === 'answered' ? [] : outstandingOf(state, supplement),
    ),
    ...state.obligations
      .filter(({ state: at }) => at === 'open' || at === 'lapsed')
      .map(({ material }) => material),
  ]);
  return missingOf(state).filter((material) => awaited.has(material));
}

/** Whether somebody still has to bring papers; of a case that has ended nobody has. */
export function waitsForPapers(state: Case): boolean {
  const ended: readonly string[] = endedStatuses;
  return !ended.includes(state.state.status) && awaitedOf(state).length > 0;
}

/** Papers without which a grant has to wait. */
export function blockingGrant(state: Papers): readonly string[] {
  const later = new Set(
    openObligationsOf(state)
      .filter(({ blocks }) => blocks === 'nothing')
      .map(({ material }) => material),
  );
  return missingOf(state).filter((material) => !later.has(material));
}

/** Papers that were asked for, and whose time is over; also those for which no time was set. */
export function timeIsOverFor({ supplements, obligations }: Papers): ReadonlySet<string> {
  return new Set([
    ...supplements
      .filter(({ state, limit }) => state === 'lapsed' || (state === 'open' && limit.value === null))
      .flatMap(({ papers }) => papers.map(({ material }) => material)),
    ...obligations.filter(({ state }) => state === 'lapsed').map(({ material }) => material),
  ]);
}

/** Papers without which a refusal has to wait: those that the person was not asked for, or still has time to bring. */
export function blockingRefusal(state: Papers): readonly string[] {
  const over = timeIsOverFor(state);
  return blockingGrant(state).filter((material) => !over.has(material));
}

/** @throws PapersMissing with what is missing and the ways out */
export function assertNothingMissing({ item }: Case, action: string, missing: readonly string[]): void {
  if (missing.length > 0) throw new PapersMissing(action, missing, item);
}

/** Why the term of a step stands still for papers; a reason of the ledger each. */
export type PaperPause = 'supplement' | 'incomplete';

/** For what the term of this step stands still now. */
export function pausesOf(state: Papers, step: string): readonly PaperPause[] {
  const byNotice = state.supplements.some(
    (supplement) =>
      supplement.effect?.steps.includes(step) === true &&
      // What was never accepted does not begin to run because the time for its papers is over.
      (supplement.state === 'open' ||
        (supplement.state === 'lapsed' && supplement.effect.kind === 'restart')) &&
      outstandingOf(state, supplement).length > 0,
  );
  const byObligation = openObligationsOf(state).some(
    ({ suspends }) => suspends?.steps.includes(step) === true,
  );
  return [...(byNotice ? (['supplement'] as const) : []), ...(byObligation ? (['incomplete'] as const) : [])];
}

/** The instant from which an application counts as complete for this step, by a rule that says so; null: by none. */
export function completeSince({ supplements }: Papers, step: string): string | null {
  const answered = supplements.filter(
    ({ state, effect }) => state === 'answered' && effect?.kind === 'restart' && effect.steps.includes(step),
  );
  return answered.at(-1)?.endedAt ?? null;
}
