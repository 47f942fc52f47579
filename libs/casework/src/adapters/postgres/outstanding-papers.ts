import type { FiredRung } from '@app/clocks';
import type { Tx } from '@app/platform';
import { paperTermOf } from '../../domain/paper-terms.js';

/** Of each of these rungs that is about papers, the papers that have not come, as the item lists them; by the rung's clock. */
export async function outstandingPapers(
  tx: Tx,
  rungs: readonly FiredRung[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Two rungs of one clock may fire together.
  const clocks = new Map(rungs.map((rung) => [rung.clockId, rung]));
  const papers = [...clocks.values()].filter(({ step }) => paperTermOf(step) !== null);
  if (papers.length === 0) return new Map();
  const rows = await tx.query<{ clock_id: string; materials: string[] }>(
    `select n.clock_id, array_agg(m.material order by m.place) as materials
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (clock_id, case_id, step)
     join case_materials m on m.case_id = n.case_id and m.state in ('asked', 'refused')
     where not exists (select from case_obligations o where o.case_id = m.case_id and o.material = m.material and o.state = 'waived')
       and (n.step = 'paper:' || m.material
         or exists (select from case_supplements s where s.case_id = n.case_id and n.step = 'supplement:' || s.number
           and s.papers @> jsonb_build_array(jsonb_build_object('material', m.material))))
     group by n.clock_id`,
    [
      papers.map(({ clockId }) => clockId),
      papers.map(({ subjectId }) => subjectId),
      papers.map(({ step }) => step),
    ],
  );
  return new Map(rows.map(({ clock_id, materials }) => [clock_id, materials]));
}
