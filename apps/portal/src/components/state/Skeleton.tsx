import { useTexts } from '../../texts/TextsProvider';

/** While something is fetched: its place, and a word for whoever does not see it. */
export function Skeleton({ lines = 6, label }: { readonly lines?: number; readonly label?: string }) {
  const t = useTexts();
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{label ?? t.states.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="skeleton-line" style={{ inlineSize: `${92 - ((line * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
