import { randomUUID } from 'node:crypto';
import { demoActor } from '../accounts.js';
import { breakLifecycle } from '../fault.js';
import { arrive, casesOpened, expected } from './newcomer.js';
import type { Scene, Story } from './scene.js';

interface Parked {
  readonly id: string;
  readonly messageId: string;
  readonly key: string;
  readonly state: string;
  readonly reason: string;
}

/** A fact that cannot be handled is parked, later ones wait behind it, a death overtakes; once mended, it is replayed in order. */
export const poisonStory: Story = {
  name: 'poison',
  summary:
    '坏消息：搁置、后到的排队、去世抢先、修好后按序重放 · a bad message parked, overtaken by a death, replayed',
  async run(scene: Scene): Promise<void> {
    const { office, system, teller, sql, today } = scene;
    const newcomer = await arrive(scene);
    const { personId } = newcomer;
    await casesOpened(scene, personId, expected(scene, newcomer));
    const operator = { actor: demoActor('operator') };
    const parked = async () =>
      (await system.call<Parked[]>('lifecycle', 'GET', '/ops/services/lifecycle/parked', operator)).filter(
        ({ key }) => key === personId,
      );

    const mend = await breakLifecycle(sql, personId);
    try {
      // The opposite of what is on file: what is known already would be no news, and nothing would be told.
      await office.recordFacts(personId, { 'training.wanted': newcomer.facts['training.wanted'] !== true });
      await office.recordFacts(personId, {
        'employment.wanted': newcomer.facts['employment.wanted'] !== true,
      });
      await teller.until(
        'the bad message is parked and the next one waits behind it',
        async () => (await parked()).length === 2,
      );
      teller.expect(
        'failed first, waiting behind it',
        (await parked()).map(({ state }) => state),
        ['failed', 'waiting'],
      );
      await office.recordDeath(personId, today);
      await teller.until('the death overtakes both', async () => {
        const open = (await office.casesOf(personId)).filter(({ status }) =>
          ['invited', 'listed', 'open', 'deciding', 'granted'].includes(status),
        );
        return open.length === 0;
      });
      teller.expect('both still wait', (await parked()).length, 2);
    } finally {
      await mend();
    }
    teller.tell('the fault is mended');
    const proposed = await system.call<{ replayId: string }>(
      'lifecycle',
      'POST',
      '/ops/services/lifecycle/replays',
      { ...operator, body: { id: (await parked())[0]!.id, reason: '演示：故障已修复，按原样重放' } },
    );
    const { results } = await system.call<{ results: { outcome: string }[] }>(
      'lifecycle',
      'POST',
      `/ops/services/lifecycle/replays/${proposed.replayId}/approve`,
      { actor: demoActor('operator', null, 2) },
    );
    teller.expect(
      'replayed in order, unedited, on the word of a second operator',
      results.map(({ outcome }) => outcome),
      ['applied', 'applied'],
    );
    teller.expect('nothing of this person is parked any more', (await parked()).length, 0);

    // A message that is no fact of ours at all, as a broken producer would send it.
    const messageId = randomUUID();
    await sql.rows(
      `insert into registry.outbox_messages (message_id, topic, key, type, payload, division_code, actor_id, actor_role)
       values ($1, 'registry.fact', $2, 'registry.fact.recorded.v1', '{"facts": "none"}', '338801001001', 'demo', 'service')`,
      [messageId, personId],
    );
    const bad = await teller.until('an unreadable message is parked with its reason', async () =>
      (await parked()).find((message) => message.messageId === messageId),
    );
    teller.expect('its reason', bad.reason, 'unreadable');
    await system.call('lifecycle', 'POST', `/ops/services/lifecycle/parked/${bad.id}/dismiss`, {
      ...operator,
      body: { reason: '演示：无法读取的消息，已通知来源系统' },
    });
    teller.expect('given up with a reason, it holds nobody any more', (await parked()).length, 0);
  },
};
