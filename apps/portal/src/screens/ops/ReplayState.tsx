import type { Replay } from '../../api/ops';
import { useTexts } from '../../texts/TextsProvider';
import { StateChip } from '../../components/state/StateChip';

const TONES = { proposed: 'waiting', expired: 'still', approved: 'waiting', finished: 'good' } as const;

export function ReplayState({ state, results }: Pick<Replay, 'state' | 'results'>) {
  const t = useTexts();
  const failed = results?.some(({ outcome }) => outcome === 'failed') ?? false;
  return <StateChip tone={failed ? 'bad' : TONES[state]}>{t.ops.replays.states[state]}</StateChip>;
}
