import type { ReactNode } from 'react';

type Kind = 'info' | 'success' | 'warning' | 'error';

const ICONS: Record<Kind, string> = { info: 'ℹ', success: '✓', warning: '⚠', error: '✕' };

interface BannerProps {
  readonly kind: Kind;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Spoken at once, for what has just gone wrong; what stands there anyway is no alarm. */
  readonly urgent?: boolean;
}

/** A notice in the page; antd's Alert shouts even when it says nothing new. */
export function Banner({ kind, title, children, actions, urgent = false }: BannerProps) {
  return (
    <div className={`banner banner-${kind}`} role={urgent ? 'alert' : 'status'}>
      <span className="banner-icon" aria-hidden="true">
        {ICONS[kind]}
      </span>
      <div className="banner-body">
        <p className="banner-title">{title}</p>
        {children && <div>{children}</div>}
        {actions && <div className="banner-actions">{actions}</div>}
      </div>
    </div>
  );
}
