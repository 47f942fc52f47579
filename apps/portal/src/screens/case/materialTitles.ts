import type { CatalogueItem } from '../../api/cases';
import type { Texts } from '../../texts/zh';

/** The name of a paper as the catalogue has it; never its code. */
export function materialTitleOf(
  catalogue: { readonly items: readonly CatalogueItem[] } | undefined,
  itemId: string,
  material: string,
  t: Texts,
): string {
  const item = catalogue?.items.find((each) => each.itemId === itemId);
  return item?.materials.find(({ id }) => id === material)?.zh ?? t.case.materialUnnamed;
}
