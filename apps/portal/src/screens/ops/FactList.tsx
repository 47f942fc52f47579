import { useId, type ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';

interface FactListProps {
  /** What each is called, and what it is. */
  readonly facts: readonly (readonly [string, ReactNode])[];
  readonly children?: ReactNode;
}

/** What is known of one thing, in a box above the rest. */
export function FactList({ facts, children }: FactListProps) {
  const t = useTexts();
  const id = useId();
  return (
    <section className="identity" aria-labelledby={id}>
      <h2 id={id}>{t.ops.message.facts}</h2>
      <dl>
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
  );
}
