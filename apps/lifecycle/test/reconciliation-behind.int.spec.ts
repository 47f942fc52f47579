import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Catalogue } from '@app/catalogue';
import type { NewEvent } from '@app/contracts';
import { startService, until, type ServiceUnderTest, type TestUser } from '@app/testing';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, TODAY, VILLAGE } from './people.js';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let lead: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: clubCatalogue() }] }],
    migrated: [lifecycle, { service: 'registry', migrations: [] }],
    log: 'postgres',
    now: TODAY,
  });
  lead = await service.as('federation-lead');
});

afterAll(() => service?.stop());

/** Registry has said it: it lies in its outbox. */
async function said({ topic, key, type, data, divisionCode }: NewEvent): Promise<void> {
  await service.database.query(
    `insert into registry.outbox_messages (message_id, topic, key, type, payload, division_code, actor_id, actor_role)
     values ($1, $2, $3, $4, $5, $6, 'test', 'service')`,
    [randomUUID(), topic, key, type, JSON.stringify(data), divisionCode],
  );
}

async function reconcile() {
  const { body } = await lead.post('/lifecycle/reconciliations', { region: VILLAGE });
  return until('the run is done', async () => {
    const { body: found } = await lead.get(`/lifecycle/reconciliations?run=${body.runs[0].runId}`);
    return found.runs[0].status === 'done' ? found.runs[0] : null;
  });
}

const known = (personId: string) =>
  service.database.query('select 1 from lifecycle.persons where person_id = $1', [personId]);

/** Another process has the right to read the log, and does nothing: it froze. */
const frozen = (until: string) =>
  service.database.query(
    `update lifecycle.log_readers set holder = gen_random_uuid(), lease_until = ${until}`,
  );

describe('a run that is behind', () => {
  it('says by how many messages and since when, in the run and beside every list, until it has caught up', async () => {
    const [first, second] = [new Neighbours(), new Neighbours()];
    await said(first.registered());
    await said(first.knows({ 'aid.dibao': true }));
    await until('the first is known', async () =>
      (await service.database.query('select 1 from lifecycle.facts where person_id = $1', [first.personId]))
        .length > 0
        ? true
        : null,
    );
    await until('the run is trusted', async () =>
      (await reconcile()).distrusted.length === 0 ? true : null,
    );

    await frozen(`now() + interval '1 hour'`);
    // The reader of this process has noticed when it reads nothing any more.
    await until('nobody reads', async () => {
      const probe = new Neighbours();
      await said(probe.registered());
      const run = await reconcile();
      return run.distrusted.length > 0 && (await known(probe.personId)).length === 0 ? true : null;
    });
    await said(second.registered());
    const run = await reconcile();
    expect(run.distrusted).toEqual([
      {
        source: 'delivery-lag',
        reason: expect.stringContaining('条消息到达后没有处理'),
        since: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
        messages: expect.any(Number),
        persons: null,
      },
    ]);
    expect(run.distrusted[0].messages).toBeGreaterThanOrEqual(2);
    const lists = async () =>
      Promise.all(
        ['gaps', 'gaps/villages'].map(
          async (list) => (await lead.get(`/lifecycle/${list}?from=${VILLAGE}&to=${VILLAGE}`)).body.doubts,
        ),
      );
    for (const doubts of await lists())
      expect(doubts).toMatchObject([{ source: 'delivery-lag', region: VILLAGE, day: TODAY }]);

    await frozen('now()');
    await until('the second is known', async () => ((await known(second.personId)).length > 0 ? true : null));
    await until('the run is trusted again', async () =>
      (await reconcile()).distrusted.length === 0 ? true : null,
    );
    expect(await lists()).toEqual([[], []]);
  });
});
