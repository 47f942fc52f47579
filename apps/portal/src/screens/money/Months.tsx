import type { RunLine } from '../../api/pay-runs';
import { useTexts } from '../../texts/TextsProvider';

/** What is paid for each month, the oldest first. */
export function Months({ months }: Pick<RunLine, 'months'>) {
  const t = useTexts();
  return (
    <ul className="inline-list">
      {months.map(({ month, fen }) => (
        <li key={month}>{t.money.detail.monthSum(month, fen)}</li>
      ))}
    </ul>
  );
}
