import { randomUUID } from 'node:crypto';
import { caseIdOf } from '@app/casework';
import { Catalogue } from '@app/catalogue';
import { itemOpenedV1 } from '@app/contracts';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';
import { inventedItems } from './invented-items.js';

const MONDAY = '2026-03-02';
const PLACE = '338801001001';
const ITEM = 'invented/challenged';
const REASON = '认定事实不清，证据不足';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule.on(Catalogue.of(inventedItems))],
    migrated: [subsidies],
    now: MONDAY,
  });
});
afterAll(() => service.stop());

const user = {
  village: () => service.as('village-liaison'),
  officer: () => service.as('benefit-officer'),
  affairs: () => service.as('member-unit', { department: 'civil-affairs' }),
};

async function ok(who: Promise<TestUser>, path: string, body: unknown = {}): Promise<Answer['body']> {
  const answer = await (await who).post(path, body);
  expect([path, answer.status, answer.body]).toEqual([
    path,
    path.endsWith('/challenges') ? 201 : 200,
    answer.body,
  ]);
  return answer.body;
}

/** A case that waits for its decision. */
async function deciding(): Promise<{ personId: string; path: string }> {
  const [personId, roundId] = [randomUUID(), randomUUID()];
  await service.deliver(
    'subsidies',
    itemOpenedV1.of({
      personId,
      divisionCode: PLACE,
      version: 1,
      roundId,
      cause: 'card-issued',
      itemId: ITEM,
      itemVersion: '2026-01',
      owner: 'subsidies',
      period: 'once',
      mode: 'invite',
      because: [{ fact: 'card.grade', value: 1 }],
      entitledOn: '2026-02-10',
    }),
  );
  const path = `/subsidies/cases/${caseIdOf(roundId, ITEM, 'once')}`;
  await ok(user.village(), `${path}/consent`, { consentedOn: '2026-02-27' });
  await ok(service.as('township-chair'), `${path}/steps/receive`);
  await ok(user.officer(), `${path}/steps/review`);
  return { personId, path };
}

/** The last decision of the case is challenged, and the challenge accepted. @returns its address */
async function challenged(path: string): Promise<string> {
  const seen = async () => (await (await user.officer()).get(path)).body;
  const documents = (await seen()).documents as { documentId: string; kind: string }[];
  const { documentId } = documents.findLast(({ kind }) => kind !== 'challenge-decision')!;
  await ok(user.village(), `${path}/challenges`, {
    kind: 'reconsideration',
    filedOn: MONDAY,
    documentId,
    grounds: '认定的事实与实际情况不符',
  });
  const challenge = `${path}/challenges/${(await seen()).challenges.at(-1).challengeId as string}`;
  await ok(user.officer(), `${challenge}/accept`, { on: MONDAY });
  return challenge;
}

const ruling = (outcome: string) => ({ on: MONDAY, outcome, reason: REASON });

async function benefitOf(personId: string) {
  const { body } = await (await user.officer()).get(`/subsidies/benefits?personId=${personId}`);
  const [benefit] = body.benefits as { status: string; fromMonth: string; toMonth: string | null }[];
  return benefit && [benefit.status, benefit.fromMonth, benefit.toMonth];
}

describe('the money of a decision that another body looks at', () => {
  it('of a refusal begins when it is granted after all, from the month of the application', async () => {
    const { personId, path } = await deciding();
    await ok(user.affairs(), `${path}/refuse`, { reason: '不符合演示条件' });
    await ok(user.officer(), `${await challenged(path)}/decide`, ruling('revoked'));
    expect(await benefitOf(personId)).toBeUndefined();
    await ok(user.affairs(), `${path}/grant`);
    expect(await benefitOf(personId)).toEqual(['running', '2026-02', null]);
  });

  it('of a grant runs on until it is decided again, and follows what is decided then', async () => {
    const { personId, path } = await deciding();
    await ok(user.affairs(), `${path}/grant`, { effectiveFrom: '2026-05-01' });
    await ok(user.officer(), `${await challenged(path)}/decide`, ruling('changed'));
    expect(await benefitOf(personId)).toEqual(['running', '2026-05', null]);
    await ok(user.affairs(), `${path}/grant`);
    expect(await benefitOf(personId)).toEqual(['running', '2026-02', null]);
    await ok(user.officer(), `${await challenged(path)}/decide`, ruling('remanded'));
    await ok(user.affairs(), `${path}/refuse`, { reason: '经重新核实不符合条件' });
    expect(await benefitOf(personId)).toEqual(['stopped', '2026-02', '2026-03']);
  });

  it('of a stop waits under a stay, ends when it is upheld, is owed when it is revoked', async () => {
    const { personId, path } = await deciding();
    await ok(user.affairs(), `${path}/grant`);
    await ok(user.affairs(), `${path}/stop`, { stoppedFrom: MONDAY, reason: '不再符合演示条件' });
    expect(await benefitOf(personId)).toEqual(['stopped', '2026-02', '2026-03']);
    const order = { by: '县人民政府', on: MONDAY, basis: '演示办法第四十二条' };
    const upheld = await challenged(path);
    await ok(user.officer(), `${upheld}/stay`, order);
    expect(await benefitOf(personId)).toEqual(['held', '2026-02', null]);
    await ok(user.officer(), `${upheld}/decide`, ruling('upheld'));
    expect(await benefitOf(personId)).toEqual(['stopped', '2026-02', '2026-03']);
    const revoked = await challenged(path);
    await ok(user.officer(), `${revoked}/stay`, order);
    await ok(user.officer(), `${revoked}/decide`, ruling('revoked'));
    expect(await benefitOf(personId)).toEqual(['running', '2026-02', null]);
  });
});
