import type { Migration } from '@app/platform';

/** No step of an item can be called so: steps are kebab-case. */
export const BEAT_STEP = 'heart.beat';

/** The clock that shows that clocks fire, kept out of what users see. */
export const heartbeatMigrations: readonly Migration[] = [
  {
    id: 202611290250,
    name: 'create-clock-heartbeat',
    up: ({ appRole, providerRole, workerRole }) => `
      create table clock_heartbeats (
        name text primary key check (name = 'heartbeat'),
        period_seconds double precision not null check (period_seconds > 0),
        expected_at timestamptz not null,
        armed_at timestamptz not null default now()
      );
      comment on table clock_heartbeats is
        'The clock of no case that goes the way of every clock: how often, when it is to fire next, since when (by the real clock).';

      create table clock_beats (
        expected_at timestamptz primary key,
        beat_at timestamptz not null,
        recorded_at timestamptz not null default now()
      );
      comment on table clock_beats is 'When it was to fire and when it did; recorded_at is the real clock, by which silence is judged.';
      grant select, insert, update, delete on clock_heartbeats, clock_beats to ${workerRole};

      -- It is nobody's case: whatever a user's reach, it is in no list and no statistic. The service's own work is a member of the users'
      -- role, and must see it.
      create policy no_heartbeat on clocks as restrictive to ${appRole}, ${providerRole}
        using (step <> '${BEAT_STEP}' or current_user = '${workerRole}')
        with check (step <> '${BEAT_STEP}' or current_user = '${workerRole}');
      -- A beat that is over is taken away; nothing else ever is.
      grant delete on clocks, clock_rungs to ${workerRole};
      create policy only_beats_go on clocks as restrictive for delete to ${workerRole} using (step = '${BEAT_STEP}');
      create policy only_beats_go on clock_rungs as restrictive for delete to ${workerRole}
        using ((select c.step from clocks c where c.clock_id = clock_rungs.clock_id) = '${BEAT_STEP}');`,
    down: ({ workerRole }) => `
      drop policy only_beats_go on clock_rungs;
      drop policy only_beats_go on clocks;
      revoke delete on clocks, clock_rungs from ${workerRole};
      drop policy no_heartbeat on clocks;
      delete from clock_rungs where clock_id in (select clock_id from clocks where step = '${BEAT_STEP}');
      delete from clocks where step = '${BEAT_STEP}';
      drop table clock_beats;
      drop table clock_heartbeats;`,
  },
];
