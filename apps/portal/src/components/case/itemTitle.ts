import type { CatalogueItem } from '../../api/cases';
import type { Texts } from '../../texts/zh';

/** What an item is called where it is in force; null: it is not there, or not known yet. */
export function itemTitleOf(
  catalogue: { readonly items: readonly CatalogueItem[] } | undefined,
  itemId: string | null,
  t: Texts,
): string | null {
  const title = catalogue?.items.find((item) => item.itemId === itemId)?.title;
  if (!title) return null;
  return t.lang === 'zh-CN' ? title.zh : title.en;
}
