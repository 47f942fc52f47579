import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Ledger, Term } from '../../src/term.js';
import type { CalendarName } from './calendars.js';
import { placeOf, shanghaiInstant } from './day-list.js';
import type { End } from './naive-term.js';

export interface WorkedCase {
  readonly id: string;
  readonly title: string;
  /** Document and article, and the notice whose days were counted. */
  readonly source: string;
  /** The counting in words. */
  readonly count: string;
  readonly calendar: CalendarName;
  readonly term: Term;
  readonly ledger: Ledger;
  /** Null: never. */
  readonly end: End | null;
}

interface Written extends Pick<WorkedCase, 'id' | 'title' | 'source' | 'count'> {
  calendar?: CalendarName;
  term: Omit<Partial<Term>, 'anchorAt'> & Pick<Term, 'anchorDay' | 'value' | 'unit'> & { anchorAt?: string };
  suspensions?: { reason: string; from: string; to?: string }[];
  extensions?: number[];
  expect: { day?: string; at?: string; provisional?: boolean; paused?: boolean; never?: boolean };
}

/** `2026-10-20T09:00` on the wall in Shanghai. */
const wall = (written: string) => new Date(`${written}:00+08:00`);

export function workedCases(): WorkedCase[] {
  const text = readFileSync(new URL('worked-cases.yaml', import.meta.url), 'utf8');
  return (parse(text) as Written[]).map((written) => ({
    id: written.id,
    title: written.title,
    source: written.source,
    count: written.count,
    calendar: written.calendar ?? 'in-force',
    term: {
      kind: 'statutory',
      basis: written.source,
      ...written.term,
      anchorAt: written.term.anchorAt ? wall(written.term.anchorAt) : null,
    },
    ledger: {
      suspensions: (written.suspensions ?? []).map(({ reason, from, to }) => ({
        reason,
        basis: written.source,
        from: wall(from),
        to: to ? wall(to) : null,
      })),
      extensions: (written.extensions ?? []).map((value) => ({ value, basis: written.source })),
    },
    end: endOf(written),
  }));
}

function endOf({ id, expect }: Written): End | null {
  if (expect.never) return null;
  if (expect.paused) return { day: null, dueAt: null, provisional: false, paused: true };
  if (!expect.day) throw new Error(`${id}: says no day`);
  return {
    day: expect.day,
    dueAt: shanghaiInstant(placeOf(expect.day), expect.at ?? '24:00'),
    provisional: expect.provisional ?? false,
    paused: false,
  };
}
