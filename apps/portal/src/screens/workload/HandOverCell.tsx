import { useRef, useState } from 'react';
import type { QueueRow } from '../../api/queue';
import { useMe } from '../../api/session';
import { afterDialog } from '../../components/input/afterDialog';
import { useTexts } from '../../texts/TextsProvider';
import { ActFailure } from '../case/ActFailure';
import { HandOverDialog } from '../case/HandOverDialog';
import { useActing } from '../case/useActing';

interface HandOverCellProps {
  readonly row: QueueRow;
  /** User id of who has it now. */
  readonly holder: string;
}

/** A supervisor gives what somebody has in hand to somebody else. What the list says of it comes with the next fact. */
export function HandOverCell({ row, holder }: HandOverCellProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const acting = useActing(row, row);
  const [done, setDone] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  if (!me?.permissions.includes('work:supervise')) return null;
  // Another one has it: what was done is shown by the list itself.
  const given = done && !acting.failure;
  return (
    <div ref={place}>
      <ActFailure acting={acting} />
      {given ? (
        <span className="aside">{t.workload.given}</span>
      ) : (
        <HandOverDialog
          which={row}
          acting={acting}
          name={t.workload.handOverOf(row.personName ?? t.queue.noPerson, row.title)}
          holder={holder}
          onDone={() => {
            // The button goes away, and would take the focus with it.
            const link = place.current?.closest('tr')?.querySelector('a');
            setDone(true);
            afterDialog(() => link?.focus());
          }}
        />
      )}
    </div>
  );
}
