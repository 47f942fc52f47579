import type { PayRunState } from '../../api/pay-runs';
import { StateChip, type Tone } from '../../components/state/StateChip';
import { useTexts } from '../../texts/TextsProvider';

const TONES: Record<PayRunState, Tone> = {
  planning: 'working',
  planned: 'waiting',
  approved: 'working',
  ordering: 'working',
  ordered: 'waiting',
  exported: 'waiting',
  closed: 'good',
  cancelled: 'still',
};

/** Where a run stands. */
export function RunStateChip({ state }: { readonly state: PayRunState }) {
  const t = useTexts();
  return <StateChip tone={TONES[state]}>{t.money.states[state]}</StateChip>;
}
