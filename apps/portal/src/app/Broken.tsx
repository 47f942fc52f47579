import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { routes } from '../routes';
import { useTexts } from '../texts/TextsProvider';

/** A page broke while it was drawn: said in words, with the way back. */
export function Broken() {
  const t = useTexts();
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => h1.current?.focus(), []);
  return (
    <main id="main" className="broken">
      <h1 ref={h1} tabIndex={-1}>
        {t.errors.brokenTitle}
      </h1>
      <p>{t.errors.brokenText}</p>
      <p>
        <Button type="primary" onClick={() => location.reload()}>
          {t.errors.reload}
        </Button>{' '}
        <Button href={routes.home}>{t.errors.toHome}</Button>
      </p>
    </main>
  );
}
