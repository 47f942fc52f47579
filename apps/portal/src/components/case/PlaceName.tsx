import { useDivisionName } from '../../api/places';
import { useTexts } from '../../texts/TextsProvider';

/** A place by its name; codes are for machines. */
export function PlaceName({ code }: { readonly code: string }) {
  const t = useTexts();
  const { name, asking } = useDivisionName(code);
  return <>{name ?? (asking ? t.states.loading : t.case.placeUnknown)}</>;
}
