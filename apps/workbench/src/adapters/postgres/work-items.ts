import { Injectable } from '@nestjs/common';
import type { CaseStatus, CaseWork, Owner } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { Compared } from '../../domain/work-drift.js';

/** A case as a fact tells it. */
export interface ToldCase {
  readonly caseId: string;
  readonly owner: Owner;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly period: string;
  readonly status: CaseStatus;
  readonly version: number;
  readonly work: CaseWork;
  /** When it was told; ISO 8601. */
  readonly at: string;
  /** When it was opened, where that is known beside; absent: with the first fact that comes. */
  readonly openedAt?: string;
}

/** A term of the office, as a fact tells it. */
export interface ToldTerm {
  readonly caseId: string;
  readonly step: string;
  readonly version: number;
  readonly kind: 'statutory' | 'local_rule' | 'promised';
  readonly basis: string;
  readonly dueAt: string | null;
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly ended: boolean;
}

type Column = readonly [name: string, type: string, value: (told: ToldCase) => unknown];

const columns: readonly Column[] = [
  ['owner', 'text', ({ owner }) => owner],
  ['person_id', 'uuid', ({ personId }) => personId],
  ['division_code', 'text', ({ divisionCode }) => divisionCode],
  ['place', 'text', ({ divisionCode }) => divisionCode],
  ['item_id', 'text', ({ itemId }) => itemId],
  ['item_version', 'text', ({ itemVersion }) => itemVersion],
  ['period', 'text', ({ period }) => period],
  ['mode', 'text', ({ work }) => work.mode],
  ['status', 'text', ({ status }) => status],
  ['task', 'text', ({ work }) => work.task?.step ?? null],
  ['task_doers', 'jsonb', ({ work }) => JSON.stringify(work.task?.doers ?? [])],
  ['readers', 'jsonb', ({ work }) => JSON.stringify(work.readers)],
  ['unit_id', 'uuid', ({ work }) => work.unitId],
  ['waits_for_papers', 'boolean', ({ work }) => work.waitsForPapers],
  ['claimed_by', 'text', ({ work }) => work.claim?.by ?? null],
  ['claimed_at', 'timestamptz', ({ work }) => work.claim?.at ?? null],
  ['last_done_by', 'jsonb', ({ work }) => JSON.stringify(work.lastDoneBy)],
];
/** Both as lists, and as the set that they are. */
const SETS = [
  ['doers_set', 'task_doers'],
  ['readers_set', 'readers'],
] as const;
const NEW_SETS = `
  insert into work_role_sets (tokens)
  select distinct n.tokens::jsonb from unnest($1::text[]) as n (tokens)
  where not exists (select from work_role_sets s where s.tokens = n.tokens::jsonb) on conflict do nothing`;
const setNames = SETS.map(([set]) => set).join(', ');
const setValues = SETS.map(
  ([, list]) => `(select s.set_id from work_role_sets s where s.tokens = n.${list}::jsonb)`,
).join(', ');

const names = columns.map(([name]) => name).join(', ');
const values = columns
  .map(([name, type]) => (type === 'jsonb' ? `n.${name}::jsonb` : `n.${name}`))
  .join(', ');
/** JSON goes as text: a JavaScript array would be taken for an SQL array. */
const arrays = columns.map(([, type], at) => `$${at + 5}::${type === 'jsonb' ? 'text' : type}[]`).join(', ');
/** The newest version counts; the first and the last time count whichever fact came first. */
const taken = [...columns.map(([name]) => name), ...SETS.map(([set]) => set)]
  .map((name) => `${name} = case when excluded.version > w.version then excluded.${name} else w.${name} end`)
  .join(',\n           ');

const INSERT = `
  insert into work_items as w (case_id, version, opened_at, told_at, ${names}, ${setNames})
  select n.case_id, n.version, n.opened_at, n.told_at, ${values}, ${setValues}
  from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[], ${arrays}) as n (case_id, version, opened_at, told_at, ${names})
  order by n.case_id
  on conflict (case_id) do update set ${taken},
           version = greatest(excluded.version, w.version),
           opened_at = least(excluded.opened_at, w.opened_at),
           told_at = greatest(excluded.told_at, w.told_at)
  where excluded.version > w.version or excluded.opened_at < w.opened_at`;

