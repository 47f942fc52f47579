import { CliError, EXIT } from '../cli-error.js';

const FORM = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?\s*(Z|[+-]\d{2}:\d{2})?$/;

/**
 * A point in time as a person types it: `2026-11-29 14:30`, `2026-11-29T14:30:05+08:00`. Without a zone it is Beijing time, which
 * knows no summer time (Asia/Shanghai since 1991).
 * @throws CliError for what is none, 30 February included
 */
export function pointInTime(text: string): Date {
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = '+08:00'] =
    FORM.exec(text.trim()) ?? [];
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const point = new Date(`${wall}${fraction}${zone}`);
  // 30 February would become 2 March.
  const asWritten = new Date(`${wall}Z`);
  if (Number.isNaN(point.getTime()) || asWritten.toISOString().slice(0, 19) !== wall) {
    throw new CliError(
      'not-a-time',
      '不是有效的时间 · not a point in time',
      '例如 · for example  --to "2026-11-29 14:30:00"',
      EXIT.usage,
    );
  }
  return point;
}

/** As part of a name: UTC, to the second, `20261129T063000Z`. */
export function stampOf(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** For people: Beijing time, to the second. */
export function beijingTime(at: Date | string): string {
  const shifted = new Date(new Date(at).getTime() + 8 * 3_600_000);
  return `${shifted.toISOString().slice(0, 19).replace('T', ' ')} (北京时间 · UTC+8)`;
}
