import { Button } from 'antd';
import { useCallback, useState, type KeyboardEvent, type RefCallback } from 'react';
import { useScan, type ScanKey } from '../../api/papers';
import { Loaded } from '../state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import { saveFile } from './saveFile';
import './scan.css';

interface ScanViewerProps {
  readonly which: ScanKey;
  /** What is seen on it, in words: the name of the paper. */
  readonly title: string;
  /** Instant at which it came. */
  readonly at: string;
}

/** A scan: it is opened when somebody asks for it, since every look stands in the audit. */
export function ScanViewer({ which, title, at }: ScanViewerProps) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const query = useScan(which, at, open);
  if (!open) {
    return (
      <p>
        <Button onClick={() => setOpen(true)}>{t.scan.open}</Button>
        <span className="field-help"> {t.scan.audited}</span>
      </p>
    );
  }
  return (
    <Loaded query={query} what={t.scan.what}>
      {(content) =>
        content.type.startsWith('image/') ? (
          <ScanImage content={content} title={title} />
        ) : (
          <p>
            {t.scan.notAnImage}{' '}
            <Button onClick={() => saveFile({ name: `${title}.pdf`, content })}>{t.scan.save}</Button>
          </p>
        )
      }
    </Loaded>
  );
}

const STEP = 25;
const LEAST = 25;
const MOST = 400;
/** Turned about its corner and moved back into the frame, so that no part of it lies where nobody can scroll to. */
const TURNS = [
  'none',
  'rotate(90deg) translateY(-100%)',
  'rotate(180deg) translate(-100%, -100%)',
  'rotate(270deg) translateX(-100%)',
];

/** An image that can be looked at closely: larger, smaller, turned, by buttons or by + - R while it has the focus. */
function ScanImage({ content, title }: { readonly content: Blob; readonly title: string }) {
  const t = useTexts();
  const shown = useShown(content);
  const [percent, setPercent] = useState(100);
  const [quarters, setQuarters] = useState(0);
  const zoom = (by: number) => setPercent((now) => Math.min(MOST, Math.max(LEAST, now + by)));
  const turn = () => setQuarters((now) => (now + 1) % 4);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') zoom(STEP);
    else if (event.key === '-') zoom(-STEP);
    else if (event.key.toLowerCase() === 'r') turn();
    else return;
    event.preventDefault();
  };
  return (
    <div className="scan">
      <div className="buttons" role="group" aria-label={t.scan.tools}>
        <Button disabled={percent <= LEAST} onClick={() => zoom(-STEP)}>
          {t.scan.smaller}
        </Button>
        <Button disabled={percent >= MOST} onClick={() => zoom(STEP)}>
          {t.scan.larger}
        </Button>
        <Button onClick={turn}>{t.scan.turn}</Button>
        <span role="status">{t.scan.shownAt(percent, quarters * 90)}</span>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- scrolled and zoomed by keys */}
      <div
        className="scan-frame"
        role="region"
        aria-label={t.scan.frame(title)}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- whoever cannot use a mouse scrolls it by keys
        tabIndex={0}
        onKeyDown={press}
      >
        <img
          ref={shown}
          alt={t.scan.imageOf(title)}
          style={{ width: `${percent}%`, transform: TURNS[quarters] }}
        />
      </div>
      <p className="field-help">{t.scan.keys}</p>
    </div>
  );
}

/** Shows a file that the page holds, under an address that is gone with the image. */
function useShown(content: Blob): RefCallback<HTMLImageElement> {
  return useCallback(
    (image) => {
      if (!image) return undefined;
      const url = URL.createObjectURL(content);
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [content],
  );
}
