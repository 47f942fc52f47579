import { Button } from 'antd';
import { useState } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { useAnnounce } from '../page/Announcer';

/** By which the operators find what happened; to be read out, or copied. */
export function TraceNumber({ traceId }: { readonly traceId: string }) {
  const t = useTexts();
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(traceId);
    setCopied(true);
    announce(t.states.copied);
  };
  return (
    <p className="trace">
      {t.states.trace} <code>{traceId}</code>{' '}
      <Button size="small" onClick={() => void copy()}>
        {copied ? t.states.copied : t.states.copyTrace}
      </Button>
    </p>
  );
}
