import type { QueueCounts } from '../../api/queue';
import { routes } from '../../routes';
import type { Texts } from '../../texts/zh';

interface CountLink {
  readonly key: string;
  /** The whole of it: 3 件超期. */
  readonly text: string;
  readonly to: string;
  readonly urgent: boolean;
}

/** Where there is something, the most urgent first; then what there is to take. */
export function countLinksOf(counts: QueueCounts, t: Texts): CountLink[] {
  const link = (key: keyof QueueCounts, words: (count: string) => string, query: string, urgent = false) => ({
    key,
    text: words(t.queue.total(counts[key].value, counts[key].atLeast)),
    to: `${routes.queue}?${query}`,
    urgent: urgent && counts[key].value > 0,
  });
  return [
    link('overdue', t.home.overdue, 'view=overdue', true),
    link('today', t.home.dueToday, 'view=all&due=today', true),
    link('soon', t.home.dueSoon, 'view=all&due=soon'),
    link('mine', t.home.mine, 'view=mine'),
    link('review', t.home.review, 'view=review'),
    link('papers', t.home.papers, 'view=papers'),
    link('pool', t.home.pool, 'view=pool'),
  ];
}
