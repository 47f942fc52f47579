import type { ClockChange, FiredRung, LegalClocks } from '@app/clocks';
import type { Tx } from '@app/platform';
import { EXPIRED, paperTermOf } from '../../domain/paper-terms.js';
import type { PaperPause } from '../../domain/papers.js';

/**
 * The time for papers is over: that is written down, and the term of the office that stood still for them goes on from that moment. Nothing
 * is refused; a named person decides. The cases are locked.
 * @returns what became of the clocks
 */
export async function lapsePapers(
  tx: Tx,
  clocks: LegalClocks,
  rungs: readonly FiredRung[],
): Promise<ClockChange[]> {
  const over = rungs.flatMap(({ rung, subjectId, step, dueAt }) => {
    const term = rung === EXPIRED ? paperTermOf(step) : null;
    // The end of the last day is the first moment of the next, from which the office's own days are counted again.
    const at = new Date(new Date(dueAt).getTime() - 1);
    return term ? [{ subjectId, at, ...term }] : [];
  });
  const resumed = [
    ...(await lapseObligations(
      tx,
      over.flatMap((each) => ('material' in each ? each : [])),
    )),
    ...(await lapseSupplements(
      tx,
      over.flatMap((each) => ('supplement' in each ? each : [])),
    )),
  ];
  return resumed.length > 0 ? clocks.resume(tx, resumed) : [];
}

interface Resumed {
  readonly subjectId: string;
  readonly reason: PaperPause;
  readonly at: Date;
}

async function lapseObligations(
  tx: Tx,
  over: readonly { readonly subjectId: string; readonly material: string; readonly at: Date }[],
): Promise<Resumed[]> {
  if (over.length === 0) return [];
  const rows = await tx.query<{ case_id: string; at: Date }>(
    `update case_obligations o set state = 'lapsed', changed_by = $4, changed_by_role = $5, changed_at = n.at
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n (case_id, material, at)
     where o.case_id = n.case_id and o.material = n.material and o.state = 'open'
     returning o.case_id, n.at`,
    [
      over.map(({ subjectId }) => subjectId),
      over.map(({ material }) => material),
      over.map(({ at }) => at),
      tx.actor.id,
      tx.actor.role,
    ],
  );
  const waiting = await tx.query<{ case_id: string }>(
    `select distinct case_id from case_obligations where case_id = any($1::uuid[]) and state = 'open' and suspends is not null`,
    [rows.map(({ case_id }) => case_id)],
  );
  return goingOn('incomplete', rows, waiting);
}

async function lapseSupplements(
  tx: Tx,
  over: readonly { readonly subjectId: string; readonly supplement: number; readonly at: Date }[],
): Promise<Resumed[]> {
  if (over.length === 0) return [];
  const rows = await tx.query<{ case_id: string; at: Date }>(
    `update case_supplements s set state = 'lapsed', ended_at = n.at
     from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as n (case_id, number, at)
     where s.case_id = n.case_id and s.number = n.number and s.state = 'open'
     returning s.case_id, n.at`,
    [
      over.map(({ subjectId }) => subjectId),
      over.map(({ supplement }) => supplement),
      over.map(({ at }) => at),
    ],
  );
  // What is accepted only when it is complete has not begun, and does not go on because the time for its papers is over.
  const waiting = await tx.query<{ case_id: string }>(
    `select distinct case_id from case_supplements where case_id = any($1::uuid[]) and effect is not null
       and (state = 'open' or (state = 'lapsed' and effect ->> 'kind' = 'restart'))`,
    [rows.map(({ case_id }) => case_id)],
  );
  return goingOn('supplement', rows, waiting);
}

function goingOn(
  reason: PaperPause,
  lapsed: readonly { readonly case_id: string; readonly at: Date }[],
  waiting: readonly { readonly case_id: string }[],
): Resumed[] {
  const still = new Set(waiting.map(({ case_id }) => case_id));
  return lapsed
    .filter(({ case_id }) => !still.has(case_id))
    .map(({ case_id, at }) => ({ subjectId: case_id, reason, at }));
}
