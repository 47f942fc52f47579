import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@app/access';
import { Escalation, RungHandler, type FiredRung, type NoticeSubject } from '@app/clocks';
import type { Owner } from '@app/contracts';
import type { Tx } from '@app/platform';
import { officers } from '../../app/waits-for.js';

interface OpenGap {
  readonly gapId: string;
  readonly itemId: string;
  readonly owner: Owner;
  readonly ownerRole: Role;
  readonly divisionCode: string;
}

/** A rung of a released gap was reached: whoever looks after it is told, and then those above them (提醒、督办、通报). */
@Injectable()
export class RemindOnGap extends RungHandler {
  @Inject(Escalation) private readonly escalation!: Escalation;

  /** Whoever answers a task locks it before its clock, so one that is being answered is left to them. */
  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ gap_id: string }>(
      'select gap_id from gap_tasks where gap_id = any($1::uuid[]) for update skip locked',
      [subjectIds],
      'gap-tasks-lock-free',
    );
    if (rows.length === subjectIds.length) return [];
    const locked = new Set(rows.map(({ gap_id }) => gap_id));
    // The heartbeat is no gap, and nobody holds it.
    const others = await tx.query<{ gap_id: string }>(
      'select gap_id from gap_tasks where gap_id = any($1::uuid[])',
      [subjectIds.filter((id) => !locked.has(id))],
    );
    return others.map(({ gap_id }) => gap_id);
  }

  /** Of one that nobody looks after any more nobody is told. Who moved meanwhile is told of where they live. */
  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    const rows = await tx.query<OpenGap>(
      `select g.gap_id as "gapId", g.item_id as "itemId", g.owner, t.owner_role as "ownerRole", g.division_code as "divisionCode"
       from gap_tasks t join gaps g using (gap_id) where t.gap_id = any($1::uuid[]) and t.status = 'open'`,
      [rungs.map(({ subjectId }) => subjectId)],
    );
    const open = new Map(rows.map((row) => [row.gapId, row]));
    const subjects = new Map(
      rows.map(({ gapId, itemId, owner, ownerRole }): [string, NoticeSubject] => [
        gapId,
        {
          subjectId: gapId,
          item: itemId,
          doers: [ownerRole],
          officer: officers[owner],
          claimedBy: null,
          unitId: null,
        },
      ]),
    );
    const here = rungs.flatMap((rung) => {
      const gap = open.get(rung.subjectId);
      return gap ? [{ ...rung, divisionCode: gap.divisionCode }] : [];
    });
    await this.escalation.tell(tx, here, subjects);
  }

  override onBeat(tx: Tx): Promise<void> {
    return this.escalation.tryRules(tx);
  }
}