/** Of the running terms the one that ends first; one that stands still only where no other runs. */
const NEAREST = `
  update work_items w set term_step = t.step, term_kind = t.kind, term_basis = t.basis,
    term_provisional = coalesce(t.provisional, false), term_paused = coalesce(t.paused, false), due_at = coalesce(t.due_at, 'infinity')
  from unnest($1::uuid[]) as n (case_id)
  left join lateral (
    select step, kind, basis, provisional, paused, due_at from work_terms
    where case_id = n.case_id and not ended
    order by due_at nulls last, step limit 1) t on true
  where w.case_id = n.case_id
    and (w.term_step, w.term_kind, w.term_basis, w.term_provisional, w.term_paused, w.due_at)
      is distinct from (t.step, t.kind, t.basis, coalesce(t.provisional, false), coalesce(t.paused, false), coalesce(t.due_at, 'infinity'))`;

/** Whoever is on file is found by name wherever a case of theirs stands. */
const FIND_THERE_TOO = `
  insert into work_name_tokens (token, division_code, person_id)
  select distinct t.token, w.division_code, w.person_id
  from work_items w join work_name_tokens t on t.person_id = w.person_id
  where w.case_id = any($1::uuid[])
    and not exists (select from work_name_tokens k where k.person_id = w.person_id and k.division_code = w.division_code)
  on conflict do nothing`;

/** The copy of the owners' cases: written from facts, whatever their order; only the service's own work writes it. */
@Injectable()
export class WorkItems {
  /** Takes facts in, in the order in which they came; each statement is one, however many there are. */
  async learn(tx: Tx, cases: readonly ToldCase[], terms: readonly ToldTerm[]): Promise<void> {
    const told = oneOfEach(cases);
    if (told.length > 0) {
      const sets = told.flatMap(({ newest: { work } }) => [work.readers, work.task?.doers ?? []]);
      await tx.query(
        NEW_SETS,
        [[...new Set(sets.map((tokens) => JSON.stringify(tokens)))]],
        'work-role-sets-learn',
      );
      await tx.query(
        INSERT,
        [
          told.map(({ newest }) => newest.caseId),
          told.map(({ newest }) => newest.version),
          told.map(({ firstAt }) => firstAt),
          told.map(({ lastAt }) => lastAt),
          ...columns.map(([, , value]) => told.map(({ newest }) => value(newest))),
        ],
        'work-items-learn',
      );
    }
    await this.learnTerms(tx, terms);
    const concerned = [...new Set([...cases, ...terms].map(({ caseId }) => caseId))];
    if (concerned.length === 0) return;
    await Promise.all([
      tx.query(NEAREST, [concerned], 'work-items-nearest'),
      tx.query(FIND_THERE_TOO, [concerned], 'work-items-find-there'),
    ]);
  }

  /** Up to when each owner was heard. */
  async heard(tx: Tx, facts: readonly { readonly owner: string; readonly at: string }[]): Promise<void> {
    const newest = new Map<string, string>();
    for (const { owner, at } of facts) {
      const known = newest.get(owner);
      if (known === undefined || Date.parse(at) > Date.parse(known)) newest.set(owner, at);
    }
    await tx.query(
      `insert into work_freshness as f (owner, told_at) select * from unnest($1::text[], $2::timestamptz[])
       on conflict (owner) do update set told_at = excluded.told_at where excluded.told_at > f.told_at`,
      [[...newest.keys()], [...newest.values()]],
      'work-heard',
    );
  }

  /** What an owner has answered to a claim, until the fact of it comes; that tells the whole case, and is not passed over. */
  async claimed(tx: Tx, caseId: string, claim: { readonly by: string; readonly at: string }): Promise<void> {
    await tx.query(
      'update work_items set claimed_by = $2, claimed_at = $3 where case_id = $1 and claimed_by is null',
      [caseId, claim.by, claim.at],
    );
  }

