import { Button, Checkbox } from 'antd';
import { useRef, useState } from 'react';
import { useReleaseGaps, type GapVillages } from '../../api/gaps';
import { useDivisionName } from '../../api/places';
import { afterDialog } from '../../components/input/afterDialog';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { useTexts } from '../../texts/TextsProvider';

/** The gaps of a village become tasks (交办): first what that means, then it is done. */
export function ReleaseVillage({ of }: { readonly of: GapVillages['villages'][number] }) {
  const t = useTexts();
  const { name } = useDivisionName(of.divisionCode);
  const { mutateAsync, isPending } = useReleaseGaps();
  const place = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [withDistrusted, setWithDistrusted] = useState(false);
  const trying = useTrying();
  const village = name ?? t.case.placeUnknown;
  const sum = (count: (kind: (typeof of.kinds)[number]) => number) =>
    of.kinds.reduce((total, kind) => total + count(kind), 0);
  const distrusted = sum((kind) => kind.distrusted);
  const left = sum(({ gaps, released }) => gaps - released);
  const release = async () => {
    const done = await trying.run(
      () => mutateAsync({ divisionCode: of.divisionCode, withDistrusted }),
      ({ released, distrusted: kept, more }) => t.coverage.released(released, kept, more),
      t.coverage.notReleased(village),
    );
    setOpen(false);
    if (done) afterDialog(() => place.current?.focus());
  };
  return (
    <div ref={place} tabIndex={-1}>
      <TryFailure trying={trying} />
      {left === 0 ? (
        t.coverage.allReleased
      ) : (
        <Button size="small" aria-label={t.coverage.releaseOf(village)} onClick={() => setOpen(true)}>
          {t.coverage.release}
        </Button>
      )}
      <ConfirmDialog
        open={open}
        title={t.coverage.releaseOf(village)}
        confirm={t.coverage.release}
        busy={isPending}
        onConfirm={() => void release()}
        onCancel={() => setOpen(false)}
      >
        <p>{t.coverage.releaseText(left)}</p>
        {distrusted > 0 && (
          <Checkbox checked={withDistrusted} onChange={({ target }) => setWithDistrusted(target.checked)}>
            {t.coverage.withDistrusted(distrusted)}
          </Checkbox>
        )}
      </ConfirmDialog>
    </div>
  );
}
