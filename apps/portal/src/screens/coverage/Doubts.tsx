import type { Distrusted } from '../../api/gaps';
import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';

/** Sources that a run could not trust: what they are, since when, and whom they touch. */
export function Doubts({ doubts }: { readonly doubts: readonly Distrusted[] }) {
  const t = useTexts();
  if (doubts.length === 0) return null;
  return (
    <Banner kind="warning" title={t.coverage.distrusted}>
      <ul>
        {doubts.map(({ source, reason, since, persons }) => (
          <li key={source}>
            <span lang="zh-CN">{reason}</span>
            {since && <span> {t.coverage.since(t.format.moment(new Date(since)))}</span>}
            {persons !== null && <span> {t.coverage.touched(persons)}</span>}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
