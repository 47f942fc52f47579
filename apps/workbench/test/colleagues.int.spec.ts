import { randomUUID } from 'node:crypto';
import type { Role } from '@app/access';
import { caseFacts } from '@app/contracts';
import type { ActorOptions } from '@app/testing';
import { ok, startOrganisation, type Organisation } from './organisation.js';

const VILLAGE = '338801001001';
const TOWN = { from: '338801001000', to: '338801001999' };

let office: Organisation;

beforeAll(async () => {
  office = await startOrganisation();
});
afterAll(() => office.service.stop());

/** A case in the first village that waits for one of these. @returns its id */
async function waiting(doers: string[]): Promise<string> {
  const caseId = randomUUID();
  await office.service.deliver(
    'workbench',
    caseFacts.subsidies.opened.of({
      personId: randomUUID(),
      divisionCode: VILLAGE,
      version: 1,
      caseId,
      itemId: 'subsidies/living-subsidy',
      itemVersion: '2016-01',
      period: 'once',
      roundId: null,
      status: 'open',
      work: {
        mode: 'invite',
        task: { step: 'receive', doers },
        readers: ['township-chair', 'member-unit:civil-affairs'],
        unitId: null,
        claim: null,
        waitsForPapers: false,
        lastDoneBy: [],
      },
      mode: 'invite',
    }),
  );
  return caseId;
}

async function colleagues(caseId: string, role: Role, options: ActorOptions): Promise<unknown> {
  const user = await office.service.as(role, options);
  return ok(await user.get(`/workbench/queue/${caseId}/colleagues`))['colleagues'];
}

describe('the colleagues to whom a task can be given', () => {
  it('are those who may do it where it is, by name, without the asker', async () => {
    const [mine, other, elsewhere, past] = [
      await office.open('chair.mine', 'town1'),
      await office.open('chair.other', 'town1'),
      await office.open('chair.elsewhere', 'town2'),
      await office.open('chair.past', 'town1'),
    ];
    await office.give(mine, 'township-chair', 'town1');
    await office.give(other, 'township-chair', 'town1');
    await office.give(elsewhere, 'township-chair', 'town2');
    await office.give(past, 'township-chair', 'town1', { from: '2025-01-01', to: '2026-03-01' });
    await office.give(await office.open('liaison', 'town1'), 'village-liaison', 'village11');
    const caseId = await waiting(['township-chair']);
    expect(await colleagues(caseId, 'township-chair', { id: 'chair.mine', ...TOWN })).toEqual([
      { userId: 'chair.other', name: '张三', unitName: '第1镇' },
    ]);
  });

  it('are of the department that does it', async () => {
    await office.give(await office.open('civil.one', 'civil'), 'member-unit', 'civil');
    await office.give(await office.open('health.one', 'health'), 'member-unit', 'health');
    const caseId = await waiting(['member-unit:civil-affairs']);
    const asker = { id: 'civil.two', department: 'civil-affairs' } as const;
    expect(await colleagues(caseId, 'member-unit', asker)).toMatchObject([{ userId: 'civil.one' }]);
  });

  it('are nobody who has left, nor whose account is locked', async () => {
    const locked = await office.open('chair.locked', 'town1');
    await office.give(locked, 'township-chair', 'town1');
    const caseId = await waiting(['township-chair']);
    const asked = () => colleagues(caseId, 'township-chair', { id: 'asker', ...TOWN });
    expect(JSON.stringify(await asked())).toContain('chair.locked');
    ok(
      await office.security.post(`/workbench/accounts/${locked}/lock`, {
        version: 1,
        reason: '账号借给他人使用',
      }),
    );
    expect(JSON.stringify(await asked())).not.toContain('chair.locked');
  });

  it('are not for another user: of a case that is none of theirs, or that there is none of, nobody', async () => {
    const caseId = await waiting(['township-chair']);
    const neighbour = { id: 'neighbour', from: '338801002000', to: '338801002999' };
    expect(await colleagues(caseId, 'township-chair', neighbour)).toEqual([]);
    expect(await colleagues(randomUUID(), 'township-chair', { id: 'asker', ...TOWN })).toEqual([]);
    const keeper = await office.service.as('system-admin', { id: 'keeper' });
    expect((await keeper.get(`/workbench/queue/${caseId}/colleagues`)).status).toBe(403);
  });
});
