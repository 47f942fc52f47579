import { serverNow } from '../../api/client';
import { useTexts } from '../../texts/TextsProvider';
import { deadlineOf, type ChipTerm, type DeadlineState } from './deadline';

const ICONS: Record<DeadlineState, string> = {
  unknown: '○',
  paused: '‖',
  done: '✓',
  overdue: '✕',
  'promise-passed': '!',
  expired: '✕',
  today: '◉',
  soon: '⚠',
  normal: '◷',
};

/** A legal term in one line: sign, words, colour and date, the same everywhere. */
export function DeadlineChip({ term }: { readonly term: ChipTerm }) {
  const t = useTexts();
  const deadline = deadlineOf(term, serverNow());
  return (
    <span className={`deadline deadline-${deadline.state}`}>
      <span aria-hidden="true" className="deadline-icon">
        {ICONS[deadline.state]}
      </span>
      <span>
        {t.deadline.of(deadline)}
        {term.kind !== 'unknown' && deadline.day && (
          <span className="deadline-kind"> {t.termKinds[term.kind]}</span>
        )}
      </span>
    </span>
  );
}
