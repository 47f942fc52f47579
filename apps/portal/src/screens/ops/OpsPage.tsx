import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { Page } from '../../components/page/Page';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import './ops.css';

const pages = ['ops', 'opsParked', 'opsReplays', 'opsConsumers', 'opsQueues', 'opsOutbox'] as const;

interface OpsPageProps {
  readonly title: string;
  readonly heading?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of operations, with the way to the others. */
export function OpsPage({ children, ...page }: OpsPageProps) {
  const t = useTexts();
  return (
    <Page {...page}>
      <nav className="ops-nav" aria-label={t.ops.pagesLabel}>
        <ul>
          {pages.map((name) => (
            <li key={name}>
              <NavLink to={routes[name]} end={name === 'ops'}>
                {t.ops.pages[name]}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </Page>
  );
}
