import type { SeenService } from '../../api/ops';
import { useTexts } from '../../texts/TextsProvider';

/** How many facts of a service are not on the log yet. */
export function Unpublished({
  service: { answered, relayed, unpublished },
}: {
  readonly service: SeenService;
}) {
  const t = useTexts();
  if (answered && !relayed) return <>{t.ops.outbox.notNeeded}</>;
  return <>{unpublished?.count ?? t.ops.unknown}</>;
}
