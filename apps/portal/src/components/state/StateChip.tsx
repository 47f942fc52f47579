import type { ReactNode } from 'react';

const SIGNS = { good: '✓', bad: '✕', waiting: '◎', working: '▶', still: '–' } as const;

/** How somebody takes a state at a glance. */
export type Tone = keyof typeof SIGNS;

interface StateChipProps {
  readonly tone: Tone;
  /** Absent: the sign of the tone. */
  readonly sign?: string;
  /** The state in words. */
  readonly children: ReactNode;
}

/** A state in a word, with a sign and a colour. */
export function StateChip({ tone, sign = SIGNS[tone], children }: StateChipProps) {
  return (
    <span className={`status status-${tone}`}>
      <span aria-hidden="true">{sign}</span> {children}
    </span>
  );
}
