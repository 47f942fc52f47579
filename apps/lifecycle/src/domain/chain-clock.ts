import type { Circumstance, ItemStep, StepLimit } from '@app/catalogue';
import { dueOf, type Due, type WorkingCalendar } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import { isOfPapers, OVERALL, type CaseTerm } from './case-term.js';

/** An item of a round without an outcome, as far as its end can be told. */
export interface OpenItem {
  readonly itemId: string;
  readonly divisionCode: string;
  /** The item's steps in the version of its case; empty for one that the catalogue no longer has. */
  readonly steps: readonly ItemStep[];
  /** What it waits for: a step of the item, or another task (`consent`, `hold`, `answer`); null: nobody has to do anything. */
  readonly waitsFor: string | null;
  /** What its owner said of its case's terms, ended ones among them. */
  readonly terms: readonly CaseTerm[];
  /** Papers that its case waits for, in the catalogue's words. */
  readonly papers: readonly string[];
  /** Facts that are known once it is decided. */
  readonly gives: readonly string[];
}

/** An item that is not opened yet, because a fact is missing. */
export interface WaitingItem {
  readonly itemId: string;
  readonly divisionCode: string;
  readonly steps: readonly ItemStep[];
  /** The facts it waits for. */
  readonly needs: readonly string[];
}

/** By when an item is decided if everybody takes the whole of their time. */
export interface ItemEnd {
  readonly itemId: string;
  /** `YYYY-MM-DD`: the last day if `openStep` is null, else the earliest on which it can be, as far as there are numbers; null: no number at all. */
  readonly day: string | null;
  readonly provisional: boolean;
  /** The first step of which nobody can say how long it takes: without a number, standing still, or waiting for the person; or `PAPERS`. */
  readonly openStep: string | null;
}

/** The open step of an item whose papers are waited for, and no day was set for them: they come when they come, whatever else runs. */
export const PAPERS = 'papers';

/** What comes after an item, because it waits for a fact that the item gives. */
export interface FollowUp extends ItemEnd {
  readonly after: string;
  readonly fact: string;
}

/** The clock of a round: a view of the clocks of its items, with none of its own. */
export interface ChainClock {
  readonly ends: readonly ItemEnd[];
  readonly followUps: readonly FollowUp[];
  /** The latest day that has a number; null: none has. */
  readonly day: string | null;
  readonly provisional: boolean;
  /** Items of which nobody can say when they end: the round may end later than `day`. */
  readonly openEnded: readonly string[];
  /** The items that end last, each with what follows from it: 关键路径. */
  readonly critical: readonly string[];
}

/** Works out the clock of a round. @param today `YYYY-MM-DD`: what is overdue ends today at the earliest */
export function clockOfRound(
  items: readonly OpenItem[],
  waiting: readonly WaitingItem[],
  today: string,
  calendar: WorkingCalendar,
): ChainClock {
  const ends = items.map((item) => endOf(item, today, calendar));
  const followUps = waiting.flatMap((next) => followUpOf(next, items, ends, calendar));
  const all: readonly ItemEnd[] = [...ends, ...followUps];
  const days = all.flatMap(({ day }) => day ?? []).sort();
  const last = days.at(-1) ?? null;
  const latest = all.filter(({ day }) => day !== null && day === last);
  return {
    ends,
    followUps,
    day: last,
    provisional: latest.some(({ provisional }) => provisional),
    openEnded: [...new Set(all.filter(({ openStep }) => openStep !== null).map(({ itemId }) => itemId))],
    critical: [
      ...new Set(
        latest.flatMap((end) => ('after' in end ? [(end as FollowUp).after, end.itemId] : end.itemId)),
      ),
    ],
  };
}

function endOf(item: OpenItem, today: string, calendar: WorkingCalendar): ItemEnd {
  const { itemId, waitsFor, terms } = item;
  const so = circumstancesOf(item);
  const steps = stepsOfCase(item.steps, so);
  const at = steps.findIndex(({ id }) => id === waitsFor);
  const unknown = { itemId, day: null, provisional: false, openStep: waitsFor ?? 'answer' };
  if (at < 0) return unknown;
  const term = terms.find(({ step, ended, holder }) => step === waitsFor && !ended && holder === 'office');
  const openEnded = waitsForPapersWithoutDay(item);
  if (!term?.dueAt) return openEnded ? { ...unknown, openStep: PAPERS } : withinWhole(unknown, terms, today);
  const due = shanghaiDay(new Date(term.dueAt.getTime() - 1));
  if (openEnded) return { itemId, day: due, provisional: term.provisional, openStep: PAPERS };
  // Who is late can be done today at the earliest.
  const day = due < today ? today : due;
  const anchors = new Map([...anchorsOf(steps.slice(0, at + 1), so, terms), [steps[at]!.id, day]]);
  const begin = { day, provisional: term.provisional };
  const end = goOn(item, limitsOf(steps.slice(at + 1), so), begin, anchors, calendar);
  return withinWhole(end, terms, today);
}

