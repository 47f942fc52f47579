import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { serverNow } from '../../api/client';
import { useReveal, type ClearField as Field, type Revealed } from '../../api/personFile';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import { SelectField } from '../../components/input/SelectField';
import { useAnnounce } from '../../components/page/Announcer';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { useTexts } from '../../texts/TextsProvider';

const SPOKEN_EVERY_SECONDS = 15;
/** For how long a service lets it stand on the screen. */
const MOST_SECONDS = 60;
/** The service takes 200 characters, of which the purpose has some. */
const MOST_NOTE = 150;
const purposes = ['verify', 'contact', 'visit', 'work', 'other'] as const;

interface ClearFieldProps {
  readonly which: Field;
  /** In whose file it stands that it was read. */
  readonly personId: string;
  /** What it is called. */
  readonly name: string;
  readonly masked: string;
}

/** A masked field that can be read for a purpose: for a minute, and no longer than somebody stays on the page. */
export function ClearField({ which, personId, name, masked }: ClearFieldProps) {
  const t = useTexts();
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const { shown, left, show, hide } = useShown(() => announce(t.personFile.hidden(name)));
  const spoken = Math.ceil(left / SPOKEN_EVERY_SECONDS) * SPOKEN_EVERY_SECONDS;
  useEffect(() => {
    // That it is shown has been said.
    if (spoken > 0 && spoken < MOST_SECONDS) announce(`${name} ${t.personFile.left(spoken)}`);
  }, [spoken, name, announce, t]);
  return (
    <span className="clear-field">
      <span>{shown?.value ?? masked}</span>
      {shown && <span className="field-help">{t.personFile.left(left)}</span>}
      <Button
        size="small"
        aria-label={shown ? t.personFile.hideOf(name) : t.personFile.revealOf(name)}
        onClick={() => (shown ? hide() : setAsking(true))}
      >
        {shown ? t.form.hide : t.personFile.reveal}
      </Button>
      <AskForClear
        open={asking}
        which={which}
        personId={personId}
        name={name}
        close={() => setAsking(false)}
        show={show}
      />
    </span>
  );
}

/** What is shown, and how many seconds more. */
function useShown(onHidden: () => void) {
  const [shown, setShown] = useState<Revealed | null>(null);
  const [left, setLeft] = useState(0);
  const told = useRef(onHidden);
  useEffect(() => {
    told.current = onHidden;
  });
  useEffect(() => {
    if (!shown) return undefined;
    const end = () => {
      setShown(null);
      setLeft(0);
      told.current();
    };
    const look = () => {
      const seconds = secondsTo(shown.until);
      // The server's clock is known to a second: never more than the service said.
      if (seconds > 0) setLeft(Math.min(MOST_SECONDS, seconds));
      else end();
    };
    const timer = setInterval(look, 1000);
    // A page that the browser keeps to come back to is shown again without asking anybody.
    addEventListener('pagehide', end);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', end);
    };
  }, [shown]);
  return {
    shown,
    left,
    show: (revealed: Revealed) => {
      setLeft(secondsTo(revealed.until));
      setShown(revealed);
    },
    hide: () => {
      setShown(null);
      setLeft(0);
      onHidden();
    },
  };
}

const secondsTo = (until: string): number =>
  Math.max(0, Math.ceil((Date.parse(until) - serverNow().getTime()) / 1000));

interface AskForClearProps extends Omit<ClearFieldProps, 'masked'> {
  readonly open: boolean;
  close(): void;
  show(revealed: Revealed): void;
}

/** What for: it stands in the file from then on. */
function AskForClear({ open, which, personId, name, close, show }: AskForClearProps) {
  const t = useTexts();
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const [judged, setJudged] = useState(false);
  const { mutateAsync, isPending } = useReveal(which, personId);
  const trying = useTrying();
  const purpose = purposes.find((each) => each === reason);
  const noteMissing = purpose === 'other' && isTooShort(note);
  // Closed and not taken away: so the focus comes back to the button.
  const leave = () => {
    setReason('');
    setNote('');
    setJudged(false);
    trying.forget();
    close();
  };
  const ask = async () => {
    setJudged(true);
    if (!purpose || noteMissing) return;
    const words = [...(purpose === 'other' ? [] : [t.personFile.reasons[purpose]]), note.trim()];
    const revealed = await trying.run(
      () => mutateAsync(words.filter(Boolean).join('：')),
      ({ until }) => t.personFile.shown(name, secondsTo(until)),
      t.personFile.notShown(name),
    );
    if (!revealed) return;
    show(revealed);
    leave();
  };
  return (
    <ConfirmDialog
      open={open}
      title={t.personFile.revealTitle(name)}
      confirm={t.personFile.show}
      busy={isPending}
      onConfirm={() => void ask()}
      onCancel={leave}
    >
      <TryFailure trying={trying} />
      <p>{t.personFile.revealIntro}</p>
      <SelectField
        id="reveal-reason"
        label={t.personFile.reason}
        all={t.personFile.chooseReason}
        value={reason}
        options={purposes.map((value) => ({ value, label: t.personFile.reasons[value] }))}
        error={judged && !purpose ? t.personFile.chooseReason : null}
        onChange={setReason}
      />
      <ReasonField
        id="reveal-note"
        label={t.personFile.note}
        help={t.personFile.noteHelp}
        optional={purpose !== 'other'}
        most={MOST_NOTE}
        error={judged && noteMissing ? t.personFile.noteMissing : null}
        value={note}
        onChange={setNote}
      />
    </ConfirmDialog>
  );
}
