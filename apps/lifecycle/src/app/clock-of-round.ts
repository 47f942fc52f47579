import { Injectable } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { dueOf, WorkingCalendar } from '@app/clocks';
import { Clock, shanghaiDay } from '@app/kernel';
import type {
  StoredRound,
  StoredRoundItem,
  WaitingDetermination,
} from '../adapters/postgres/chain-queries.js';
import { isBesideSteps, markOf, type CaseTerm } from '../domain/case-term.js';
import { clockOfRound, PAPERS, type ChainClock, type ItemEnd, type OpenItem } from '../domain/chain-clock.js';
import { Look } from './look.js';
import type { ChainClockView, ChainTermView, RoundItemView } from './views.js';
import { waitsFor, type WaitsFor } from './waits-for.js';
import { missingInChinese } from './wording.js';

/** What a round's clock is worked out from. */
export interface RoundFile {
  readonly round: StoredRound;
  readonly items: readonly StoredRoundItem[];
  /** By case. */
  readonly terms: ReadonlyMap<string, readonly CaseTerm[]>;
  /** What of the person waits for facts. */
  readonly waiting: readonly WaitingDetermination[];
}

/** What is shown of a round beside the round itself. */
export interface RoundClockView {
  readonly items: RoundItemView[];
  readonly clock: ChainClockView;
}

