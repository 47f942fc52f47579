import { Button } from 'antd';
import { useTexts } from '../../texts/TextsProvider';

interface PagerProps {
  readonly name: string;
  /** Where we are, in words. */
  readonly position: string;
  /** Absent: there is none. */
  readonly onFirst?: () => void;
  readonly onNext?: () => void;
}

/** Pages of a list that is read by a cursor: forward, and back to its beginning. */
export function Pager({ name, position, onFirst, onNext }: PagerProps) {
  const t = useTexts();
  if (!onFirst && !onNext) return null;
  return (
    <nav className="pager" aria-label={t.table.pagesOf(name)}>
      <span>{position}</span>
      <Button disabled={!onFirst} onClick={onFirst}>
        {t.table.firstPage}
      </Button>
      <Button disabled={!onNext} onClick={onNext}>
        {t.table.nextPage}
      </Button>
    </nav>
  );
}
