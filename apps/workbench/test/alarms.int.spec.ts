import { jest } from '@jest/globals';
import { freePort } from '@app/backing';
import { migrateServices } from '@app/service-host';
import { testActor, until } from '@app/testing';
import { afterLook, alarmOf, lookEveryMs, type Watched } from '../src/domain/watch.js';
import { openOffice, type Office } from './office.js';
import { reminding, startServiceProcess, type ServiceProcess } from './service-process.js';

jest.setTimeout(120_000);

const PERIOD = 3;

describe('the watch over the other services', () => {
  let office: Office;
  let port: number;
  let service: ServiceProcess;

  const alarms = async () => {
    const token = await office.signer.sign(testActor('operator'));
    const answer = await fetch(`${office.url}/workbench/alarms`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as {
      open: number;
      alarms: { service: string; what: string; raisedAt: string; clearedAt: string | null }[];
      counts: { service: string; raised: number }[];
    };
  };
  const beats = async () =>
    (
      await office.database.query<{ count: number }>(
        'select count(*)::int as count from community.clock_beats',
      )
    )[0]!.count;
  const start = () =>
    startServiceProcess({ ...office.config, PORT: port, DATABASE_POOL: 3, CLOCK_HEARTBEAT_SECONDS: PERIOD });

  beforeAll(async () => {
    port = await freePort();
    office = await openOffice({
      config: {
        SERVICE_ADDRESSES: { community: `http://127.0.0.1:${port}` },
        CLOCK_HEARTBEAT_SECONDS: PERIOD,
      },
    });
    await migrateServices(
      [reminding],
      {
        DATABASE_URL: office.database.url,
        SERVICE_DATABASE_PASSWORD: new URL(office.database.url).password || undefined,
        QUEUE_BACKEND: office.config.QUEUE_BACKEND,
      },
      () => undefined,
    );
    service = await start();
  });
  afterAll(async () => {
    if (service.child.exitCode === null && service.child.signalCode === null) await service.kill('SIGKILL');
    await office.stop();
  });

  it('raises the alarm from another process within two periods of kill -9, and clears it when the heart beats again', async () => {
    await until('some beats', async () => (await beats()) >= 2);
    // What it said while the service was still coming up is over.
    await until('no alarm', async () => (await alarms()).open === 0);
    const before = (await alarms()).alarms.length;
    await service.kill('SIGKILL');
    const killed = performance.now();
    await until('the alarm', async () => (await alarms()).open === 1, { timeoutMs: 30_000 });
    expect((performance.now() - killed) / 1000).toBeLessThan(2 * PERIOD);
    const raised = await alarms();
    expect(raised.alarms).toHaveLength(before + 1);
    expect(raised.alarms[0]).toMatchObject({ service: 'community', what: 'unreachable', clearedAt: null });
    expect(raised.counts).toEqual([{ service: 'community', raised: before + 1 }]);

    service = await start();
    await until('the alarm to be cleared', async () => (await alarms()).open === 0, { timeoutMs: 30_000 });
    expect((await alarms()).alarms[0]!.clearedAt).not.toBeNull();
  });

  it('raises it too when the process answers and its clocks do not fire', async () => {
    await until('no alarm', async () => (await alarms()).open === 0);
    // The transaction of the rung fails from now on, whoever sweeps.
    await office.database.query(
      `alter table community.clock_beats add constraint broken check (false) not valid`,
    );
    await until('the alarm', async () => (await alarms()).open === 1, { timeoutMs: 30_000 });
    expect((await alarms()).alarms[0]).toMatchObject({ service: 'community', what: 'reminding-stopped' });
  });

  it('is for operators alone', async () => {
    const token = await office.signer.sign(testActor('system-admin'));
    const answer = await fetch(`${office.url}/workbench/alarms`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(403);
  });
});

describe('when silence is an alarm', () => {
  const HOUR = 3_600_000;
  const beat = (secondsSinceBeat: number) => ({
    heard: 'beat' as const,
    secondsSinceBeat,
    periodSeconds: 3600,
  });

  it('begins with the last beat, whichever way it is not heard of any more', () => {
    const seen: Watched = afterLook(undefined, beat(600), 0, HOUR);
    expect(alarmOf(seen, 1.2 * HOUR)).toBeNull();
    const gone = afterLook(seen, { heard: 'nothing', why: 'ECONNREFUSED' }, 1.4 * HOUR, HOUR);
    expect(alarmOf(gone, 1.4 * HOUR)).toBe('unreachable');
    const stopped = afterLook(seen, beat(600 + 1.4 * 3600), 1.4 * HOUR, HOUR);
    expect(alarmOf(stopped, 1.4 * HOUR)).toBe('reminding-stopped');
    expect(alarmOf(afterLook(gone, beat(1), 1.5 * HOUR, HOUR), 1.5 * HOUR)).toBeNull();
  });

  it('is measured from the first look where a service never proved anything, and not at all where it has no terms', () => {
    const unarmed = { heard: 'silence' as const, why: 'not armed' };
    const first = afterLook(undefined, unarmed, 0, HOUR);
    expect(alarmOf(afterLook(first, unarmed, HOUR, HOUR), HOUR)).toBeNull();
    expect(alarmOf(afterLook(first, unarmed, 2 * HOUR, HOUR), 2 * HOUR)).toBe('reminding-stopped');
    const without = afterLook(first, { heard: 'answer' }, 5 * HOUR, HOUR);
    expect(alarmOf(without, 5 * HOUR)).toBeNull();
  });

  it('is looked for often enough that two periods are not over before it is raised', () => {
    for (const period of [1000, 3000, 60_000, HOUR])
      expect(1.5 * period + 2 * lookEveryMs(period)).toBeLessThan(2 * period);
  });
});
