import { Button } from 'antd';
import { useTexts } from '../../texts/TextsProvider';
import { Banner } from './Banner';

interface AsOfProps {
  readonly what: string;
  /** Null: nobody can say. */
  readonly asOf: string | null;
  readonly stale: boolean;
  refresh(): void;
}

/** Up to when something tells the truth, and the way to ask anew; loud where it is behind. */
export function AsOf({ what, asOf, stale, refresh }: AsOfProps) {
  const t = useTexts();
  const when = asOf === null ? t.supervision.unknownTime : t.format.moment(new Date(asOf));
  return (
    <>
      {stale && <Banner kind="warning" title={t.states.stale(what, when)} />}
      <p className="as-of">
        {t.queue.asOf(when)}{' '}
        <Button type="link" size="small" onClick={refresh}>
          {t.queue.refresh}
        </Button>
      </p>
    </>
  );
}
