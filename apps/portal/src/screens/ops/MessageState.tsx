import type { ParkedMessage } from '../../api/ops';
import { useTexts } from '../../texts/TextsProvider';
import { StateChip } from '../../components/state/StateChip';

const TONES = { failed: 'bad', waiting: 'waiting', done: 'good', dismissed: 'still' } as const;

export function MessageState({ state }: Pick<ParkedMessage, 'state'>) {
  const t = useTexts();
  return <StateChip tone={TONES[state]}>{t.ops.parked.states[state]}</StateChip>;
}
