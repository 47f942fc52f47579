import { Injectable } from '@nestjs/common';
import { LegalClocks, type ClockChange } from '@app/clocks';
import type { Tx } from '@app/platform';
import type { Case } from '../../domain/case.js';
import { movedTerms } from '../../domain/case-terms.js';

/** The clocks of cases follow what becomes of the cases: those of their steps, and those of papers that are to come. */
@Injectable()
export class CaseClocks {
  constructor(private readonly clocks: LegalClocks) {}

  /**
   * @param day today, `YYYY-MM-DD`
   * @returns what became of the clocks; of one that was moved twice, both
   */
  async move(
    tx: Tx,
    changes: readonly { readonly before: Case | null; readonly after: Case }[],
    day: string,
  ): Promise<ClockChange[]> {
    // Several changes of a slice may concern one case: only where it stood before the first and stands after the last counts.
    const spans = new Map<string, { before: Case | null; after: Case }>();
    for (const { before, after } of changes) {
      spans.set(after.id, { before: (spans.get(after.id) ?? { before }).before, after });
    }
    const moves = [...spans].map(([subjectId, { before, after }]) => ({
      subjectId,
      ...movedTerms(before, after, day),
    }));
    const stopped = new Map<string, string[]>();
    for (const { subjectId, stop } of moves) {
      for (const step of stop) stopped.set(step, [...(stopped.get(step) ?? []), subjectId]);
    }
    const moved: ClockChange[] = [];
    for (const [step, subjectIds] of stopped) {
      moved.push(...(await this.clocks.stop(tx, subjectIds, step)));
    }
    moved.push(
      ...(await this.clocks.arm(
        tx,
        moves.flatMap(({ arm }) => arm),
      )),
    );
    // Of every term of the case whose rule names the reason: a step without a limit has none.
    const resumed = moves.flatMap(({ subjectId, resume }) => resume.map((reason) => ({ subjectId, reason })));
    if (resumed.length > 0) moved.push(...(await this.clocks.resume(tx, resumed)));
    const suspended = moves.flatMap(({ subjectId, suspend }) =>
      suspend.map((reason) => ({ subjectId, reason })),
    );
    if (suspended.length > 0) moved.push(...(await this.clocks.suspend(tx, suspended)));
    return moved;
  }
}
