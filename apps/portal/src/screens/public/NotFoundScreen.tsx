import { Link } from 'react-router';
import { Page } from '../../components/page/Page';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

/** P3: no such page, and the way back. */
export function NotFoundScreen() {
  const t = useTexts();
  return (
    <Page title={t.errors.notFoundTitle}>
      <p>{t.errors.notFoundText}</p>
      <p>
        <Link to={routes.home}>{t.errors.toHome}</Link>
      </p>
    </Page>
  );
}
