import { Injectable } from '@nestjs/common';
import { actingAs, grantFor, lookingWith, permissions, reachOf, type Actor, type Role } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { LegalClocks, type ClockView } from '@app/clocks';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { ChainQueries } from '../adapters/postgres/chain-queries.js';
import { GapDesk, type GapPageAsked, type StoredGap, type StoredTask } from '../adapters/postgres/gaps.js';
import { Reconciliations } from '../adapters/postgres/reconciliations.js';
import { GapTaskNotOpen, NotOwnerOfGap } from '../domain/errors.js';
import type {
  AnsweredView,
  GapsView,
  GapVillagesView,
  GapView,
  ReleasedView,
  TaskView,
} from './gap-views.js';
import { doubtView } from './distrusted-view.js';
import { gapLimitOf, gapTerm } from './gap-term.js';
import { gapInChinese } from './gap-wording.js';
import { Look } from './look.js';
import { officers } from './waits-for.js';
import { factInChinese } from './wording.js';

/** At most so many become tasks at once: one transaction, written in chunks that stop no relay. */
const MOST_AT_ONCE = 2000;

/** Gaps as users see them, and what supervisors and owners do with them. */
@Injectable()
export class GapTasks {
  constructor(
    private readonly database: Database,
    private readonly queries: ChainQueries,
    private readonly desk: GapDesk,
    private readonly runs: Reconciliations,
    private readonly clocks: LegalClocks,
    private readonly look: Look,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  list(actor: Actor, asked: GapPageAsked): Promise<GapsView> {
    return this.queries.look(lookingWith(actor, 'gap:read'), async (tx) => {
      const span = within(actor, asked);
      const [gaps, doubts] = await Promise.all([
        this.desk.page(tx, { ...asked, ...span }),
        this.runs.doubts(tx, span),
      ]);
      const released = gaps.filter(({ task }) => task !== null).map(({ gapId }) => gapId);
      const clocks = released.length > 0 ? await this.clocks.ofMany(tx, released) : new Map<string, never>();
      const last = gaps.at(-1);
      return {
        gaps: gaps.map((gap) => this.view(gap, clocks.get(gap.gapId)?.at(-1))),
        doubts: doubts.map(doubtView),
        next: last && gaps.length === asked.limit ? `${last.divisionCode}.${last.gapId}` : null,
      };
    });
  }

  villages(
    actor: Actor,
    asked: { from: string; to: string; after: string | null; limit: number },
  ): Promise<GapVillagesView> {
    return this.queries.look(lookingWith(actor, 'gap:read'), async (tx) => {
      const span = within(actor, asked);
      const [rows, doubts] = await Promise.all([
        this.desk.villages(tx, { ...asked, ...span }),
        this.runs.doubts(tx, span),
      ]);
      const villages: GapVillagesView['villages'] = [];
      for (const { divisionCode, ...counted } of rows) {
        const village = villages.at(-1);
        if (village?.divisionCode === divisionCode) village.kinds.push(counted);
        else villages.push({ divisionCode, kinds: [counted] });
      }
      const last = villages.at(-1);
      return {
        villages,
        doubts: doubts.map(doubtView),
        next: last && villages.length === asked.limit ? last.divisionCode : null,
      };
    });
  }

  /**
   * Makes the open gaps of a village tasks of their owners.
   * @param asked.ownerRole who looks after them; absent: the officer of each item
   * @throws NotAllowed where the actor does not stand over the village
   */
  release(
    actor: Actor,
    asked: {
      divisionCode: string;
      kind: string | null;
      itemId: string | null;
      ownerRole: Role | null;
      withDistrusted: boolean;
    },
  ): Promise<ReleasedView> {
    const { divisionCode, ownerRole } = asked;
    const day = this.clock.today();
    const caller = actingAs(actor, permissions['gap:release'], divisionCode);
    const limit = gapLimitOf(this.catalogue.region(divisionCode, day).region);
    return this.database.command(caller, async (tx) => {
      const found = await this.desk.unreleased(tx, { ...asked, limit: MOST_AT_ONCE });
      const wanted = found.filter(({ isDistrusted }) => asked.withDistrusted || !isDistrusted);
      const released = await this.desk.release(
        tx,
        wanted.map(({ gapId, owner }) => ({ gapId, ownerRole: ownerRole ?? officers[owner] })),
        day,
        limit,
      );
      await this.clocks.arm(
        tx,
        released.map((gapId) => gapTerm(gapId, divisionCode, day, limit)),
      );
      const personOf = new Map(wanted.map(({ gapId, personId }) => [gapId, personId]));
      tx.audit({
        what: 'gaps.released',
        personIds: [...new Set(released.map((gapId) => personOf.get(gapId) as string))],
        detail: { divisionCode, kind: asked.kind, itemId: asked.itemId, gaps: released.length },
      });
      return {
        released: released.length,
        distrusted: found.length - wanted.length,
        more: found.length === MOST_AT_ONCE && released.length > 0,
      };
    });
  }

  /**
   * Its owner, or whoever stands over them, says what became of it; the gap itself stands as long as runs see it.
   * @throws GapTaskNotOpen also for one out of reach; NotOwnerOfGap
   */
  answer(actor: Actor, gapId: string, answer: string): Promise<AnsweredView> {
    return this.database.command(lookingWith(actor, 'gap:answer'), async (tx) => {
      const task = await this.desk.openTask(tx, gapId);
      if (!task) throw new GapTaskNotOpen(gapId);
      const may = [task.ownerRole as Role, ...permissions['gap:release']];
      if (!grantFor(actor, may, task.divisionCode)) throw new NotOwnerOfGap(task.ownerRole);
      await this.desk.answer(tx, gapId, this.clock.today(), answer);
      await this.clocks.stop(tx, [gapId]);
      tx.audit({ what: 'gap.answered', personIds: [task.personId], why: answer, detail: { gapId } });
      return { gapId, status: 'answered' };
    });
  }

  private view({ task, because, itemVersion, ...gap }: StoredGap, clock: ClockView | undefined): GapView {
    const item = this.look.itemOf(gap.itemId, itemVersion, gap.divisionCode);
    return {
      ...gap,
      title: item?.title ?? { zh: gap.itemId, en: gap.itemId },
      zh: gapInChinese(gap.kind, gap.reason),
      because: because.map((fact) => ({ fact, zh: factInChinese(fact) })),
      months: [...gap.months],
      distrusted: [...gap.distrusted],
      task: task && this.taskView(task, clock, gap.closedOn),
    };
  }

  private taskView(task: StoredTask, clock: ClockView | undefined, closedOn: string | null): TaskView {
    const { limit, ...rest } = task;
    const { dueDay = null, dueAt = null, provisional = false, rungs = [] } = clock ?? {};
    const ended = task.answeredOn ?? closedOn;
    const over = dueDay !== null && dueAt !== null && (ended ? ended > dueDay : this.clock.now() >= dueAt);
    return {
      ...rest,
      clock: {
        ...limit,
        dueDay,
        dueAt: dueAt?.toISOString() ?? null,
        provisional,
        mark: over ? (limit.kind === 'promised' ? '超承诺' : '超期') : null,
        reminders: rungs.flatMap(({ rung, level, firedAt }) =>
          firedAt ? [{ rung, level, firedAt: new Date(firedAt).toISOString() }] : [],
        ),
      },
    };
  }
}

/** What is asked for, as far as the span of the reader's reach: row-level security decides within it. */
function within(actor: Actor, { from, to }: { from: string; to: string }): { from: string; to: string } {
  const reach = reachOf(actor, permissions['gap:read']);
  const first = reach.reduce((least, each) => (each.from < least ? each.from : least), '999999999999');
  const last = reach.reduce((most, each) => (each.to > most ? each.to : most), '000000000000');
  return { from: from > first ? from : first, to: to < last ? to : last };
}