/** When that began from which the terms of these steps ran: later steps may count from the same event. */
function anchorsOf(
  steps: readonly ItemStep[],
  so: ReadonlySet<Circumstance>,
  terms: readonly CaseTerm[],
): (readonly [string, string])[] {
  return steps.flatMap((step, at) => {
    const from = limitOf(step, so)?.from ?? steps[at - 1]?.id;
    const term = terms.find((each) => each.step === step.id && each.holder === 'office');
    return from !== undefined && term ? [[from, term.anchorDay] as const] : [];
  });
}

/** It is decided by the end of the whole, whatever its steps may take; once that has passed, it says nothing any more. */
function withinWhole(end: ItemEnd, terms: readonly CaseTerm[], today: string): ItemEnd {
  const whole = terms.find(({ step, ended, holder }) => step === OVERALL && !ended && holder === 'office');
  if (!whole?.dueAt) return end;
  const day = shanghaiDay(new Date(whole.dueAt.getTime() - 1));
  const isEarlier = end.day === null || end.openStep !== null || day < end.day;
  return day >= today && isEarlier ? { ...end, day, provisional: whole.provisional, openStep: null } : end;
}

/** A notice without a day has no term. Those with one are told of as terms of their own, also when they have passed. */
function waitsForPapersWithoutDay({ papers, terms }: OpenItem): boolean {
  const isDated = terms.some(({ step, ended, dueAt }) => !ended && dueAt !== null && isOfPapers(step));
  return papers.length > 0 && !isDated;
}

/** One that is opened when the fact is known: nothing is done about it before. */
function followUpOf(
  next: WaitingItem,
  items: readonly OpenItem[],
  ends: readonly ItemEnd[],
  calendar: WorkingCalendar,
): FollowUp[] {
  for (const [place, { itemId, gives }] of items.entries()) {
    const fact = next.needs.find((need) => gives.includes(need));
    if (fact === undefined || itemId === next.itemId) continue;
    const { day, provisional, openStep } = ends[place]!;
    const steps = stepsOfCase(next.steps, NOTHING_SPECIAL);
    // What it waits for has no end itself: nothing can be said of what comes after it.
    const end =
      day === null || openStep !== null
        ? { itemId: next.itemId, day: null, provisional: false, openStep: steps[0]?.id ?? 'answer' }
        : goOn(next, limitsOf(steps, NOTHING_SPECIAL), { day, provisional }, new Map(), calendar);
    return [{ ...end, after: itemId, fact }];
  }
  return [];
}

/** Adds step after step. */
function goOn(
  { itemId, divisionCode }: Pick<OpenItem, 'itemId' | 'divisionCode'>,
  steps: readonly (readonly [string, StepLimit | null])[],
  begin: { readonly day: string; readonly provisional: boolean },
  anchors: Map<string, string>,
  calendar: WorkingCalendar,
): ItemEnd {
  let { day, provisional } = begin;
  for (const [step, limit] of steps) {
    const anchorDay = limit?.from === undefined ? day : anchors.get(limit.from);
    const due: Due | null =
      limit && anchorDay !== undefined ? dueOf({ ...limit, anchorDay, divisionCode }, calendar) : null;
    if (!due?.day) return { itemId, day, provisional, openStep: step };
    // Two steps that count from one event share their time.
    day = due.day > day ? due.day : day;
    provisional ||= due.provisional;
    anchors.set(step, day);
  }
  return { itemId, day, provisional, openStep: null };
}

const NOTHING_SPECIAL: ReadonlySet<Circumstance> = new Set();

/** What is so of a case: it tells by the term of a step that only such cases have. */
function circumstancesOf({ steps, terms }: Pick<OpenItem, 'steps' | 'terms'>): ReadonlySet<Circumstance> {
  return new Set(
    steps.flatMap(({ id, when }) =>
      when !== undefined && terms.some(({ step }) => step === id) ? when : [],
    ),
  );
}

/** The steps of such a case up to its decision: what is left to do after it holds nobody's round. */
function stepsOfCase(steps: readonly ItemStep[], so: ReadonlySet<Circumstance>): readonly ItemStep[] {
  const own = steps.filter(({ when }) => when === undefined || so.has(when));
  const decision = own.findIndex(({ kind }) => kind === 'decide');
  return decision < 0 ? own : own.slice(0, decision + 1);
}

function limitsOf(steps: readonly ItemStep[], so: ReadonlySet<Circumstance>) {
  return steps.map((step) => [step.id, limitOf(step, so)] as const);
}

function limitOf(step: ItemStep, so: ReadonlySet<Circumstance>): StepLimit | null {
  const [special] = [...so].flatMap((each) => step.limitWhen?.[each] ?? []);
  return special ?? step.limit;
}
