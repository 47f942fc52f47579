import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { WorkQueue } from '../adapters/postgres/work-queue.js';
import { WorkTitles } from '../adapters/work-titles.js';
import { readVisitCursor, visitCursorText } from '../domain/work-cursor.js';
import { WorkCursorNotValid } from '../domain/work-errors.js';
import { FindWork, type WorkLine } from './find-work.js';
import { QueueFreshness } from './queue-freshness.js';

/** Somebody who waits to be visited, with every matter that one visit serves. */
export interface WaitingVisit extends Pick<
  WorkLine,
  'personId' | 'personName' | 'divisionCode' | 'divisionName'
> {
  readonly matters: readonly WorkLine[];
}

export interface VisitPage {
  readonly visits: readonly WaitingVisit[];
  readonly next: string | null;
  readonly asOf: string;
  readonly stale: boolean;
}

export interface VisitListing {
  readonly division?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Whom somebody has to visit (入户、上门): which steps are done at home, the catalogue says. */
@Injectable()
export class FindVisits {
  constructor(
    private readonly queue: WorkQueue,
    private readonly work: FindWork,
    private readonly titles: WorkTitles,
    private readonly freshness: QueueFreshness,
  ) {}

  /** @throws WorkCursorNotValid */
  async list(actor: Actor, { division, after, limit }: VisitListing): Promise<VisitPage> {
    const cursor = after === undefined ? null : readVisitCursor(after);
    if (after !== undefined && cursor === null) throw new WorkCursorNotValid();
    const steps = this.titles.homeSteps();
    const [{ rows, next }, freshness] = await Promise.all([
      this.queue.visits(actor, { steps, division, after: cursor, limit }),
      this.freshness.now(),
    ]);
    return {
      visits: byPerson(rows.map((row) => this.work.lineOf(row))),
      next: next && visitCursorText(next),
      asOf: freshness.asOf.toISOString(),
      stale: freshness.stale,
    };
  }
}

/** Lines of one person stand after one another. */
function byPerson(lines: readonly WorkLine[]): WaitingVisit[] {
  const visits: (WaitingVisit & { matters: WorkLine[] })[] = [];
  for (const line of lines) {
    const { personId, personName, divisionCode, divisionName } = line;
    const last = visits.at(-1);
    if (last?.personId === personId && last.divisionCode === divisionCode) last.matters.push(line);
    else visits.push({ personId, personName, divisionCode, divisionName, matters: [line] });
  }
  return visits;
}
