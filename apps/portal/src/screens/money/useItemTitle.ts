import { useCatalogue } from '../../api/cases';
import { itemTitleOf } from '../../components/case/itemTitle';
import { useTexts } from '../../texts/TextsProvider';
import { wholeCode } from '../../api/places';

/** What an item is called where the run pays. @param county six digits */
export function useItemTitle(county: string): (itemId: string | null) => string {
  const t = useTexts();
  const { data } = useCatalogue(wholeCode(county));
  return (itemId) => itemTitleOf(data, itemId, t) ?? t.money.none;
}
