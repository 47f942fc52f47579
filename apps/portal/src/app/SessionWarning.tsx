import { useEffect, useState } from 'react';
import { lastAnswer, serverNow } from '../api/client';
import { useSessionActions, type Me } from '../api/session';
import { ConfirmDialog } from '../components/input/ConfirmDialog';
import { useAnnounce } from '../components/page/Announcer';
import { useKeptSigns } from '../device/useKept';
import { useTexts } from '../texts/TextsProvider';

/** Warned this long before the end (25 of 30 minutes). */
const WARN_SECONDS = 5 * 60;
/** A session may end up to a minute early: the server writes down once a minute that somebody is there. */
const EARLY_MS = 60_000;
const SPOKEN_EVERY_SECONDS = 15;

/** Says in time that the session ends, counts down, and goes on by one key. */
export function SessionWarning({ me: { session, userId } }: { readonly me: Me }) {
  const t = useTexts();
  const announce = useAnnounce();
  const { extend, end } = useSessionActions();
  const unsent = useKeptSigns()?.find((sign) => sign.userId === userId)?.unsent ?? 0;
  const { secondsLeft, final } = useRemaining(session);
  const open = secondsLeft > 0 && secondsLeft <= WARN_SECONDS;
  const spoken = Math.ceil(secondsLeft / SPOKEN_EVERY_SECONDS) * SPOKEN_EVERY_SECONDS;

  useEffect(() => {
    if (open) announce(t.session.endsIn(spoken));
  }, [open, spoken, announce, t]);
  const over = secondsLeft <= 0;
  useEffect(() => {
    // Asking says whether it has really ended: another tab may have gone on.
    if (over) void extend();
  }, [over]); // eslint-disable-line react-hooks/exhaustive-deps -- `extend` is made anew by every render; asked once when it is over

  return (
    <ConfirmDialog
      open={open}
      title={t.session.warningTitle}
      confirm={final ? t.session.understood : t.session.extend}
      onConfirm={() => void extend()}
      onCancel={() => void end().then(() => location.reload())}
      cancel={t.session.signOut}
    >
      <p>{t.session.endsIn(secondsLeft)}</p>
      <p>{final ? t.session.cannotExtend : t.session.willExtend}</p>
      {unsent > 0 && <p>{t.visits.leave.text(unsent)}</p>}
    </ConfirmDialog>
  );
}

interface Remaining {
  readonly secondsLeft: number;
  /** It ends then whatever is done: the day's longest session is over. */
  readonly final: boolean;
}

function remainingOf({ lastSeenAt, idleEndsAt, endsAt }: Me['session']): Remaining {
  const idle = Date.parse(idleEndsAt) - Date.parse(lastSeenAt);
  const idleEnd = Math.max(Date.parse(idleEndsAt), lastAnswer() + idle) - EARLY_MS;
  const last = Date.parse(endsAt);
  const end = Math.min(idleEnd, last);
  const secondsLeft = Math.max(0, Math.ceil((end - serverNow().getTime()) / 1000));
  return { secondsLeft, final: last <= idleEnd };
}

function useRemaining(session: Me['session']): Remaining {
  const [remaining, setRemaining] = useState(() => remainingOf(session));
  useEffect(() => {
    const look = () => setRemaining(remainingOf(session));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [session]);
  return remaining;
}
