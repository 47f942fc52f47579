import { useState } from 'react';
import { Link } from 'react-router';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Skeleton } from '../../components/state/Skeleton';
import { useKeptSigns, useOpenBag } from '../../device/useKept';
import { canKeep } from '../../device/vault';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { AwayBag } from './AwayBag';
import type { Uploaded } from './upload';
import { UploadResult } from './UploadResult';
import { Unlock } from './Unlock';
import './visits.css';

/** W13, on the way: what was taken along, read and written without a network; nobody need be signed in, the passphrase opens it. */
export function AwayScreen() {
  const t = useTexts();
  return (
    <Page title={t.visits.away.title}>
      <div className="visits">
        <Away />
      </div>
    </Page>
  );
}

function Away() {
  const { vault, bag } = useOpenBag();
  const [result, setResult] = useState<Uploaded | null>(null);
  return (
    <>
      {result && <UploadResult result={result} />}
      {vault && bag && bag.visits.length > 0 ? (
        <AwayBag vault={vault} bag={bag} result={result} came={setResult} />
      ) : (
        <NotOpen opening={vault !== null && bag !== null} />
      )}
    </>
  );
}

/** Nothing is kept, or it is shut. */
function NotOpen({ opening }: { readonly opening: boolean }) {
  const t = useTexts();
  const { data: me } = useMe();
  const signs = useKeptSigns();
  if (!canKeep()) return <Banner kind="warning" title={t.visits.take.cannot} />;
  if (signs === null) return <Skeleton lines={2} />;
  const mine = me ? signs.filter(({ userId }) => userId === me.userId) : signs;
  if (mine.length > 0 && !opening) return <Unlock signs={mine} userId={me?.userId ?? null} />;
  return (
    <EmptyState title={t.visits.away.nothing} action={<Link to={routes.visits}>{t.visits.title}</Link>}>
      <p>{t.visits.away.nothingText}</p>
    </EmptyState>
  );
}
