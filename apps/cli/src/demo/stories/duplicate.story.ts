import { demoActor } from '../accounts.js';
import { arrive, casesOpened, expected, workAll } from './newcomer.js';
import { settled, snapshotOf } from './judging.js';
import type { Scene, Story } from './scene.js';

/** Every fact of a whole chain is published and delivered a second time: nothing changes. */
export const duplicateStory: Story = {
  name: 'duplicate',
  summary: '重复投递：整条链的每个事实再发一遍，结果不变 · everything delivered twice has one effect',
  async run(scene: Scene): Promise<void> {
    const { system, teller } = scene;
    const from = new Date(Date.now() - 1000);
    const newcomer = await arrive(scene);
    await workAll(scene, await casesOpened(scene, newcomer.personId, expected(scene, newcomer)));
    await settled(scene);
    const before = await snapshotOf(scene, newcomer.personId);
    teller.tell(
      `settled: ${Object.entries(before)
        .map(([what, number]) => `${number} ${what}`)
        .join(', ')}`,
    );

    let published = 0;
    const window = { from: from.toISOString(), to: new Date().toISOString() };
    for (const service of Object.keys(system.state.services)) {
      const answer = await system.call<{ published: number }>(
        service,
        'POST',
        `/ops/services/${service}/republish`,
        {
          actor: demoActor('operator'),
          body: window,
        },
      );
      published += answer.published;
    }
    teller.tell(`${published} facts published again`);
    teller.expect('there was something to publish again', published > 0, true);
    await settled(scene);
    teller.expect('nothing changed', await snapshotOf(scene, newcomer.personId), before);
  },
};
