import { until } from '@app/testing';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { breakLifecycle } from '../../apps/cli/src/demo/fault.js';
import { seedOrganisation } from '../../apps/cli/src/demo/seed-organisation.js';
import { bestLog, parked, resident, settled, startHouse, type House } from './house.js';

/** Of every account of the demo county, in this house only. */
export const PASSWORD = 'an invented office at work';

/** A case that the person was invited to, and that waits for an answer. */
export interface Invited {
  readonly owner: string;
  readonly caseId: string;
  readonly title: string;
}

/** Messages that the lifecycle could not handle: the first fails, the other waits behind it. */
export interface Poisoned {
  readonly ids: readonly string[];
  /** The first operator proposes a replay. @returns its id */
  propose(id: string): Promise<string>;
  /** What made the first fail is gone. */
  mend(): Promise<void>;
}

/** The house as the tests of its screens need it: its address, and somebody with a card and invitations. */
export interface PortalHouse {
  readonly url: string;
  readonly personId: string;
  readonly invited: readonly Invited[];
  statusOf(of: Invited): Promise<string>;
  /** A release with a fault, and facts about the person that meet it. */
  poison(): Promise<Poisoned>;
  /** A colleague is quicker. */
  claimByColleague(of: Invited): Promise<void>;
  stop(): Promise<void>;
}

const TRIES = 3;

/** The house with everybody who works in the demo county, each with a password. */
export async function staffedHouse(): Promise<House> {
  const house = await startHouse(bestLog());
  // A hundred passwords are made; on a busy machine some of that is told to come back later, and what is done stays done.
  for (let turn = 1; ; turn += 1) {
    try {
      await seedOrganisation(house.system, PASSWORD);
      return house;
    } catch (error) {
      if (turn === TRIES) throw error;
    }
  }
}

export async function openPortalHouse(): Promise<PortalHouse> {
  const house = await staffedHouse();
  const { personId, facts } = await resident(house, { grade: 1 });
  await settled(house);
  const cases = await house.office.casesOf(personId);
  return {
    url: house.service.url,
    personId,
    invited: cases.filter(({ status }) => status === 'invited'),
    statusOf: async ({ owner, caseId }) => (await house.office.findCase(owner, caseId)).status,
    poison: async () => {
      const mend = await breakLifecycle(house.sql, personId);
      for (const name of ['training.wanted', 'employment.wanted'] as const) {
        // What is on file already would be no news.
        await house.office.recordFacts(personId, { [name]: facts[name] !== true });
      }
      await until('both to be parked', async () => (await parked(house)).length === 2);
      const operator = { actor: demoActor('operator') };
      const at = '/ops/services/lifecycle';
      const messages = await house.system.call<{ id: string }[]>(
        'lifecycle',
        'GET',
        `${at}/parked`,
        operator,
      );
      return {
        ids: messages.map(({ id }) => id),
        mend,
        propose: async (id) => {
          const body = { id, reason: '排在后面的也一并重放' };
          const { replayId } = await house.system.call<{ replayId: string }>(
            'lifecycle',
            'POST',
            `${at}/replays`,
            { ...operator, body },
          );
          return replayId;
        },
      };
    },
    claimByColleague: ({ owner, caseId }) =>
      house.system.call(owner, 'POST', `/${owner}/cases/${caseId}/claim`, {
        actor: demoActor('township-chair'),
        body: {},
        headers: { 'if-match': '*', 'idempotency-key': crypto.randomUUID() },
      }),
    stop: () => house.stop(),
  };
}
