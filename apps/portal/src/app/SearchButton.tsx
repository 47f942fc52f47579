import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { SearchDialog } from '../screens/search/SearchDialog';
import { useMaySearch } from '../screens/search/useGlobalSearch';
import { useTexts } from '../texts/TextsProvider';

/** The search of every page, by its button or by Ctrl+K; whoever may see neither persons nor cases has none. */
export function SearchButton() {
  const t = useTexts();
  const may = useMaySearch();
  const [open, setOpen] = useState(false);
  const usable = may.persons || may.cases;

  useEffect(() => {
    if (!usable) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      if (event.altKey || event.shiftKey) return;
      // The browser would look elsewhere, and send what is typed there.
      event.preventDefault();
      // Not over another dialog: what that asks comes first.
      if (!document.querySelector('[aria-modal="true"]')) setOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [usable]);

  if (!usable) return null;
  return (
    <>
      <Button type="text" aria-haspopup="dialog" aria-keyshortcuts="Control+K" onClick={() => setOpen(true)}>
        {t.search.open}
        {t.search.shortcut}
      </Button>
      <SearchDialog open={open} close={() => setOpen(false)} />
    </>
  );
}
