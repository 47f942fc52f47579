import { ColumnCipher } from '@app/access';
import { representativesChangedV1 } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { Permits, MONDAY, PLACE } from './permit-house.js';

let house: Permits;

beforeAll(async () => {
  house = await Permits.start();
});
beforeEach(() => house.service.clock.set(MONDAY));
afterAll(() => house.service.stop());

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const direct = (on: string) => ({ method: 'direct', on, receivedBy: 'person' });

describe('a document', () => {
  it('of a refusal names the remedies of the item, with body, term and article', async () => {
    const path = await house.refused();
    const { documents, standing } = await house.seen(path);
    const remedy =
      '不服的，可以自收到之日起60日内向演示县人民政府申请行政复议（演示办法第二十条）；也可以自收到之日起6个月内向人民法院提起行政诉讼（演示办法第四十六条）。';
    expect(standing).toMatchObject({ remedy });
    expect(documents).toMatchObject([
      {
        kind: 'refusal',
        adverse: true,
        step: 'approve',
        reason: '不符合演示条件',
        remedy,
        madeOn: MONDAY,
        by: 'affairs',
        service: null,
      },
    ]);
  });

  it('of an item without remedies needs the words of whoever refuses, and has them', async () => {
    const path = await house.deciding('invented/tea-note');
    const reason = '不符合演示条件';
    expect(await house.refusedBy(house.affairs(), `${path}/refuse`, { reason })).toEqual([
      422,
      'remedy-missing',
    ]);
    const remedy = '可以自收到之日起十日内向演示县民政局书面提出。';
    await house.ok(house.affairs(), `${path}/refuse`, { reason, remedy });
    expect((await house.seen(path)).documents).toMatchObject([{ remedy }]);
  });

  it('is made by a grant and by a stop too, each by its own decision', async () => {
    const { documents } = await house.seen(await house.stopped());
    expect(documents).toMatchObject([
      { kind: 'decision', adverse: false, reason: null },
      { kind: 'stop', adverse: true, reason: '不再符合演示条件' },
    ]);
  });
});

describe('a decision', () => {
  const readyOf = async (path: string) =>
    (await house.messages(path)).map(({ type, data }) => [type, data['template'], data['params']]);
  const ready = [
    'requested',
    'decision-ready',
    { item: '茶', day: null, time: null, papers: [], place: null, purpose: null, again: false },
  ];

  it('tells its person that it can be had, once, and nothing of what it says', async () => {
    const path = await house.deciding();
    const affairs = await house.affairs();
    const key = { 'idempotency-key': randomUUID() };
    const refuse = () => affairs.post(`${path}/refuse`, { reason: '不符合演示条件' }, key);
    expect(await readyOf(path)).toEqual([]);
    const answer = await refuse();
    expect(await refuse()).toMatchObject({ status: 200, body: answer.body });
    expect(await readyOf(path)).toEqual([ready]);
    expect((await house.seen(path)).messages).toMatchObject([
      {
        text: '【残联】您办理的“茶”有结果了。请到村（社区）或者乡镇（街道）残联领取书面通知。',
        by: 'affairs',
      },
    ]);
  });

  it('that is not made tells nobody anything, nor does a stop', async () => {
    const path = await house.deciding();
    expect(await house.refusedBy(house.affairs('officer'), `${path}/grant`, {})).toEqual([409, 'four-eyes']);
    expect(await readyOf(path)).toEqual([]);
    await house.ok(house.affairs(), `${path}/grant`, {});
    expect(await readyOf(path)).toEqual([ready]);
    await house.ok(house.affairs(), `${path}/stop`, { stoppedFrom: MONDAY, reason: '不再符合演示条件' });
    expect(await readyOf(path)).toEqual([ready]);
  });

  it('that is made again after it was revoked is told again', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    await house.ok(house.village(), `${path}/challenges`, {
      kind: 'reconsideration',
      filedOn: MONDAY,
      documentId,
      grounds: '认定的事实与实际情况不符',
    });
    const challenge = `${path}/challenges/${(await house.seen(path)).challenges[0].challengeId as string}`;
    await house.ok(house.officer(), `${challenge}/accept`, { on: MONDAY });
    const ruling = { on: MONDAY, outcome: 'revoked', reason: '认定事实不清' };
    await house.ok(house.officer(), `${challenge}/decide`, ruling);
    expect(await readyOf(path)).toEqual([ready]);
    await house.ok(house.affairs(), `${path}/grant`, {});
    expect(await readyOf(path)).toEqual([ready, ready]);
  });
});

