import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useCaseAct } from '../../api/cases';
import type { QueueRow } from '../../api/queue';
import { useMe } from '../../api/session';
import { useAnnounce } from '../../components/page/Announcer';
import { useProblemText } from '../../components/state/useProblemText';
import { useTexts } from '../../texts/TextsProvider';
import { mayDo } from '../case/whoMay';
import { TakeNext } from './TakeNext';

/** Who has the case; and taking it, with an honest answer when somebody was quicker. */
export function HolderCell({ row }: { readonly row: QueueRow }) {
  const t = useTexts();
  const announce = useAnnounce();
  const textOf = useProblemText();
  const { data: me } = useMe();
  const { mutateAsync, isPending } = useCaseAct(row);
  const [failure, setFailure] = useState<string | null>(null);
  const person = row.personName ?? t.queue.noPerson;

  const place = useRef<HTMLDivElement>(null);

  const claim = async () => {
    setFailure(null);
    try {
      await mutateAsync({ act: { kind: 'claim' }, version: row.version, key: crypto.randomUUID() });
      announce(t.queue.claimed(row.title));
      // The button goes away, and would take the focus with it.
      place.current?.closest('tr')?.querySelector('a')?.focus();
    } catch (error) {
      setFailure(textOf(error));
      announce(`${t.queue.notClaimed(row.title)}。${textOf(error)}`);
    }
  };

  if (failure) {
    return (
      <div className="row-failure">
        <p>{failure}</p>
        <TakeNext />
      </div>
    );
  }
  if (row.claim) {
    const mine = row.claim.by === me?.userId;
    const name = mine ? t.queue.me : (row.claim.byName ?? t.queue.colleague);
    return <span>{mine ? name : t.queue.takenBy(name, t.format.moment(new Date(row.claim.at)))}</span>;
  }
  if (!row.task || !mayDo(me, row.task)) return <>{t.queue.nobody}</>;
  return (
    <div ref={place}>
      <Button
        size="small"
        loading={isPending}
        aria-label={t.queue.claimOf(row.title, person)}
        onClick={() => void claim()}
      >
        {t.queue.claim}
      </Button>
    </div>
  );
}
