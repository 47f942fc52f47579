import { NavLink, Outlet, useNavigation } from 'react-router';
import { Link } from 'react-router';
import { useMe } from '../api/session';
import { ConnectionBanner } from '../components/state/ConnectionBanner';
import { Skeleton } from '../components/state/Skeleton';
import { routes } from '../routes';
import { useTexts } from '../texts/TextsProvider';
import { AccountMenu } from './AccountMenu';
import { ComfortMenu } from './ComfortMenu';
import { navigationOf } from './navigation';
import { SearchButton } from './SearchButton';
import { SessionWarning } from './SessionWarning';

/** What surrounds every page: the way past it, the banner, the navigation, the page, and help in the same place always. */
export function Shell() {
  const t = useTexts();
  const { data: me } = useMe();
  const loading = useNavigation().state === 'loading';
  const entries = me ? navigationOf(me) : [];
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t.shell.skip}
      </a>
      <header className="banner-bar">
        <Link to={routes.home} className="brand">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>{t.product.name}</span>
        </Link>
        <div className="banner-tools">
          <SearchButton />
          <Link to={routes.help}>{t.shell.help}</Link>
          <ComfortMenu />
          {me && <AccountMenu me={me} />}
        </div>
      </header>
      {entries.length > 0 && (
        <nav className="main-nav" aria-label={t.shell.navigation}>
          <ul>
            {entries.map(({ name }) => (
              <li key={name}>
                <NavLink to={routes[name]} end={name === 'home'}>
                  {t.shell.pages[name]}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="main" tabIndex={-1} aria-busy={loading || undefined}>
        <ConnectionBanner />
        {loading && <Skeleton lines={1} />}
        <Outlet />
      </main>
      <footer className="foot">
        <ul>
          <li>
            <Link to={routes.accessibility}>{t.shell.accessibility}</Link>
          </li>
          <li>
            <Link to={routes.help}>{t.shell.help}</Link>
          </li>
        </ul>
      </footer>
      {me && <SessionWarning me={me} />}
    </div>
  );
}
