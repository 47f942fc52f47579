import type { OperationsOverview, SeenService } from '../../api/ops';
import { routes } from '../../routes';
import type { Texts } from '../../texts/zh';

/** Facts of a service that wait longer than this are not merely on their way. */
const SENDING_LATE_SECONDS = 60;

/** One sentence of what is wrong, with the page that shows more of it. */
export interface Trouble {
  readonly text: string;
  readonly to: string | null;
}

export interface Condition {
  /** `doubtful`: nothing is known to be wrong, but not everything is known. */
  readonly state: 'good' | 'bad' | 'doubtful';
  readonly troubles: readonly Trouble[];
}

/** How the house is, in sentences: what hurts people first. */
export function conditionOf({ services, alarms, hurt, proposed }: OperationsOverview, t: Texts): Condition {
  const words = t.ops.overview;
  const names = (of: readonly SeenService[]) => t.ops.namesOf(of.map(({ service }) => service));
  const parked = sum(services.map((each) => each.parked ?? 0));
  const queues = services.flatMap((each) => each.queues);
  const failed = sum(queues.map(({ counts }) => counts?.failed ?? 0));
  const silent = services.filter(({ answered }) => !answered);
  const late = services.filter(({ unpublished }) => (unpublished?.oldestSeconds ?? 0) > SENDING_LATE_SECONDS);
  const unsure = services.filter(({ reminding }) => reminding === 'troubled');
  const away = queues.filter(({ counts }) => counts === null).length;
  const told = (wrong: boolean, text: () => string, to: string | null = null): Trouble[] =>
    wrong ? [{ text: text(), to }] : [];
  const bad = [
    ...told(parked > 0, () => words.parked(parked, hurt.persons), routes.opsParked),
    ...told(hurt.today + hurt.overdue > 0, () => words.terms(hurt.today, hurt.overdue), routes.opsParked),
    ...told(alarms.length > 0, () => words.alarms(alarms.length)),
    ...told(unsure.length > 0, () => words.reminding(names(unsure))),
    ...told(late.length > 0, () => words.sendingLate(names(late)), routes.opsOutbox),
    ...told(failed > 0, () => words.failedJobs(failed), routes.opsQueues),
    ...told(proposed > 0, () => words.proposed(proposed), routes.opsReplays),
  ];
  const doubts = [
    ...told(silent.length > 0, () => words.silent(names(silent))),
    ...told(away > 0, () => words.queuesAway(away), routes.opsQueues),
  ];
  if (bad.length + doubts.length === 0) {
    return { state: 'good', troubles: [{ text: words.allGood, to: null }] };
  }
  return { state: bad.length > 0 ? 'bad' : 'doubtful', troubles: [...bad, ...doubts] };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
