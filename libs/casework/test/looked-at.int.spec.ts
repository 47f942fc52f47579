import { randomUUID } from 'node:crypto';
import { MONDAY, Permits } from './permit-house.js';

let house: Permits;

beforeAll(async () => {
  house = await Permits.start();
});
beforeEach(() => house.service.clock.set(MONDAY));
afterAll(() => house.service.stop());

const said = (problem: { type: string }) => problem.type.split(':').at(-1);

/** What somebody is answered who has looked at this version; none: they do not say. */
async function claims(path: string, lookedAt: string, more: Record<string, string> = {}, id = 'affairs') {
  const affairs = await house.affairs(id);
  return affairs.post(`${path}/claim`, {}, { 'if-match': lookedAt, ...more });
}

describe('a case', () => {
  it('says which version of it one has looked at, and is changed by whoever names it', async () => {
    const path = await house.deciding();
    const seen = await (await house.affairs()).get(path);
    expect(seen.headers.get('etag')).toBe(`"${seen.body.version as number}"`);
    const claimed = await claims(path, seen.headers.get('etag')!);
    expect(claimed).toMatchObject({ status: 200, body: { version: seen.body.version + 1 } });
    expect(claimed.headers.get('etag')).toBe(`"${seen.body.version + 1}"`);
  });

  it('is changed by nobody who does not say what they have looked at', async () => {
    const path = await house.deciding();
    const { version } = await house.seen(path);
    const refused = await claims(path, '');
    expect([refused.status, said(refused.body)]).toEqual([428, 'case-version-missing']);
    expect(await house.seen(path)).toMatchObject({ version, claim: null });
  });

  it('is not changed by whoever looked before the last change, and says how it stands', async () => {
    const path = await house.deciding();
    const { version } = await house.seen(path);
    await claims(path, `"${version}"`);
    await (await house.affairs()).post(`${path}/claim/release`, {}, { 'if-match': `"${version + 1}"` });
    for (const old of [`"${version}"`, `"${version + 1}"`, `W/"${version + 2}"`, '"of another making"']) {
      const refused = await claims(path, old);
      expect([old, refused.status, said(refused.body), refused.body.version]).toEqual([
        old,
        412,
        'case-changed',
        version + 2,
      ]);
    }
    expect(await house.seen(path)).toMatchObject({ version: version + 2, claim: null });
    expect(await claims(path, `"${version}", "${version + 2}"`)).toMatchObject({ status: 200 });
  });

  it('is changed once by one press that is sent twice, and not again by a second press', async () => {
    const path = await house.deciding();
    const { version } = await house.seen(path);
    const key = { 'idempotency-key': randomUUID() };
    const [first, again] = [await claims(path, `"${version}"`, key), await claims(path, `"${version}"`, key)];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect((await claims(path, `"${version}"`)).status).toBe(412);
    expect(await house.seen(path)).toMatchObject({ version: version + 1 });
  });

  it('tells who was later that a colleague has it, before it tells that something changed', async () => {
    const path = await house.deciding();
    const { version } = await house.seen(path);
    const both = await Promise.all([
      claims(path, `"${version}"`, {}, 'one'),
      claims(path, `"${version}"`, {}, 'other'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(said(both.find(({ status }) => status === 409)!.body)).toBe('case-claimed');
  });

  it('asks the same of what belongs to it: papers, terms, documents, challenges, appointments', async () => {
    const path = await house.refused();
    const document = await house.document(path);
    const appointment = { day: '2026-03-09', time: '09:30', place: '人民路1号', purpose: '核对材料' };
    const commands: [string, object][] = [
      [`${document}/service`, { method: 'direct', on: MONDAY, receivedBy: 'person' }],
      [`${path}/electronic-service`, { since: MONDAY }],
      [`${path}/challenges`, { kind: 'reconsideration', filedOn: MONDAY, documentId: null, grounds: '不服' }],
    ];
    const village = await house.village();
    for (const [command, body] of commands) {
      expect([command, (await village.post(command, body, { 'if-match': '' })).status]).toEqual([
        command,
        428,
      ]);
      expect([command, (await village.post(command, body, { 'if-match': '"1"' })).status]).toEqual([
        command,
        412,
      ]);
    }
    expect((await house.seen(path)).documents).toMatchObject([{ service: null }]);
    const open = await house.deciding();
    const meets = (lookedAt: string) =>
      village.post(`${open}/appointments`, appointment, { 'if-match': lookedAt });
    expect([(await meets('')).status, (await meets('"1"')).status]).toEqual([428, 412]);
    expect((await house.seen(open)).appointments).toEqual([]);
  });
});

it('is so in the API document for every command on a case', async () => {
  const { body } = await house.service.anonymous.get('/openapi.json');
  const commands = Object.entries(body.paths as Record<string, { post?: { parameters?: object[] } }>).filter(
    ([path, { post }]) => post && path.includes('/cases/{id}/'),
  );
  expect(commands.length).toBeGreaterThanOrEqual(40);
  for (const [path, { post }] of commands) {
    expect([path, post!.parameters]).toEqual([
      path,
      expect.arrayContaining([expect.objectContaining({ name: 'If-Match', in: 'header', required: true })]),
    ]);
  }
});
