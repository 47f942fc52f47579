import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMe } from '../../api/session';
import type { WaitingVisit } from '../../api/visits';
import { DayField } from '../../components/input/DayField';
import { PasswordField } from '../../components/input/PasswordField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Banner } from '../../components/state/Banner';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { useKeptSigns } from '../../device/useKept';
import { canKeep } from '../../device/vault';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { takeAlong, WrongPassphrase, type Taken } from './takeAlong';
import { todayHere } from './today';

/** As many as somebody visits in a few days; all of it is sealed anew with each change. */
const MOST = 50;
const SHORTEST = 8;

interface TakeAlongProps {
  readonly chosen: readonly WaitingVisit[];
  taken(): void;
}

/** Keeps what is needed for the chosen persons on this device, under a passphrase. */
export function TakeAlong({ chosen, taken }: TakeAlongProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const alreadyKept = useKeptSigns()?.some(({ userId }) => userId === me?.userId) ?? false;
  const form = useFieldErrors();
  const trying = useTrying();
  const [day, setDay] = useState(todayHere);
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Taken | null>(null);

  if (!canKeep()) {
    return (
      <section className="no-print">
        <h2>{t.visits.take.title}</h2>
        <Banner kind="warning" title={t.visits.take.cannot} />
      </section>
    );
  }
  const submit = async () => {
    const good = form.judge([
      ...(chosen.length === 0 ? [{ field: 'take-chosen', text: t.visits.take.nobody }] : []),
      ...(chosen.length > MOST ? [{ field: 'take-chosen', text: t.visits.take.tooMany(MOST) }] : []),
      ...(day === '' ? [{ field: 'take-day', text: t.visits.take.dayMissing }] : []),
      ...(passphrase.length < SHORTEST ? [{ field: 'take-passphrase', text: t.visits.take.tooShort }] : []),
    ]);
    if (!good || busy || !me) return;
    setBusy(true);
    setDone(null);
    const take = async () => {
      try {
        return await takeAlong(chosen, { userId: me.userId, day, passphrase, alreadyKept }, t);
      } catch (error) {
        if (error instanceof WrongPassphrase) return error;
        throw error;
      }
    };
    const result = await trying.run(
      take,
      (came) => (came instanceof Error ? t.visits.take.wrong : t.visits.take.taken(came.persons)),
      t.visits.take.failed,
    );
    setBusy(false);
    if (result instanceof Error) form.judge([{ field: 'take-passphrase', text: t.visits.take.wrong }]);
    else if (result) {
      setPassphrase('');
      setDone(result);
      taken();
    }
  };
  return (
    <section className="no-print" aria-labelledby="take-along">
      <h2 id="take-along">{t.visits.take.title}</h2>
      <p>{t.visits.take.text}</p>
      <WorkForm errors={form.errors} submit={() => void submit()}>
        <p id="take-chosen" tabIndex={-1}>
          {t.visits.chosen(chosen.length)}
        </p>
        <DayField
          id="take-day"
          label={t.visits.take.day}
          error={form.errorOf('take-day')}
          value={day}
          onChange={setDay}
        />
        <PasswordField
          id="take-passphrase"
          label={alreadyKept ? t.visits.take.passphraseAgain : t.visits.take.passphrase}
          help={alreadyKept ? t.visits.take.passphraseAgainHelp : t.visits.take.passphraseHelp}
          error={form.errorOf('take-passphrase')}
          autoComplete="off"
          value={passphrase}
          onChange={setPassphrase}
        />
        <TryFailure trying={trying} />
        <Button type="primary" htmlType="submit" aria-disabled={busy || undefined}>
          {t.visits.take.go(chosen.length)}
        </Button>
      </WorkForm>
      {done && (
        <Banner
          kind="success"
          title={t.visits.take.taken(done.persons)}
          actions={<Link to={routes.visitsAway}>{t.visits.take.open}</Link>}
        >
          {done.changed > 0 && <p>{t.visits.take.changed(done.changed)}</p>}
        </Banner>
      )}
    </section>
  );
}
