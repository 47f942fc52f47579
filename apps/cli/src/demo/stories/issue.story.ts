import { arrive, casesOpened, expected, workAll } from './newcomer.js';
import type { Scene, Story } from './scene.js';

/** A card is issued, the chain runs, its round completes. */
export const issueStory: Story = {
  name: 'issue',
  summary: '发证到办结：一张证、每一项服务、每一步由有权的人办 · from the card to the complete round',
  async run(scene: Scene): Promise<void> {
    const { office, teller } = scene;
    const newcomer = await arrive(scene);
    const items = expected(scene, newcomer);
    const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
    teller.tell(
      `second evaluator: ${count('entitled')} entitled, ${count('needs-fact')} need a fact, ${count('not-entitled')} not, of ${items.length} in force`,
    );
    const cases = await casesOpened(scene, newcomer.personId, items);

    const table = await office.table(newcomer.personId);
    teller.expect(
      'the table gives every item in force the outcome that the second evaluator found',
      Object.fromEntries(table.items.map(({ itemId, outcome }) => [itemId, outcome])),
      Object.fromEntries(items.map(({ id, outcome }) => [id, outcome])),
    );

    const outcomes = await workAll(scene, cases);
    const round = await teller.until('the round is complete', async () => {
      const chain = await office.chain(newcomer.personId);
      return chain.rounds.find(({ cause, status }) => cause === 'card-issued' && status === 'complete');
    });
    teller.expect(
      'every planned item of the round has the outcome that was given',
      Object.fromEntries(round.items.map(({ itemId, outcome }) => [itemId, outcome])),
      Object.fromEntries(outcomes),
    );
  },
};
