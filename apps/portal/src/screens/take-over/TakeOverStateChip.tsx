import type { TakeOverState } from '../../api/take-overs';
import { StateChip, type Tone } from '../../components/state/StateChip';
import { useTexts } from '../../texts/TextsProvider';

const TONES: Record<TakeOverState, Tone> = {
  'dry-run': 'waiting',
  loaded: 'working',
  released: 'working',
  closed: 'good',
  undoing: 'still',
  undone: 'still',
};

/** How far a take-over is. */
export function TakeOverStateChip({ state }: { readonly state: TakeOverState }) {
  const t = useTexts();
  return <StateChip tone={TONES[state]}>{t.money.takeOver.states[state]}</StateChip>;
}
