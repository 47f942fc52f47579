import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';

interface SilentProps {
  readonly services: readonly string[];
  readonly say: (names: string) => string;
}

/** Services that did not say: of theirs nothing is known, which is not that there is nothing. */
export function Silent({ services, say }: SilentProps) {
  const t = useTexts();
  if (services.length === 0) return null;
  return <Banner kind="warning" title={say(t.ops.namesOf(services))} />;
}
