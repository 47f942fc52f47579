import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { serviceActor } from '@app/access';
import {
  clockHealth,
  clocksMigrations,
  ClocksModule,
  ClockSweeper,
  LegalClocks,
  RungHandler,
  type FiredRung,
  type NewTerm,
} from '@app/clocks';
import { QueueBackend } from '@app/jobs';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { createServiceApp, ServiceModule } from '@app/service-host';
import { DirectEventLog, startService, testServices, until, type ServiceUnderTest } from '@app/testing';
import { HEARTBEAT_SECONDS, nextBeat } from '../src/heartbeat/beat-state.js';

jest.setTimeout(60_000);

const actor = serviceActor('subsidies');
const told: FiredRung[] = [];
let beats = 0;

@Injectable()
class Recorder extends RungHandler {
  async onRungs(_tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    if (rungs.some(({ step }) => step === 'broken')) throw new Error('its owner cannot');
    told.push(...rungs);
  }
  override async onBeat(): Promise<void> {
    beats += 1;
  }
}

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    ClocksModule.forService('subsidies', { handler: Recorder, sweepMs: 60 * 60 * 1000 }),
  ],
})
class Reminding {}

const overdue = (step: string): NewTerm => ({
  subjectId: randomUUID(),
  step,
  divisionCode: '338801001001',
  kind: 'statutory',
  value: 10,
  unit: 'working-day',
  basis: 'an invented regulation, article 1',
  anchorDay: '2026-06-01',
});

const backends = testServices().redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

