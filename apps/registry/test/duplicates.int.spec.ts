import { jest } from '@jest/globals';
import { checkCharacter } from '@app/access';
import { scopeFindings, startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { FindDuplicates } from '../src/app/find-duplicates.js';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';

const VILLAGE = '338801001001';
const OTHER = '338801002001';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer', { id: 'officer' });
});
afterAll(() => service?.stop());

async function file(name: string, body: string, divisionCode = VILLAGE): Promise<string> {
  const answer = await officer.post('/registry/persons', {
    name,
    identityNumber: body + checkCharacter(body),
    divisionCode,
  });
  expect(answer.status).toBe(201);
  return answer.body.personId as string;
}

interface Found {
  duplicateId: string;
  one: { personId: string; name: string; identityNumber: string };
  other: { personId: string };
  reasons: string[];
}

async function listed(user: TestUser, ...ids: string[]): Promise<Found[]> {
  const { status, body } = await user.get('/registry/duplicates?limit=200');
  expect(status).toBe(200);
  return (body.duplicates as Found[]).filter(
    ({ one, other }) => ids.includes(one.personId) && ids.includes(other.personId),
  );
}

const look = () => service.get(FindDuplicates).run();

describe('suspected duplicates', () => {
  it('are listed with the reason, masked, and only where both files are in reach', async () => {
    const same = [
      await file('李小红', '33880119850615102'),
      await file('李小红', '33880119850615348', OTHER),
    ];
    const slip = [await file('王大伟', '33880119700101103'), await file('王大维', '33880119700201103')];
    const swapped = [await file('赵一', '33880119801021105'), await file('赵一', '33880119801012105')];
    const nothing = [await file('孙二', '33880119660303107'), await file('周三', '33880119660303109')];
    await look();
    expect(await listed(officer, ...same)).toMatchObject([{ reasons: ['name-and-birth'] }]);
    expect(await listed(officer, ...slip)).toMatchObject([{ reasons: ['number-one-digit'] }]);
    expect(await listed(officer, ...swapped)).toMatchObject([{ reasons: ['number-swapped'] }]);
    expect(await listed(officer, ...nothing)).toEqual([]);
    const [shown] = await listed(officer, ...same);
    expect(shown!.one.name).not.toContain('小红');
    expect(shown!.one.identityNumber).not.toContain('19850615');

    const chair = await service.as('township-chair', {
      id: 'chair',
      from: '338801001000',
      to: '338801001999',
    });
    expect(await listed(chair, ...same)).toEqual([]);
    expect(await listed(chair, ...slip)).toHaveLength(1);
    const path = `/registry/duplicates/${shown!.duplicateId}/set-aside`;
    expect((await chair.post(path, { reason: '核实为不同的人' })).status).toBe(404);
  });

  it('do not come back once somebody said that they are different persons', async () => {
    const ids = [await file('吴四', '33880119750505111'), await file('吴四', '33880119750505333')];
    await look();
    const [pair] = await listed(officer, ...ids);
    const answer = await officer.post(`/registry/duplicates/${pair!.duplicateId}/set-aside`, {
      reason: '已核对户口簿，确为两人',
    });
    expect(answer.status).toBe(204);
    await look();
    expect(await listed(officer, ...ids)).toEqual([]);
  });

  it('are gone when a file is corrected', async () => {
    const [first, second] = [
      await file('郑五', '33880119770707113'),
      await file('郑五', '33880119770707335'),
    ];
    await look();
    expect(await listed(officer, first, second)).toHaveLength(1);
    await officer.post(`/registry/persons/${second}/correct`, { name: '郑武阳' });
    await look();
    expect(await listed(officer, first, second)).toEqual([]);
  });

  it('leave no table open', async () => {
    expect(await scopeFindings(service.database, 'registry')).toEqual([]);
  });
});
