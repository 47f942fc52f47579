import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { firstDisagreement } from './agreement.js';
import { places, writeCalendars } from './calendars.js';
import type { Comparison } from './compare-process.js';
import { dayAt, placeOf } from './day-list.js';
import { productOn, tablesOf } from './engine.js';
import { naiveCounted, naiveEnd } from './naive-term.js';
import { randomTerm } from './random-terms.js';
import { wrongEngines } from './wrong-engines.js';

const TERMS = 1_000_000;
/** A mistake has to show within so many terms; the million leaves room for rarer ones. */
const TERMS_FOR_A_MISTAKE = 5_000;
/** Explaining writes a sentence for each day, which takes its time. */
const TERMS_EXPLAINED = 1_500;
/** Another one for a night's run: `ONETHING_REFERENCE_SEED=7 npm test -- unit reference`. */
const seed = Number(process.env.ONETHING_REFERENCE_SEED ?? 338877);

const runner = new URL('../../../testing/run/typescript.mjs', import.meta.url).href;
const compareProcess = fileURLToPath(new URL('./compare-process.ts', import.meta.url));

const calendars = writeCalendars();
const tableOf = tablesOf(calendars);
const termOf = (index: number) => randomTerm(seed, index);

afterAll(() => calendars.remove());

describe('the product and a naive day-by-day reference', () => {
  it(`agree on ${TERMS} random terms`, async () => {
    const processes = Math.max(2, Math.min(4, availableParallelism()));
    const share = Math.ceil(TERMS / processes);
    const comparisons = await Promise.all(
      Array.from({ length: processes }, (_, nth) =>
        compared(nth * share, Math.min(TERMS, (nth + 1) * share)),
      ),
    );
    expect(comparisons.flatMap(({ first }) => first)).toEqual([]);
    expect(comparisons.reduce((sum, comparison) => sum + comparison.compared, 0)).toBe(TERMS);
    expect(comparisons.reduce((sum, { differing }) => sum + differing, 0)).toBe(0);
  }, 900_000);

  it('are tried on what goes wrong in practice: pauses, New Year, days of a place, amended calendars', () => {
    const seen = { suspended: 0, open: 0, overNewYear: 0, placeOrAmended: 0, extended: 0, provisional: 0 };
    const count = 20_000;
    for (let index = 0; index < count; index += 1) {
      const { calendar, term, ledger } = termOf(index);
      const end = naiveEnd(term, tableOf(calendar), ledger);
      if (ledger.suspensions.length > 0) seen.suspended += 1;
      if (end?.paused) seen.open += 1;
      if (end?.day && end.day.slice(0, 4) > term.anchorDay.slice(0, 4)) seen.overNewYear += 1;
      const inCounty = term.divisionCode?.startsWith(places.county.slice(0, 6)) ?? false;
      if (inCounty || (calendar !== 'in-force' && calendar !== 'until-2024')) seen.placeOrAmended += 1;
      if (ledger.extensions.length > 0) seen.extended += 1;
      if (end?.provisional) seen.provisional += 1;
    }
    expect(seen.suspended / count).toBeGreaterThan(0.3);
    expect(seen.open / count).toBeGreaterThan(0.01);
    expect(seen.overNewYear / count).toBeGreaterThan(0.2);
    expect(seen.placeOrAmended / count).toBeGreaterThan(0.1);
    expect(seen.extended / count).toBeGreaterThan(0.1);
    expect(seen.provisional / count).toBeGreaterThan(0.03);
  });

  it('show people the very days that count, and the same end', () => {
    const product = productOn(calendars);
    const differing: unknown[] = [];
    for (let index = 0; index < TERMS_EXPLAINED; index += 1) {
      const random = termOf(index);
      const { term, ledger } = random;
      const table = tableOf(random.calendar);
      const { lastDay, dueAt, days } = product.explained(random);
      const end = naiveEnd(term, table, ledger);
      const told = days.filter(({ counted }) => counted).map(({ day }) => day);
      const until = days.at(-1)?.day ?? term.anchorDay;
      const counted = naiveCounted(term, table, ledger, placeOf(until))?.map((day) => dayAt(day).text);
      const same =
        lastDay === (end?.day ?? null) &&
        dueAt === (end?.dueAt == null ? null : new Date(end.dueAt).toISOString()) &&
        (!counted || told.join() === counted.join());
      if (!same) differing.push({ index, random, lastDay, dueAt, told, counted });
    }
    expect(differing).toEqual([]);
  }, 300_000);

  it.each(wrongEngines)('would not agree if the product did this: $mistake', ({ engine }) => {
    expect(firstDisagreement(engine, termOf, tableOf, TERMS_FOR_A_MISTAKE)).not.toBeNull();
  });

  it('knows at least fifteen mistakes, each by a name of its own', () => {
    const names = new Set(wrongEngines.map(({ mistake }) => mistake));
    expect(names.size).toBe(wrongEngines.length);
    expect(names.size).toBeGreaterThanOrEqual(15);
  });
});

async function compared(from: number, to: number): Promise<Comparison> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--import', runner, compareProcess],
    ...[calendars.root, String(seed), String(from), String(to)],
  ]);
  return JSON.parse(stdout) as Comparison;
}