/** What holds a round, by whom, since when and until when; its promise and its critical path. Every clock is an owner's. */
@Injectable()
export class ClockOfRound {
  constructor(
    private readonly look: Look,
    private readonly catalogue: Catalogue,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  view({ round, items, terms, waiting }: RoundFile): RoundClockView {
    const now = this.clock.now();
    const files = items.map((item) => this.fileOf(item, terms.get(item.caseId ?? '') ?? []));
    const clock = clockOfRound(
      files.filter(({ item }) => item.outcome === null).map(({ open }) => open),
      waiting.map(({ itemId, itemVersion, needs }) => ({
        itemId,
        divisionCode: round.divisionCode,
        steps: this.look.itemOf(itemId, itemVersion, round.divisionCode)?.steps ?? [],
        needs,
      })),
      this.clock.today(),
      this.calendar,
    );
    const ends = [...clock.ends];
    return {
      items: files.map((file) => ({
        ...this.itemView(file, now),
        end: file.item.outcome === null ? this.endView(ends.shift()!, file) : null,
      })),
      clock: this.clockView(round, clock, now),
    };
  }

  private fileOf(item: StoredRoundItem, terms: readonly CaseTerm[]) {
    const inForce = this.look.itemOf(item.itemId, item.itemVersion, item.divisionCode);
    const steps = inForce?.steps ?? [];
    const running = terms.find(
      ({ step, ended, holder }) => !ended && holder === 'office' && steps.some(({ id }) => id === step),
    );
    const waits =
      item.outcome === null
        ? waitsFor(item.status, item.nextStep ?? running?.step ?? null, item.owner, inForce)
        : null;
    const open: OpenItem = {
      itemId: item.itemId,
      divisionCode: item.divisionCode,
      steps,
      // Who is listed has the first step's term running.
      waitsFor: item.status === 'listed' ? (steps[0]?.id ?? null) : (waits?.step ?? null),
      terms,
      papers: item.papers,
      gives: item.action === 'open' ? (inForce?.gives ?? []) : [],
    };
    return { item, inForce, terms, waits, open };
  }

  private itemView(
    { item, inForce, terms, waits }: ReturnType<ClockOfRound['fileOf']>,
    now: Date,
  ): Omit<RoundItemView, 'end'> {
    return {
      itemId: item.itemId,
      title: inForce?.title ?? { zh: item.itemId, en: item.itemId },
      action: item.action,
      owner: item.owner,
      mode: item.mode,
      period: item.period,
      caseId: item.caseId,
      status: item.status,
      outcome: item.outcome,
      waitsFor: waits && { ...waits, since: item.since?.toISOString() ?? null, unitId: item.unitId },
      terms: terms
        .filter(({ ended }) => !ended)
        .map((term) => ({
          ...termView(term, now),
          holds: item.outcome === null && !isBesideSteps(term.step),
        })),
      papers: item.outcome === null ? item.papers.map((material) => paperView(material, inForce)) : [],
    };
  }

  private endView(
    end: ItemEnd,
    { waits, inForce }: { waits: WaitsFor | null; inForce: RoundFileItem },
  ): RoundItemView['end'] {
    const { day, provisional, openStep } = end;
    const step = inForce?.steps.find(({ id }) => id === openStep)?.title;
    return {
      day,
      provisional,
      openStep,
      zh: endInChinese(end, step?.zh ?? waits?.zh ?? ''),
      en: endInEnglish(end, step?.en ?? openStep ?? ''),
    };
  }

  private clockView(round: StoredRound, clock: ChainClock, now: Date): ChainClockView {
    const open = round.status === 'open';
    return {
      day: clock.day,
      provisional: clock.provisional,
      openEnded: [...clock.openEnded],
      critical: [...clock.critical],
      followUps: clock.followUps.map(({ itemId, after, fact, day, provisional, openStep }) => ({
        itemId,
        title: this.titleOf(itemId, round.divisionCode),
        after,
        fact,
        factZh: missingInChinese(fact).zh,
        day,
        provisional,
        openStep,
      })),
      promise: this.promiseOf(round, now),
      zh: open ? clockInChinese(clock) : '已办结',
      en: open ? clockInEnglish(clock) : 'complete',
    };
  }

  private titleOf(itemId: string, divisionCode: string): { zh: string; en: string } {
    const found = this.catalogue
      .region(divisionCode, this.clock.today())
      .items.find(({ id }) => id === itemId);
    return found?.title ?? { zh: itemId, en: itemId };
  }

  /** From the day on which the round began; passed, it shows 超承诺, also of a round that was complete too late. */
  private promiseOf(round: StoredRound, now: Date): ChainClockView['promise'] {
    const day = shanghaiDay(round.openedAt);
    const promise = this.catalogue.region(round.divisionCode, day).region.chainPromise;
    if (!promise) return null;
    const due = dueOf(
      { ...promise, anchorDay: day, anchorAt: round.openedAt, divisionCode: round.divisionCode },
      this.calendar,
    );
    const over = due?.dueAt != null && (round.completedAt ?? now) >= due.dueAt;
    return {
      value: promise.value,
      unit: promise.unit,
      basis: promise.basis,
      dueDay: due?.day ?? null,
      dueAt: due?.dueAt?.toISOString() ?? null,
      provisional: due?.provisional ?? false,
      mark: over ? '超承诺' : null,
    };
  }
}

type RoundFileItem = ReturnType<Look['itemOf']>;

function paperView(material: string, inForce: RoundFileItem): RoundItemView['papers'][number] {
  return { material, zh: inForce?.materials.find(({ id }) => id === material)?.zh ?? material };
}

function termView(term: CaseTerm, now: Date): Omit<ChainTermView, 'holds'> {
  const { step, holder, kind, value, unit, basis, anchorDay, dueAt, provisional } = term;
  return {
    step,
    holder,
    kind,
    value,
    unit,
    basis,
    anchorDay,
    // The end of the last day is the first moment of the next.
    dueDay: dueAt ? shanghaiDay(new Date(dueAt.getTime() - 1)) : null,
    dueAt: dueAt?.toISOString() ?? null,
    provisional,
    paused: term.paused,
    pausedSince: term.pausedSince?.toISOString() ?? null,
    pauseReason: term.pauseReason,
    mark: markOf(term, now),
  };
}

function endInChinese({ day, provisional, openStep }: ItemEnd, step: string): string {
  const when = day === null ? '' : `${day}${provisional ? '（暂定）' : ''}`;
  if (openStep === null) return `至迟 ${when} 办结`;
  if (openStep === PAPERS) {
    return `等待补交材料（没有规定交的日期）${day === null ? '' : `，办理期限至 ${when}`}`;
  }
  const open = `“${step}”没有可以计算的期限`;
  return day === null ? open : `最早 ${when}，其后${open}`;
}

function endInEnglish({ day, provisional, openStep }: ItemEnd, step: string): string {
  const when = day === null ? '' : `${day}${provisional ? ' (provisional)' : ''}`;
  if (openStep === null) return `decided by ${when}`;
  if (openStep === PAPERS) {
    return `papers are to come, without a day${day === null ? '' : `; the term of the step runs until ${when}`}`;
  }
  const open = `"${step}" has no end that can be told`;
  return day === null ? open : `${when} at the earliest; then ${open}`;
}

function clockInChinese({ day, provisional, openEnded }: ChainClock): string {
  const when = day === null ? null : `${day}${provisional ? '（暂定）' : ''}`;
  if (openEnded.length === 0) return when === null ? '没有待办事项' : `至迟 ${when} 全部办结`;
  const open = `${openEnded.length} 个事项没有可以计算的期限`;
  return when === null ? open : `最早 ${when}；另有 ${open}`;
}

function clockInEnglish({ day, provisional, openEnded }: ChainClock): string {
  const when = day === null ? null : `${day}${provisional ? ' (provisional)' : ''}`;
  if (openEnded.length === 0) return when === null ? 'nothing is open' : `all decided by ${when}`;
  const open = `${openEnded.length} item(s) have no end that can be told`;
  return when === null ? open : `${when} at the earliest; ${open}`;
}