describe.each(backends)('the heartbeat of reminding, with the queue on %s', (queues) => {
  let service: ServiceUnderTest;
  const later = (seconds: number) =>
    service.clock.set(new Date(service.clock.now().getTime() + seconds * 1000).toISOString());
  const beaten = () =>
    service.database.query<{ expected_at: Date; beat_at: Date }>(
      'select expected_at, beat_at from subsidies.clock_beats order by expected_at',
    );
  const armed = () =>
    service.database.query<{ next_at: Date; status: string }>(
      `select next_at, status from subsidies.clocks where step = 'heart.beat' order by next_at nulls last`,
    );

  beforeEach(async () => {
    told.length = 0;
    beats = 0;
    service = await startService({
      name: 'subsidies',
      modules: [Reminding],
      migrated: [{ service: 'subsidies', migrations: clocksMigrations }],
      now: '2026-06-01T08:00:00+08:00',
      settings: { QUEUE_BACKEND: queues },
    });
    const backend = service.get(QueueBackend);
    expect(backend.name).toBe(queues);
    await until(`the queue on ${queues}`, () => backend.usable);
    await until('the first beat to be armed', async () => (await armed()).length === 1);
  });
  afterEach(() => service.stop());

  it('is a clock like any other: armed, swept, claimed once, and armed again', async () => {
    expect((await armed())[0]!.next_at.toISOString()).toBe('2026-06-01T01:00:00.000Z');
    expect(await service.get(ClockSweeper).sweep()).toBe(0);
    later(HEARTBEAT_SECONDS);
    await service.get(ClockSweeper).sweep();
    await service.get(ClockSweeper).sweep();
    expect(await beaten()).toEqual([
      {
        expected_at: new Date('2026-06-01T01:00:00.000Z'),
        beat_at: new Date('2026-06-01T01:00:00.000Z'),
      },
    ]);
    expect(beats).toBe(1);
    expect(told).toEqual([]);
    expect((await armed()).at(0)!.next_at.toISOString()).toBe('2026-06-01T02:00:00.000Z');
  });

  it('is not made up for after a night, and takes its rows away behind it', async () => {
    for (const seconds of [HEARTBEAT_SECONDS, 12.5 * HEARTBEAT_SECONDS, HEARTBEAT_SECONDS]) {
      later(seconds);
      await service.get(ClockSweeper).sweep();
    }
    expect((await beaten()).map(({ expected_at }) => expected_at.toISOString())).toEqual([
      '2026-06-01T01:00:00.000Z',
      '2026-06-01T02:00:00.000Z',
      '2026-06-01T14:00:00.000Z',
    ]);
    // The one that beat last, and the one that comes.
    expect(await armed()).toHaveLength(2);
    const rules = await service.database.query('select from subsidies.clock_rules');
    expect(rules).toHaveLength(1);
  });

  it('beats on beside a term that its owner cannot handle, whose region and item stop no other', async () => {
    const good = overdue('review');
    const database = service.get(Database);
    await database.transaction(actor, (tx) =>
      service.get(LegalClocks).arm(tx, [overdue('broken'), good, overdue('broken')]),
    );
    later(30 * 24 * HEARTBEAT_SECONDS);
    // A job of the queue may have it in hand: the sweep passes by what is locked.
    await until('the good one is told', async () => {
      await service.get(ClockSweeper).sweep();
      return told.length > 0;
    });
    expect(new Set(told.map(({ subjectId }) => subjectId))).toEqual(new Set([good.subjectId]));
    expect(await beaten()).toHaveLength(1);
  });

  it('is in no list of a user, whatever their reach, and no user can take it away', async () => {
    const everywhere = {
      id: 'nation',
      role: 'federation-lead',
      scope: [{ token: 'federation-lead', from: '000000000000', to: '999999999999', unit: null }],
    };
    const own = overdue('review');
    const database = service.get(Database);
    await database.transaction(actor, (tx) => service.get(LegalClocks).arm(tx, [own]));
    const seen = await database.query<{ step: string }>(everywhere, 'select step from clocks');
    expect(seen).toEqual([{ step: 'review' }]);
    // The service's own work may clear beats away, and nothing else.
    await database.query(actor, 'delete from clocks');
    expect(await service.database.query('select step from subsidies.clocks')).toEqual([{ step: 'review' }]);
    await expect(database.query(everywhere, 'select * from clock_beats')).rejects.toThrow(
      'permission denied',
    );
  });

  it('shows in the health of the clocks, and is an alarm after one and a half periods of silence', async () => {
    const health = () => clockHealth(service.get(Database), actor, service.get(Clock));
    expect((await health()).heartbeat).toMatchObject({ beatAt: null, periodSeconds: 3600, alarm: false });
    later(HEARTBEAT_SECONDS);
    await service.get(ClockSweeper).sweep();
    expect((await health()).heartbeat).toMatchObject({ beatAt: expect.any(Date), alarm: false });
    // Real time is what silence is measured in; two hours of it are not waited for.
    await service.database.query(
      `update subsidies.clock_beats set recorded_at = now() - interval '91 minutes'`,
    );
    await service.database.query(
      `update subsidies.clock_heartbeats set armed_at = now() - interval '5 hours'`,
    );
    expect(await health()).toMatchObject({ healthy: false, heartbeat: { alarm: true } });
    const operator = await service.as('operator');
    expect((await operator.get('/ops/status')).body[0].reminding.heartbeat).toMatchObject({
      periodSeconds: 3600,
      alarm: true,
    });
  });

  it('keeps its rhythm over a start of the process, and takes up another one', async () => {
    const again = async (seconds?: number) => {
      const app = await createServiceApp(
        { name: 'subsidies', modules: [Reminding] },
        { ...service.config, ...(seconds ? { CLOCK_HEARTBEAT_SECONDS: seconds } : {}) },
        { clock: service.clock, eventLog: new DirectEventLog() },
      );
      await app.init();
      return app;
    };
    const same = await again();
    await until('the same beat', async () => (await armed()).length === 1);
    expect((await armed())[0]!.next_at.toISOString()).toBe('2026-06-01T01:00:00.000Z');
    await same.close();
    const quicker = await again(2);
    await until(
      'the quicker beat',
      async () =>
        (await armed()).map(({ next_at }) => next_at.toISOString()).join() === '2026-06-01T00:00:02.000Z',
    );
    later(2);
    try {
      // Its own first sweep may have it in hand.
      await until('the quick beat', async () => {
        await quicker.get(ClockSweeper, { strict: false }).sweep();
        return (await beaten()).length === 1;
      });
      expect((await beaten())[0]!.expected_at.toISOString()).toBe('2026-06-01T00:00:02.000Z');
    } finally {
      await quicker.close();
    }
  });
});

describe('when the next beat comes', () => {
  const at = (text: string) => new Date(`2026-06-01T${text}Z`);
  it.each([
    ['an hour later, on the minute', '08:00:10', 3600, '08:00:10', '09:01:00.000'],
    ['in the rhythm of the last one', '08:00:00', 3600, '08:00:20', '09:00:00.000'],
    ['the first one to come after a night', '08:00:00', 3600, '20:30:00', '21:00:00.000'],
    ['of seconds to the millisecond', '08:00:00', 2, '08:00:00', '08:00:02.000'],
  ])('%s', (_, from, period, now, expected) => {
    expect(nextBeat(at(from), period, at(now))).toEqual(at(expected));
  });
});