  /** Cases of an owner as they stand here, in the order of their ids. @param to the last of them; null: all that come after */
  async between(tx: Tx, owner: Owner, after: string | null, to: string | null): Promise<Compared[]> {
    const rows = await tx.query<{ case_id: string; version: number; status: string; due: Date | null }>(
      `select case_id, version, status, nullif(due_at, 'infinity') as due from work_items
       where owner = $1 and ($2::uuid is null or case_id > $2) and ($3::uuid is null or case_id <= $3) order by case_id`,
      [owner, after, to],
    );
    return rows.map(({ case_id, version, status, due }) => ({
      caseId: case_id,
      version,
      status,
      dueAt: due?.toISOString() ?? null,
    }));
  }

  /**
   * Takes away what is to be learnt anew, but for what is newer, and cases that their owner has not.
   * @param before what was told since then the owner could not know of yet
   * @returns how many of the latter
   */
  async forget(
    tx: Tx,
    anew: readonly Pick<ToldCase, 'caseId' | 'version'>[],
    extra: readonly string[],
    before: Date,
  ): Promise<number> {
    const [gone] = await tx.query<{ count: number }>(
      `with anew as (
         delete from work_items w using unnest($1::uuid[], $2::int[]) as n (case_id, version)
         where w.case_id = n.case_id and w.version <= n.version),
       extra as (
         delete from work_items w where w.case_id = any($3::uuid[]) and w.told_at < $4 returning 1),
       terms as (
         delete from work_terms t using unnest($1::uuid[], $2::int[]) as n (case_id, version)
         where t.case_id = n.case_id and t.version <= n.version)
       select count(*)::int as count from extra`,
      [anew.map(({ caseId }) => caseId), anew.map(({ version }) => version), extra, before],
    );
    return gone!.count;
  }

  private async learnTerms(tx: Tx, terms: readonly ToldTerm[]): Promise<void> {
    if (terms.length === 0) return;
    const newest = new Map<string, ToldTerm>();
    for (const term of terms) {
      const key = `${term.caseId} ${term.step}`;
      // Of one version what was told last.
      if ((newest.get(key)?.version ?? 0) <= term.version) newest.set(key, term);
    }
    const rows = [...newest.values()];
    const column = <Key extends keyof ToldTerm>(key: Key) => rows.map((row) => row[key]);
    await tx.query(
      `insert into work_terms as t (case_id, step, version, kind, basis, due_at, provisional, paused, ended)
       select * from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::boolean[], $9::boolean[])
       on conflict (case_id, step) do update set version = excluded.version, kind = excluded.kind, basis = excluded.basis,
         due_at = excluded.due_at, provisional = excluded.provisional, paused = excluded.paused, ended = excluded.ended
       where excluded.version >= t.version`,
      [
        column('caseId'),
        column('step'),
        column('version'),
        column('kind'),
        column('basis'),
        column('dueAt'),
        column('provisional'),
        column('paused'),
        column('ended'),
      ],
      'work-terms-learn',
    );
  }
}

/** Of each case its newest version, and when it was first and last heard of. */
function oneOfEach(cases: readonly ToldCase[]): { newest: ToldCase; firstAt: string; lastAt: string }[] {
  const byCase = new Map<string, { newest: ToldCase; firstAt: string; lastAt: string }>();
  for (const told of cases) {
    const known = byCase.get(told.caseId);
    const first = told.openedAt ?? told.at;
    byCase.set(told.caseId, {
      newest: known && known.newest.version >= told.version ? known.newest : told,
      firstAt: known && Date.parse(known.firstAt) < Date.parse(first) ? known.firstAt : first,
      lastAt: known && Date.parse(known.lastAt) > Date.parse(told.at) ? known.lastAt : told.at,
    });
  }
  return [...byCase.values()];
}
