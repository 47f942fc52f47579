import { Link, useLocation } from 'react-router';
import { useKeptSigns } from '../../device/useKept';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { Banner } from './Banner';
import { useOnline } from './useOnline';

/** The network has gone: what is shown may be old, and nothing can be sent; what was taken along is there. */
export function ConnectionBanner() {
  const t = useTexts();
  const online = useOnline();
  const kept = useKeptSigns();
  const { pathname } = useLocation();
  if (online) return null;
  const away = kept !== null && kept.length > 0 && pathname !== routes.visitsAway;
  return (
    <Banner
      kind="warning"
      urgent
      title={t.states.offlineTitle}
      actions={away && <Link to={routes.visitsAway}>{t.visits.away.link}</Link>}
    >
      <p>{t.states.offlineText}</p>
    </Banner>
  );
}
