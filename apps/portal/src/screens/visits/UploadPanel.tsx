import { Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { useOnline } from '../../components/state/useOnline';
import { forgetIfNothing } from '../../device/forget';
import { toTell, type Bag } from '../../device/kept';
import type { Vault } from '../../device/vault';
import { routes, signInAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { upload, type Uploaded } from './upload';
import { resultText } from './UploadResult';

interface UploadPanelProps {
  readonly vault: Vault;
  readonly bag: Bag;
  readonly result: Uploaded | null;
  came(result: Uploaded): void;
}

/** Tells what was written down, once there is a network and whoever wrote it is signed in. */
export function UploadPanel({ vault, bag, result, came }: UploadPanelProps) {
  const t = useTexts();
  const announce = useAnnounce();
  const online = useOnline();
  const queries = useQueryClient();
  const me = useMe();
  const { refetch: askWho, data: who } = me;
  const known = who !== undefined;
  useEffect(() => {
    // The page may have been opened without a network, when nobody could say who is signed in.
    if (online && !known) void askWho();
  }, [online, known, askWho]);
  const [busy, setBusy] = useState(false);
  const waiting = bag.visits.flatMap((visit) =>
    visit.matters.filter(({ caseId }) => {
      const record = toTell(visit, caseId);
      return record !== null && !record.refused;
    }),
  ).length;
  const send = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const uploaded = await upload(vault, (day) => t.visits.form.tellsDay(t.format.day(day)));
      came(uploaded);
      announce(resultText(uploaded, t));
    } catch (error) {
      came({ matters: [], error });
    }
    setBusy(false);
    await forgetIfNothing();
    await queries.invalidateQueries({ queryKey: ['queue'] });
  };
  const signedOut = isProblem(me.error, 401) || isProblem(result?.error, 401);
  return (
    <section aria-label={t.visits.away.resultTitle}>
      {!online && <Banner kind="info" title={t.visits.away.offline} />}
      {online && signedOut && (
        <Banner
          kind="warning"
          title={t.visits.away.signIn}
          actions={<Link to={signInAt(routes.visitsAway)}>{t.visits.away.toSignIn}</Link>}
        />
      )}
      {online && me.data && me.data.userId !== vault.userId && (
        <Banner kind="warning" title={t.visits.away.otherUser} />
      )}
      {waiting === 0 ? (
        <p>{t.visits.away.nothingToUpload}</p>
      ) : (
        online &&
        me.data?.userId === vault.userId && (
          <p>
            <Button type="primary" onClick={() => void send()} aria-disabled={busy || undefined}>
              {busy ? t.visits.away.uploading : t.visits.away.upload(waiting)}
            </Button>
          </p>
        )
      )}
    </section>
  );
}
