import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Case } from '../../domain/case.js';
import type { Obligation, Supplement } from '../../domain/paper-records.js';

type Changes = readonly { readonly before: Case | null; readonly after: Case }[];

/** What persons were asked to bring afterwards, and the papers without which their cases were accepted. */
@Injectable()
export class CasePapers {
  /** Writes what changed: a notice or an obligation is a new object when it did. */
  async save(tx: Tx, changes: Changes): Promise<void> {
    await this.saveSupplements(
      tx,
      changed(changes, 'supplements', ({ number }) => String(number)),
    );
    await this.saveObligations(
      tx,
      changed(changes, 'obligations', ({ material }) => material),
    );
  }

  private async saveSupplements(
    tx: Tx,
    rows: readonly (Supplement & { readonly caseId: string })[],
  ): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `insert into case_supplements (case_id, number, papers, note, time_limit, effect, state, asked_by, asked_by_role, asked_at, ended_at)
       select n.case_id, n.number, n.papers::jsonb, n.note, n.time_limit::jsonb, n.effect::jsonb, n.state, n.by, n.role, n.at, n.ended_at
       from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
         $10::timestamptz[], $11::timestamptz[])
         as n (case_id, number, papers, note, time_limit, effect, state, by, role, at, ended_at)
       on conflict (case_id, number) do update set state = excluded.state, ended_at = excluded.ended_at`,
      [
        rows.map(({ caseId }) => caseId),
        rows.map(({ number }) => number),
        rows.map(({ papers }) => JSON.stringify(papers)),
        rows.map(({ note }) => note),
        rows.map(({ limit }) => JSON.stringify(limit)),
        rows.map(({ effect }) => effect && JSON.stringify(effect)),
        rows.map(({ state }) => state),
        rows.map(({ by }) => by),
        rows.map(({ byRole }) => byRole),
        rows.map(({ at }) => at),
        rows.map(({ endedAt }) => endedAt),
      ],
    );
  }

  private async saveObligations(
    tx: Tx,
    rows: readonly (Obligation & { readonly caseId: string })[],
  ): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `insert into case_obligations (case_id, material, who, from_body, time_limit, basis, reason, suspends, blocks, state, accepted_at,
         changed_by, changed_by_role, changed_at)
       select n.case_id, n.material, n.who, n.from_body, n.time_limit::jsonb, n.basis, n.reason, n.suspends::jsonb, n.blocks, n.state,
         n.accepted_at, n.by, n.role, n.at
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
         $11::timestamptz[], $12::text[], $13::text[], $14::timestamptz[])
         as n (case_id, material, who, from_body, time_limit, basis, reason, suspends, blocks, state, accepted_at, by, role, at)
       on conflict (case_id, material) do update set who = excluded.who, from_body = excluded.from_body, time_limit = excluded.time_limit,
         basis = excluded.basis, reason = excluded.reason, suspends = excluded.suspends, blocks = excluded.blocks, state = excluded.state,
         accepted_at = excluded.accepted_at, changed_by = excluded.changed_by, changed_by_role = excluded.changed_by_role,
         changed_at = excluded.changed_at`,
      [
        rows.map(({ caseId }) => caseId),
        rows.map(({ material }) => material),
        rows.map(({ who }) => who),
        rows.map(({ from }) => from),
        rows.map(({ limit }) => JSON.stringify(limit)),
        rows.map(({ basis }) => basis),
        rows.map(({ reason }) => reason),
        rows.map(({ suspends }) => suspends && JSON.stringify(suspends)),
        rows.map(({ blocks }) => blocks),
        rows.map(({ state }) => state),
        rows.map(({ acceptedAt }) => acceptedAt),
        rows.map(({ by }) => by),
        rows.map(({ byRole }) => byRole),
        rows.map(({ at }) => at),
      ],
    );
  }
}

/** Several changes of a slice may concern one case: what comes later stands. */
function changed<Key extends 'supplements' | 'obligations'>(
  changes: Changes,
  key: Key,
  nameOf: (one: Case[Key][number]) => string,
): (Case[Key][number] & { readonly caseId: string })[] {
  type One = Case[Key][number];
  const latest = new Map<string, One & { readonly caseId: string }>();
  for (const { before, after } of changes) {
    const known: readonly One[] = before?.[key] ?? [];
    for (const one of after[key] as readonly One[]) {
      if (!known.includes(one)) latest.set(`${after.id} ${nameOf(one)}`, { ...one, caseId: after.id });
    }
  }
  return [...latest.values()];
}
