import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useTexts } from '../../texts/TextsProvider';

interface PageProps {
  /** What stands in the window's title and, unless `heading` says more, in the h1. */
  readonly title: string;
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  /** A page of one small form. */
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** One page: its title in the window, its h1 with the focus whenever the page is a new one. */
export function Page({ title, heading, actions, narrow, children }: PageProps) {
  const t = useTexts();
  const { pathname } = useLocation();
  const h1 = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} - ${t.product.name}`;
  }, [title, t]);

  useEffect(() => {
    // After the address changed, not after a filter in its query did.
    h1.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [pathname]);

  return (
    <div className={narrow ? 'page page-narrow' : 'page'}>
      <div className="page-head">
        <h1 ref={h1} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
