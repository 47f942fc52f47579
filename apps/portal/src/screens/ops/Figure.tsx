import { useTexts } from '../../texts/TextsProvider';

/** A figure, or the word for that nobody knows it: never nought in its place. */
export function Figure({ value }: { readonly value: number | null | undefined }) {
  const t = useTexts();
  return <>{value ?? t.ops.unknown}</>;
}
