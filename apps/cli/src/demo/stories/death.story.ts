import { arrive, casesOpened, expected } from './newcomer.js';
import type { Scene, Story } from './scene.js';

/** Everything that runs is held by a death; a named person decides; a false match is undone. */
export const deathStory: Story = {
  name: 'death',
  summary: '去世：先暂停，再由人决定；误配撤回后补发 · holds, a decision, and a false match undone',
  async run(scene: Scene): Promise<void> {
    const { office, teller, today } = scene;
    const newcomer = await arrive(scene, {
      fits: ({ birthDate }) => birthDate > '1968-01-01' && birthDate < '1995-01-01',
      disability: { category: 'physical', grade: 1, components: [{ category: 'physical', grade: 1 }] },
      facts: {
        'aid.dibao': true,
        'aid.dibian': false,
        'aid.tekun': false,
        'allowance.work-injury-nursing': false,
        'allowance.orphan': false,
        'care.long-term-need': true,
        'care.residential': false,
      },
    });
    const { personId } = newcomer;
    const cases = await casesOpened(scene, personId, expected(scene, newcomer));
    for (const one of cases) await office.work(one.owner, one.caseId, 'granted');
    const running = (await office.casesOf(personId)).filter(
      ({ status }) => status === 'granted' || status === 'handed-over',
    );
    teller.tell(`${running.length} services run`);

    await office.recordDeath(personId, today);
    teller.tell('a death is reported: it overtakes whatever waits');
    const held = await teller.until('everything that runs is on hold', async () => {
      const now = (await office.casesOf(personId)).filter(({ status }) => status === 'held');
      return now.length === running.length && now;
    });
    teller.expect(
      'nothing was stopped by machine',
      (await office.casesOf(personId)).filter(({ status }) => status === 'stopped').length,
      0,
    );

    const [first] = held;
    if (first) {
      await office.stop(first.owner, first, today, '核实已去世，自次月起停止。');
      teller.expect(
        `a named person stops ${first.itemId}`,
        (await office.findCase(first.owner, first.caseId)).status,
        'stopped',
      );
    }

    await office.withdrawDeath(personId, '经核对为同名同姓，系误配。');
    teller.tell('the match was false: the death is withdrawn');
    const back = await teller.until('what was held or stopped for it runs again', async () => {
      const now = (await office.casesOf(personId)).filter(
        ({ status }) => status === 'granted' || status === 'handed-over',
      );
      return now.length === running.length && now;
    });
    teller.expect(
      'exactly what ran before runs again',
      back.map(({ caseId, status }) => `${caseId} ${status}`).sort(),
      running.map(({ caseId, status }) => `${caseId} ${status}`).sort(),
    );
  },
};
