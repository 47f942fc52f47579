import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useDivisionName } from '../../api/places';
import { useReleaseVillage, type Village } from '../../api/take-overs';
import { afterDialog } from '../../components/input/afterDialog';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { useTexts } from '../../texts/TextsProvider';
import { ReasonField } from '../../components/input/ReasonField';
import { TryFailure } from '../../components/state/TryFailure';
import { MOST_WORDS, saysNothing, useTrying } from '../../components/state/useTrying';

interface ReleaseVillageProps {
  readonly takeOverId: string;
  readonly village: Village;
}

/** The list of a village is released as it was seen, with what was looked at. */
export function ReleaseVillage({ takeOverId, village }: ReleaseVillageProps) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { name } = useDivisionName(village.divisionCode);
  const { mutateAsync, isPending } = useReleaseVillage(takeOverId);
  const trying = useTrying();
  const place = useRef<HTMLDivElement>(null);
  const called = name ?? t.case.placeUnknown;
  const release = async () => {
    if (saysNothing(note)) return setError(t.money.takeOver.noteMissing);
    setError(null);
    const { divisionCode, digest } = village;
    // The button goes away once it is done.
    const section = place.current?.closest('section');
    await trying.run(
      () => mutateAsync({ divisionCode, digest, note: note.trim() }),
      () => t.money.takeOver.releaseDone(called),
      t.money.takeOver.releaseNotDone,
    );
    setOpen(false);
    afterDialog(() => section?.querySelector<HTMLElement>('tbody button')?.focus());
  };
  return (
    <div ref={place}>
      <TryFailure trying={trying} />
      <Button size="small" aria-label={t.money.takeOver.releaseOf(called)} onClick={() => setOpen(true)}>
        {t.money.takeOver.release}
      </Button>
      <ConfirmDialog
        open={open}
        title={t.money.takeOver.releaseOf(called)}
        confirm={t.money.takeOver.releaseSubmit}
        busy={isPending}
        onConfirm={() => void release()}
        onCancel={() => setOpen(false)}
      >
        <p>{t.money.takeOver.releaseText}</p>
        <ReasonField
          id="release-note"
          label={t.money.takeOver.note}
          most={MOST_WORDS}
          error={error}
          value={note}
          onChange={setNote}
        />
      </ConfirmDialog>
    </div>
  );
}
