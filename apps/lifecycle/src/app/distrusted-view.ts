import type { Doubt } from '../adapters/postgres/reconciliations.js';
import type { Distrusted } from '../domain/trust.js';
import type { GapsView, RunView } from './gap-views.js';

/** What a run could not trust, as users see it; runs of before tell less. */
export function distrustedView({
  source,
  reason,
  since = null,
  messages = null,
  persons = null,
}: Distrusted): RunView['distrusted'][number] {
  return { source, reason, since, messages, persons };
}

/** The same beside a list, with the run that says so. */
export function doubtView({ region, day, ...distrusted }: Doubt): GapsView['doubts'][number] {
  return { ...distrustedView(distrusted), region, day };
}
