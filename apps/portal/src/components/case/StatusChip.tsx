import type { CaseStatus } from '../../api/cases';
import { StateChip, type Tone } from '../state/StateChip';
import { useTexts } from '../../texts/TextsProvider';

const TONES: Record<CaseStatus, { readonly tone: Tone; readonly icon: string }> = {
  invited: { tone: 'waiting', icon: '✉' },
  listed: { tone: 'waiting', icon: '≡' },
  open: { tone: 'working', icon: '▶' },
  deciding: { tone: 'working', icon: '⚖' },
  held: { tone: 'still', icon: '‖' },
  granted: { tone: 'good', icon: '✓' },
  refused: { tone: 'bad', icon: '✕' },
  declined: { tone: 'still', icon: '–' },
  waiting: { tone: 'waiting', icon: '◎' },
  'handed-over': { tone: 'good', icon: '→' },
  stopped: { tone: 'bad', icon: '■' },
  withdrawn: { tone: 'still', icon: '↩' },
};

/** Where a case stands, in a word with a sign and a colour. */
export function StatusChip({ status }: { readonly status: CaseStatus }) {
  const t = useTexts();
  const { tone, icon } = TONES[status];
  return (
    <StateChip tone={tone} sign={icon}>
      {t.caseStatuses[status]}
    </StateChip>
  );
}

/** A status as some services tell it, as a word; one that we do not know stands as it is. */
export function isCaseStatus(status: string): status is CaseStatus {
  return Object.hasOwn(TONES, status);
}
