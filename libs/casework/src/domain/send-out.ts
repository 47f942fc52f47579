import { noted, type Case, type CaseDecision, type SentOut } from './case.js';
import { doerOf } from './item.js';
import { blockingGrant } from './papers.js';

/**
 * A case whose decision is another body's is put on a list for it. Whether it can be: it waits for that body's decision, on no other list, and
 * no paper of it is missing. Nothing else of it changes: neither its step nor its terms.
 */
export function sendOut(before: Case, sent: SentOut): CaseDecision {
  const { state, item, sentOut } = before;
  const step = state.status === 'deciding' ? state.nextStep : null;
  const isTheirs = step !== null && doerOf(item, step)?.department === sent.body;
  if (!isTheirs || sentOut || blockingGrant(before).length > 0) return noted(before);
  return noted({ ...before, sentOut: sent });
}

/** It is on that list no more, without having been decided by it. */
export function takeOffList(before: Case, receipt: string): CaseDecision {
  const { sentOut, ...rest } = before;
  return noted(sentOut?.receipt === receipt ? rest : before);
}
