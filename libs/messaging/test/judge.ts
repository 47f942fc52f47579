import type { TestDatabase } from '@app/testing';

/** What is wrong in the world, by SQL alone: it knows nothing of how delivery is made. */
export interface Verdict {
  /** Sacks that the mill filled and the service neither counted nor parked. */
  readonly lost: number;
  /** Counted more than once. */
  readonly doubled: number;
  /** Counted, though the mill never filled them. */
  readonly invented: number;
  /** Counted before an earlier one of the same person. */
  readonly disordered: number;
  /** Times at which a process took the mill's relay while another one's lease still ran; see `watchLeases`. */
  readonly overlapping: number;
}

export const FAULTLESS: Verdict = { lost: 0, doubled: 0, invented: 0, disordered: 0, overlapping: 0 };

export async function judge(database: TestDatabase, service: 'bakery' | 'inn' = 'bakery'): Promise<Verdict> {
  const [row] = await database.query<Verdict>(
    `with counted as (select sack_id, count(*) as times from ${service}.received group by sack_id)
     select
       (select count(*)::int from mill.sacks s where not exists (select from counted c where c.sack_id = s.id)
          and not exists (select from ${service}.parked_messages p
                          where p.state in ('failed', 'waiting') and p.value::jsonb ->> 'sackId' = s.id::text)) as lost,
       (select count(*)::int from counted where times > 1) as doubled,
       (select count(*)::int from counted c where not exists (select from mill.sacks s where s.id = c.sack_id)) as invented,
       (select count(*)::int from (
          select number < lag(number) over (partition by person_id order by place) as early from ${service}.received) r
        where early) as disordered,
       (select count(*)::int from mill.lease_overlaps) as overlapping`,
  );
  return row!;
}

/** The named probe for two relays at once: every change of hands is compared with the lease that it ends. */
export async function watchLeases(database: TestDatabase): Promise<void> {
  await database.query(`
    create table mill.lease_overlaps (at timestamptz not null default clock_timestamp(), taken_from uuid, taken_by uuid);
    create function mill.note_overlap() returns trigger language plpgsql security definer as $$
    begin
      if old.holder is distinct from new.holder and old.lease_until > clock_timestamp() then
        insert into mill.lease_overlaps (taken_from, taken_by) values (old.holder, new.holder);
      end if;
      return new;
    end $$;
    create trigger note_overlap before update on mill.outbox_relays for each row execute function mill.note_overlap();`);
}