describe('service', () => {
  it('starts the terms of the person: before it none runs, and their end is 期满, no delay', async () => {
    const path = await house.refused();
    expect(await house.running(path)).toEqual({});
    house.service.clock.set('2026-03-05');
    await house.served(path, '2026-03-04');
    // The sixtieth day is a Sunday within the holiday of May: it ends on the next working day.
    expect(await house.running(path)).toEqual({
      'remedy:reconsideration': '2026-05-06',
      'remedy:litigation': '2026-09-04',
    });
    expect(await house.told(path)).toEqual(await house.running(path));
    const term = async () =>
      (await house.seen(path)).remedies.map(
        ({ kind, term: one }: { kind: string; term: { mark: string | null; overdue: boolean } | null }) => [
          kind,
          one?.mark,
          one?.overdue,
        ],
      );
    expect(await term()).toEqual([
      ['reconsideration', null, false],
      ['litigation', null, false],
      ['litigation', undefined, undefined],
    ]);
    house.service.clock.set('2026-05-07');
    expect(await term()).toEqual([
      ['reconsideration', '期满', false],
      ['litigation', null, false],
      ['litigation', undefined, undefined],
    ]);
  });

  it('is recorded once; a mistake is corrected by a new record with its reason, and the old one stays', async () => {
    const path = await house.refused();
    house.service.clock.set('2026-03-09');
    await house.served(path, '2026-03-04');
    const service = `${await house.document(path)}/service`;
    expect(await house.refusedBy(house.village(), service, direct('2026-03-06'))).toEqual([
      409,
      'document-served',
    ]);
    await house.ok(house.village(), service, {
      ...direct('2026-03-06'),
      correction: '回证日期抄错，以签收为准',
    });
    expect(await house.told(path)).toEqual(await house.running(path));
    const { documents, clocks } = await house.seen(path);
    expect(documents[0]).toMatchObject({
      service: { servedOn: '2026-03-06', correction: '回证日期抄错，以签收为准' },
      corrected: [{ servedOn: '2026-03-04', correction: null }],
    });
    expect(
      (clocks as { step: string; anchorDay: string; status: string }[])
        .filter(({ step }) => step === 'remedy:reconsideration')
        .map(({ anchorDay, status }) => [anchorDay, status]),
    ).toEqual([
      ['2026-03-04', 'superseded'],
      ['2026-03-06', 'running'],
    ]);
  });

  it('by a guardian or agent counts who may receive for the person on that day, once registry has told who that is', async () => {
    const personId = randomUUID();
    const path = await house.refused(personId);
    const service = `${await house.document(path)}/service`;
    const byAgent = (receiverName?: string) => ({ ...direct(MONDAY), receivedBy: 'agent', receiverName });
    const representativeId = randomUUID();
    let version = 0;
    const tell = (more: object) =>
      house.service.deliver(
        'subsidies',
        representativesChangedV1.of({
          personId,
          divisionCode: PLACE,
          version: (version += 1),
          representatives: [
            {
              representativeId,
              kind: 'agent',
              acts: ['receive'],
              from: '2026-01-01',
              until: '2026-06-30',
              nameToken: house.service.get(ColumnCipher).blindIndex('name', '李邻居'),
              ...more,
            },
          ],
        }),
      );
    const refused = (name?: string) => house.refusedBy(house.village(), service, byAgent(name));
    await tell({ acts: ['apply'] });
    expect(await refused()).toEqual([422, 'receiver-name-missing']);
    expect(await refused('王某')).toEqual([409, 'agent-may-not-receive']);
    expect(await refused('李邻居')).toEqual([409, 'agent-may-not-receive']);
    await tell({ until: '2026-03-01' });
    expect(await refused('李邻居')).toEqual([409, 'agent-may-not-receive']);
    await tell({});
    await house.ok(house.village(), service, byAgent('李邻居'));
    const { documents } = await house.seen(path);
    expect(documents[0].service).toMatchObject({ receivedBy: 'agent', representativeId });
    expect(
      JSON.stringify(await house.service.database.query('select * from subsidies.document_services')),
    ).not.toContain('李邻居');

    // Of whom registry has told nothing, whoever records it answers for it, as before.
    const other = await house.refused();
    await house.ok(house.village(), `${await house.document(other)}/service`, byAgent());
    expect((await house.seen(other)).documents[0].service).toMatchObject({ representativeId: null });
  });

  it.each([
    [{ method: 'direct', on: MONDAY }, 422, 'receiver-missing'],
    [{ method: 'left', on: MONDAY }, 422, 'left-without-witness'],
    [{ method: 'electronic', on: MONDAY }, 409, 'electronic-without-consent'],
    [{ ...direct(MONDAY), correction: '没有登记过的更正' }, 409, 'nothing-to-correct'],
    [direct('2026-03-01'), 422, 'served-before-made'],
    [direct('2026-03-03'), 422, 'day-in-future'],
  ])('%j is refused: %i %s', async (request, status, slug) => {
    const path = await house.refused();
    const service = `${await house.document(path)}/service`;
    expect(await house.refusedBy(house.village(), service, request)).toEqual([status, slug]);
    expect(await house.running(path)).toEqual({});
  });

  it('counts from the day that its method says', async () => {
    const servedOn = async (request: object): Promise<string> => {
      const path = await house.refused();
      await house.ok(house.village(), `${path}/electronic-service`, { since: MONDAY });
      await house.ok(house.village(), `${await house.document(path)}/service`, request);
      return (await house.seen(path)).documents[0].service.servedOn as string;
    };
    expect(await servedOn({ method: 'left', on: MONDAY, witness: '村委会代表' })).toBe(MONDAY);
    expect(await servedOn({ method: 'left', on: MONDAY, recorded: true })).toBe(MONDAY);
    expect(await servedOn({ method: 'post', on: MONDAY, reference: '回执 12' })).toBe(MONDAY);
    expect(await servedOn({ method: 'electronic', on: MONDAY })).toBe(MONDAY);
    // A notice is service when its term is over.
    expect(await servedOn({ method: 'public-notice', on: MONDAY })).toBe('2026-04-01');
  });

  it('by public notice needs the term that a text gives, electronic service the consent that was not taken back', async () => {
    const note = await house.deciding('invented/tea-note');
    await house.ok(house.affairs(), `${note}/grant`, {});
    expect(
      await house.refusedBy(house.village(), `${await house.document(note)}/service`, {
        method: 'public-notice',
        on: MONDAY,
      }),
    ).toEqual([409, 'public-notice-term-unknown']);
    const path = await house.refused();
    await house.ok(house.village(), `${path}/electronic-service`, { since: MONDAY });
    expect((await house.seen(path)).electronicSince).toBe(MONDAY);
    await house.ok(house.village(), `${path}/electronic-service`, { since: null });
    expect(
      await house.refusedBy(house.village(), `${await house.document(path)}/service`, {
        method: 'electronic',
        on: MONDAY,
      }),
    ).toEqual([409, 'electronic-without-consent']);
  });

  it('is proved by a file of its own, which who sees the case can open', async () => {
    const path = await house.refused();
    const proof = `${await house.document(path)}/service/proof`;
    const village = await house.village();
    const upload = (user = village) => user.upload(proof, PDF, 'application/pdf');
    expect((await upload()).status).toBe(409);
    await house.served(path);
    expect((await village.get(proof)).status).toBe(404);
    expect(await upload()).toMatchObject({ status: 200 });
    expect((await house.seen(path)).documents[0].service).toMatchObject({ hasProof: true });
    expect((await (await house.officer()).get(proof)).status).toBe(200);
    const neighbour = await house.service.as('village-liaison', { from: '338801002001', to: '338801002001' });
    expect((await neighbour.get(proof)).status).toBe(404);
    expect((await upload(neighbour)).status).toBe(404);
  });

  it('has the next number of its service and year, and a decision that fails takes none', async () => {
    const numberOf = async (path: string) => (await house.seen(path)).documents[0].number as string;
    const first = await numberOf(await house.refused());
    expect(first).toMatch(/^BT-2026-\d{6}$/);
    const failing = await house.deciding('invented/tea-note');
    expect(await house.refusedBy(house.affairs(), `${failing}/refuse`, { reason: '不符合演示条件' })).toEqual(
      [422, 'remedy-missing'],
    );
    const following = await Promise.all([1, 2, 3].map(() => house.refused()));
    const numbers = (await Promise.all(following.map(numberOf))).map((each) => Number(each.slice(8)));
    const last = Number(first.slice(8));
    expect(numbers.toSorted((a, b) => a - b)).toEqual([last + 1, last + 2, last + 3]);
    // Another year begins again.
    house.service.clock.set('2027-03-01');
    expect(await numberOf(await house.refused())).toBe('BT-2027-000001');
  });

  it('is found by its number by who sees its case, typed as it stands there or without zeros', async () => {
    const path = await house.refused();
    const [document] = (await house.seen(path)).documents;
    const { documentId, number } = document as { documentId: string; number: string };
    const found = { documentId, caseId: path.split('/').at(-1), kind: 'refusal', number };
    const village = await house.village();
    const ask = (user: typeof village, text: string) => user.get(`/subsidies/documents?number=${text}`);
    expect(await ask(village, number)).toMatchObject({ status: 200, body: { documents: [found] } });
    expect((await ask(village, number.replace(/-0+/, '-'))).body).toEqual({ documents: [found] });
    const neighbour = await house.service.as('village-liaison', { from: '338801002001', to: '338801002001' });
    for (const [user, text] of [
      [neighbour, number],
      [village, number.replace('BT', 'KF')],
      [village, 'BT-1999-1'],
    ] as const) {
      expect((await ask(user, text)).body).toEqual({ documents: [] });
    }
    expect((await ask(village, 'BT-2026')).status).toBe(400);
  });

  it('is nothing that another village can record or see', async () => {
    const path = await house.refused();
    const document = await house.document(path);
    const neighbour = await house.service.as('village-liaison', { from: '338801002001', to: '338801002001' });
    expect((await neighbour.post(`${document}/service`, direct(MONDAY))).status).toBe(404);
    expect((await neighbour.post(`${path}/electronic-service`, { since: MONDAY })).status).toBe(404);
    const { body } = await neighbour.get('/subsidies/unserved-documents?limit=200');
    expect(body.documents).toEqual([]);
    // And nobody serves a document by the case of another.
    const other = await house.refused();
    const crossed = `${other}/documents/${document.split('/').at(-1)!}/service`;
    expect(await house.refusedBy(house.village(), crossed, direct(MONDAY))).toEqual([
      422,
      'document-not-of-case',
    ]);
  });

  it('is waited for in a list, which says what is late by the term of the place', async () => {
    const path = await house.refused();
    const documentId = (await house.document(path)).split('/').at(-1);
    const waiting = async () =>
      (
        (await (await house.village()).get('/subsidies/unserved-documents?limit=200')).body.documents as {
          documentId: string;
        }[]
      ).find((each) => each.documentId === documentId);
    expect(await waiting()).toMatchObject({
      kind: 'refusal',
      adverse: true,
      madeOn: MONDAY,
      serveBy: '2026-03-16',
      late: false,
    });
    house.service.clock.set('2026-03-17');
    expect(await waiting()).toMatchObject({ late: true });
    const note = await house.deciding('invented/tea-note');
    await house.ok(house.affairs(), `${note}/grant`, {});
    const { body } = await (await house.village()).get('/subsidies/unserved-documents?limit=200');
    expect(body.documents.at(-1)).toMatchObject({ serveBy: null, late: false });
    await house.served(path);
    expect(await waiting()).toBeUndefined();
  });
});
