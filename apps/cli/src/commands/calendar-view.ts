import pc from 'picocolors';
import { table } from '../output.js';

/** What a service answers to a preview. */
export interface ServicePreview {
  readonly looked: number;
  readonly moved: number;
  readonly settled: number;
  readonly bySteps: readonly { readonly step: string; readonly basis: string; readonly moved: number }[];
  readonly cases: readonly {
    readonly subjectId: string;
    readonly step: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** What workbench answers to a check. */
export interface CheckedCalendar {
  readonly kind: 'year' | 'local';
  readonly key: string;
  readonly coveredTo: string;
  readonly days: readonly {
    readonly day: string;
    readonly division: string | null;
    readonly before: SeenDay;
    readonly after: SeenDay;
  }[];
  readonly officeHours: readonly string[];
}

interface SeenDay {
  readonly working: boolean;
  readonly type: string | null;
  readonly name: string;
}

/** What a calendar would do, service by service. */
export interface CalendarDiff {
  readonly check: CheckedCalendar;
  readonly services: Readonly<Record<string, ServicePreview>>;
  readonly moved: number;
  readonly settled: number;
}

/** What is in force, as workbench answers. */
export interface CalendarShown {
  readonly years: readonly { readonly year: number; readonly basis: string }[];
  readonly coveredTo: string;
  readonly settledTo: string;
  readonly local: readonly {
    readonly division: string;
    readonly days: Readonly<Record<string, { readonly name: string }>>;
    readonly officeHours:
      readonly { readonly from: string; readonly to: string; readonly close: string }[] | null;
  }[];
  readonly history: readonly {
    readonly number: number;
    readonly key: string;
    readonly basis: string;
    readonly publishedBy: string;
    readonly publishedAt: string;
  }[];
}

/** Cases of each service that people are shown; a program gets all that the service names. */
const CASES_SHOWN = 10;

export function describeDiff({ check, services, moved, settled }: CalendarDiff): string {
  const days = check.days.map(({ day, division, before, after }) => [
    day,
    division ?? '全国 · everywhere',
    `${nameOf(before)} → ${nameOf(after)}`,
  ]);
  const each = Object.entries(services).flatMap(([service, preview]) => describeService(service, preview));
  return [
    pc.bold(`${check.key}  改变 ${check.days.length} 天 · days changed`),
    ...(days.length > 0 ? [table(days)] : []),
    ...(check.officeHours.length > 0 ? [`办公时间 · office hours: ${check.officeHours.join(', ')}`] : []),
    ...each,
    pc.bold(`合计变动 ${moved} 个期限，转为确定 ${settled} 个 · ends moved in all, settled`),
    `日历覆盖至 · covered to ${check.coveredTo}`,
  ].join('\n');
}

export function describeCalendar({ years, coveredTo, settledTo, local, history }: CalendarShown): string {
  return [
    pc.bold(
      `日历覆盖至 · covered to ${coveredTo}，${settledTo} 之后的期限为暂定 · ends after it are provisional`,
    ),
    table(years.map(({ year, basis }) => [String(year), basis])),
    ...local.map(
      ({ division, days, officeHours }) =>
        `${division}  ${Object.entries(days)
          .map(([day, { name }]) => `${day} ${name}`)
          .concat((officeHours ?? []).map(({ from, to, close }) => `${from}–${to} ${close}`))
          .join('，')}`,
    ),
    ...(history.length > 0
      ? [
          table(
            history.map(({ number, key, basis, publishedBy, publishedAt }) => [
              `#${number}`,
              key,
              publishedAt.slice(0, 10),
              publishedBy,
              basis,
            ]),
          ),
        ]
      : []),
  ].join('\n');
}

function describeService(
  service: string,
  { looked, moved, settled, bySteps, cases }: ServicePreview,
): string[] {
  const head = `${pc.bold(service)}  看了 ${looked} 个，变动 ${moved} 个，转为确定 ${settled} 个 · looked at, moved, settled`;
  if (moved === 0) return [head];
  return [
    head,
    table(bySteps.map(({ step, basis, moved: count }) => [`  ${step}`, String(count), basis])),
    table(
      cases
        .slice(0, CASES_SHOWN)
        .map(({ subjectId, step, before, after }) => [
          `  ${subjectId}`,
          step,
          `${instantOf(before)} → ${instantOf(after)}`,
        ]),
    ),
    ...(moved > CASES_SHOWN ? [pc.dim('  其余请用 --json · the others with --json')] : []),
  ];
}

function nameOf({ working, type, name }: SeenDay): string {
  return `${type ?? (working ? '班' : '休')}（${name}）`;
}

/** On the wall of Shanghai, where the terms are. */
function instantOf(instant: string | null): string {
  if (instant === null) return '—';
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
