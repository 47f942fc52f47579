import type { PayRunDetail } from '../../api/pay-runs';
import { useTexts } from '../../texts/TextsProvider';

const stages = ['plan', 'check', 'approve', 'export', 'return'] as const;
type Stage = (typeof stages)[number];

/** Where the run is on its way; null: nowhere any more. */
function stageOf({ state, openFindings }: PayRunDetail): Stage | 'done' | null {
  switch (state) {
    case 'planning':
      return 'plan';
    case 'planned':
      return openFindings > 0 ? 'check' : 'approve';
    case 'approved':
    case 'ordering':
      return 'approve';
    case 'ordered':
      return 'export';
    case 'exported':
      return 'return';
    case 'closed':
      return 'done';
    case 'cancelled':
      return null;
  }
}

/** From the plan to the bank's answer: what is done, what is now, what comes. */
export function RunStages({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const stage = stageOf(run);
  if (stage === null) return null;
  const at = stage === 'done' ? stages.length : stages.indexOf(stage);
  return (
    <ol className="stages" aria-label={t.money.stagesLabel}>
      {stages.map((each, place) => {
        const state = place < at ? 'done' : place === at ? 'current' : 'later';
        return (
          <li
            key={each}
            className={`step step-${state}`}
            aria-current={state === 'current' ? 'step' : undefined}
          >
            <span aria-hidden="true">{{ done: '✓', current: '▶', later: '○' }[state]}</span>
            <p className="step-title">
              {t.money.stages[each]} <span className="step-state">{t.money.stageStates[state]}</span>
            </p>
          </li>
        );
      })}
    </ol>
  );
}
