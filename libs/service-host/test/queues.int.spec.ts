import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Jobs, JobsModule } from '@app/jobs';
import { ServiceModule } from '@app/service-host';
import { startService, until, type ServiceUnderTest } from '@app/testing';

// A busy machine needs longer than the default to make a database.
jest.setTimeout(60_000);

@Module({ imports: [ServiceModule.forService('rehabilitation'), JobsModule.forService('rehabilitation')] })
class ToyModule {}

let service: ServiceUnderTest;
let broken = true;

beforeAll(async () => {
  service = await startService({
    name: 'rehabilitation',
    modules: [ToyModule],
    migrated: [{ service: 'rehabilitation', migrations: [] }],
  });
  service.get(Jobs).process<{ letterId: string }>('letters', async () => {
    if (broken) throw new Error('the gateway is away');
  });
});
afterAll(() => service.stop());

it('shows an operator the queues of every service, and has what failed tried again', async () => {
  const operator = await service.as('operator');
  const jobs = service.get(Jobs);
  await until('the queue to take a job', () =>
    jobs.add('letters', { letterId: 'a' }, { jobId: 'letter-a', attempts: 1 }),
  );
  await jobs.add('letters', { letterId: 'b' }, { jobId: 'letter-b', attempts: 1 });
  const letters = async () => {
    const { status, body } = await operator.get('/ops/queues');
    expect(status).toBe(200);
    return (body as { queue: string; counts: { failed: number } }[]).find(({ queue }) => queue === 'letters');
  };
  await until('both to fail', async () => (await letters())?.counts.failed === 2);
  expect(await letters()).toEqual({
    service: 'rehabilitation',
    queue: 'letters',
    backend: service.config.QUEUE_BACKEND,
    counts: { waiting: 0, delayed: 0, active: 0, failed: 2, completed: 0 },
    oldestWaitingSeconds: null,
  });
  const status = await operator.get('/ops/status');
  expect(status.body).toMatchObject([{ service: 'rehabilitation', queues: [{ counts: { failed: 2 } }] }]);

  const at = '/ops/services/rehabilitation/queues/letters';
  const failed = await operator.get(`${at}/failed`);
  expect(failed.status).toBe(200);
  expect(new Set(failed.body.map(({ id }: { id: string }) => id))).toEqual(new Set(['letter-a', 'letter-b']));
  expect(failed.body[0]).toEqual({
    id: expect.any(String),
    attempts: 1,
    failedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    reason: 'the gateway is away',
  });

  broken = false;
  expect(await operator.post(`${at}/retry`, { id: 'letter-a' })).toMatchObject({
    status: 200,
    body: { retried: 1 },
  });
  await until('one to be left', async () => (await letters())?.counts.failed === 1);
  expect(await operator.post(`${at}/retry`, {})).toMatchObject({ status: 200, body: { retried: 1 } });
  await until('none to be left', async () => (await letters())?.counts.failed === 0);
});

it('says what is not there, and does not repeat what was typed', async () => {
  const operator = await service.as('operator');
  const at = '/ops/services/rehabilitation/queues';
  for (const answer of [
    await operator.get('/ops/services/330302199001011234/queues/letters/failed'),
    await operator.get(`${at}/330302199001011234/failed`),
    await operator.post(`${at}/330302199001011234/retry`, {}),
    await operator.post(`${at}/letters/retry`, { id: '330302199001011234' }),
  ]) {
    expect(answer.status).toBe(404);
    expect(JSON.stringify(answer.body)).not.toContain('199001011234');
  }
  expect((await operator.post(`${at}/letters/retry`, { id: '' })).status).toBe(400);
});

it('is not for anybody else', async () => {
  const at = '/ops/services/rehabilitation/queues/letters';
  for (const role of ['system-admin', 'auditor', 'federation-lead'] as const) {
    const user = await service.as(role);
    expect((await user.get('/ops/queues')).status).toBe(403);
    expect((await user.get(`${at}/failed`)).status).toBe(403);
    expect((await user.post(`${at}/retry`, {})).status).toBe(403);
  }
  expect((await service.anonymous.get('/ops/queues')).status).toBe(401);
});
