import { Banner } from '../../components/state/Banner';
import { useProblemText } from '../../components/state/useProblemText';
import { useTexts } from '../../texts/TextsProvider';
import type { Texts } from '../../texts/zh';
import type { Uploaded } from './upload';

/** What became of it, in one sentence. */
export const resultText = ({ matters, error }: Uploaded, t: Texts): string =>
  error === null
    ? t.visits.away.result(
        matters.filter(({ told }) => told).length,
        matters.filter(({ told }) => !told).length,
      )
    : t.visits.away.stopped;

/** What became of each matter, one by one. */
export function UploadResult({ result }: { readonly result: Uploaded }) {
  const t = useTexts();
  const textOf = useProblemText();
  const good = result.error === null && result.matters.every(({ told }) => told);
  return (
    <Banner kind={good ? 'success' : 'warning'} title={resultText(result, t)}>
      {result.error !== null && <p>{textOf(result.error)}</p>}
      <ul>
        {result.matters.map(({ personName, title, told }, place) => (
          <li key={place}>
            {(told ? t.visits.away.told : t.visits.away.notTold)(personName ?? t.visits.personUnnamed, title)}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
