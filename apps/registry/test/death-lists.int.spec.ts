import { jest } from '@jest/globals';
import { Database, Retention } from '@app/platform';
import { serviceActor } from '@app/access';
import { scopeFindings, startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import type { ImportReport } from '../src/app/import-roster.js';
import { registry } from '../src/migrations.js';
import { TellUntold } from '../src/app/tell-untold.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const NEXT_VILLAGE = '338801001002';
const OTHER_TOWNSHIP = '338801002001';
const HEADER = '姓名,身份证号,死亡日期,出生日期,户籍区划代码,户籍地址';
const REASON = { reason: '入户核实，已与村委会确认' };

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let second: TestUser;
let sequence = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02',
  });
  officer = await service.as('data-officer', { id: 'officer' });
  second = await service.as('card-officer', { id: 'second' });
});
afterAll(() => service?.stop());

interface Known {
  readonly personId: string;
  readonly name: string;
  readonly number: string;
}

async function known(name: string, birthDate = '1940-05-05', divisionCode = VILLAGE): Promise<Known> {
  const number = demoNumber(birthDate, (sequence += 1));
  const answer = await second.post('/registry/persons', { name, identityNumber: number, divisionCode });
  expect(answer.status).toBe(201);
  return { personId: answer.body.personId as string, name, number };
}

async function send(rows: readonly string[], user = officer): Promise<ImportReport> {
  const answer = await user.upload(
    '/registry/imports/death',
    Buffer.from([HEADER, ...rows].join('\n')),
    'text/csv',
  );
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body as unknown as ImportReport;
}

interface Match {
  matchId: string;
  status: string;
  row: number;
  importId: string;
  name: string;
  identityNumber: string | null;
  address: string | null;
  chosenId: string | null;
  candidates: { personId: string; name: string; identityNumber: string; reasons: string[] }[];
}

async function matchesOf({ importId }: ImportReport, user = officer): Promise<Match[]> {
  const { status, body } = await user.get('/registry/death-matches?limit=200');
  expect(status).toBe(200);
  return (body.matches as Match[]).filter((match) => match.importId === importId);
}

async function deathOf({ personId }: Known) {
  const [row] = await service.database.query<{ died_on: string; source: string }>(
    `select died_on::text, source_kind || ' ' || source_reference as source from registry.deaths
     where person_id = $1 and withdrawn_at is null`,
    [personId],
  );
  return row ?? null;
}

const post = (user: TestUser, matchId: string, what: string, body: object = {}) =>
  user.post(`/registry/death-matches/${matchId}/${what}`, body);

/** What registry has told of these people and death lists, with nothing that says who they are. */
async function suspicions(...people: Known[]) {
  const facts = (await service.published('registry')).filter(({ type }) =>
    type.startsWith('registry.death.'),
  );
  return facts.flatMap(({ type, data }) => {
    const who = people.findIndex(({ personId }) => personId === data['personId']);
    return who < 0 ? [] : [[type.split('.')[2], who, data['because'] ?? data['diedOn'], data['matchId']]];
  });
}

describe('a death list with namesakes', () => {
  it('records only what number and name say together, and lists who else may be meant, with why', async () => {
    const certain = await known('确定');
    const [one, two] = [await known('同名甲'), await known('同名甲', '1951-01-01', NEXT_VILLAGE)];
    const other = await known('旁人乙');
    const slip = await known('笔误丙', '1938-03-09');
    const old = await known('旧号丁', '1939-04-04');
    const wrong = slip.number.slice(0, 16) + String((Number(slip.number[16]) + 2) % 10) + slip.number[17]!;
    const report = await send([
      `${certain.name},${certain.number},2026-02-20,,,`,
      `同名甲,,2026-02-21,,,某某村`,
      `同名甲,,2026-02-22,1951-01-01,,`,
      `另有其人,${other.number},2026-02-20,,,`,
      `笔误丙,${wrong},2026-02-20,,,`,
      `旧号丁,${old.number.slice(0, 6)}${old.number.slice(8, 17)},2026-02-20,,,`,
      `笔误饼,${wrong},2026-02-20,,,`,
      `无此人,,2026-02-20,,,`,
      `无此人,${demoNumber('1950-01-01', 777)},2026-02-20,,,`,
      `同名甲,${demoNumber('1960-09-09', 778)},2026-02-20,,,`,
      `同名甲,不详,2026-02-23,,${OTHER_TOWNSHIP},`,
      `${certain.name},${certain.number.slice(0, 17)},2026-02-20,,,`,
    ]);
    expect(report).toMatchObject({
      rows: 12,
      applied: 1,
      undecided: 6,
      failed: 4,
      notOnFile: 4,
      unchanged: 1,
    });
    expect(await deathOf(certain)).toEqual({
      died_on: '2026-02-20',
      source: `roster:death ${report.importId}#2`,
    });
    for (const each of [one, two, other, slip, old]) expect(await deathOf(each)).toBeNull();

    const matches = await matchesOf(report);
    const said = Object.fromEntries(
      matches.map(({ row, candidates }) => [
        row,
        Object.fromEntries(candidates.map(({ personId, reasons }) => [personId, reasons])),
      ]),
    );
    expect(said).toEqual({
      3: { [one.personId]: ['same-name'], [two.personId]: ['same-name'] },
      4: { [two.personId]: ['same-name', 'same-birth-date'] },
      5: { [other.personId]: ['same-number'] },
      6: { [slip.personId]: ['near-number', 'same-name', 'same-birth-date'] },
      7: { [old.personId]: ['old-number', 'same-name', 'same-birth-date'] },
      8: { [slip.personId]: ['near-number', 'same-birth-date'] },
    });
    const shown = matches.find(({ row }) => row === 3)!;
    expect(shown).toMatchObject({ status: 'open', name: '同*甲', identityNumber: null, address: '已登记' });
    expect(JSON.stringify(matches)).not.toMatch(/\d{15}|某某村/);
    const stored = JSON.stringify(await service.database.query('select * from registry.death_matches'));
    expect(stored).not.toMatch(/同名甲|\d{15}[\dX]/);
  });

  it('changes nothing when it is sent again, also in another file and after it was decided', async () => {
    const [one, two] = [await known('重复戊'), await known('重复戊')];
    const rows = [`重复戊,,2026-02-21,,,`];
    const first = await send(rows);
    expect(first).toMatchObject({ undecided: 1 });
    expect(await send(rows)).toMatchObject({ importId: first.importId, applied: 0, undecided: 1 });
    const again = await send([...rows, `无此人己,,2026-02-21,,,`]);
    expect(again).toMatchObject({ undecided: 1, failed: 1 });
    expect(await matchesOf(again)).toEqual([]);
    const [match] = await matchesOf(first);
    expect((await post(second, match!.matchId, 'nobody', REASON)).status).toBe(204);
    for (const { importId } of [first, again]) {
      expect((await officer.get(`/registry/imports/${importId}`)).body).toMatchObject({
        undecided: 0,
        unchanged: 1,
      });
    }
    expect(await send(rows)).toMatchObject({ undecided: 0, unchanged: 1 });
    expect(await send([...rows, ...rows.map((row) => row.replace('戊', '庚'))])).toMatchObject({
      undecided: 0,
      unchanged: 1,
      failed: 1,
    });
    expect(await matchesOf(first)).toEqual([]);
    // Somebody new of that name may be the one.
    const third = await known('重复戊');
    const later = await send([...rows, `,,,,,`, `无此人辛,,2026-02-21,,,`]);
    const [asked] = await matchesOf(later);
    expect(asked!.candidates.map(({ personId }) => personId)).toEqual([third.personId]);
    for (const each of [one, two, third]) expect(await deathOf(each)).toBeNull();
  });

  it('records the death once two persons say who it is, and it can be withdrawn', async () => {
    const [one, two] = [await known('认定壬'), await known('认定壬')];
    const report = await send([`认定壬,,2026-02-21,,,`]);
    const [match] = await matchesOf(report);
    const { matchId } = match!;
    expect(await post(second, matchId, 'approve')).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('death-match-not-proposed') as string },
    });
    expect((await post(officer, matchId, 'ask', { reason: '请民政补充身份证号' })).status).toBe(204);
    const stranger = await known('陌生癸');
    expect(await post(officer, matchId, 'propose', { personId: stranger.personId, ...REASON })).toMatchObject(
      { status: 422, body: { type: expect.stringContaining('not-among-candidates') as string } },
    );
    expect((await post(officer, matchId, 'propose', { personId: two.personId, ...REASON })).status).toBe(204);
    expect(await post(officer, matchId, 'approve')).toMatchObject({
      status: 403,
      body: { type: expect.stringContaining('death-match-four-eyes') as string },
    });
    expect(await deathOf(two)).toBeNull();
    // What is proposed is not set aside by somebody else in passing.
    expect((await post(second, matchId, 'nobody', REASON)).status).toBe(409);
    expect((await post(second, matchId, 'refuse', { reason: '村里说此人仍健在' })).status).toBe(204);
    expect((await post(officer, matchId, 'propose', { personId: one.personId, ...REASON })).status).toBe(204);
    const before = (await service.published('registry')).length;
    const answer = await post(second, matchId, 'approve');
    expect(answer).toMatchObject({ status: 200, body: { personId: one.personId } });
    expect(await deathOf(one)).toEqual({
      died_on: '2026-02-21',
      source: `roster:death ${report.importId}#2`,
    });
    expect(await deathOf(two)).toBeNull();
    expect((await service.published('registry')).slice(before)).toMatchObject([
      { type: 'registry.fact.death-recorded.v1', data: { personId: one.personId, diedOn: '2026-02-21' } },
      { type: 'registry.death.cleared.v1' },
      { type: 'registry.death.cleared.v1' },
    ]);
    expect((await suspicions(one, two)).toSorted()).toEqual([
      ['cleared', 0, 'recorded', matchId],
      ['cleared', 1, 'another', matchId],
      ['suspected', 0, '2026-02-21', matchId],
      ['suspected', 1, '2026-02-21', matchId],
    ]);
    expect((await post(second, matchId, 'approve')).status).toBe(409);
    expect((await officer.get(`/registry/imports/${report.importId}`)).body).toMatchObject({
      applied: 1,
      undecided: 0,
    });
    expect(await send([`认定壬,,2026-02-21,,,`])).toMatchObject({ applied: 0, unchanged: 1 });

    const withdrawn = await second.post(`/registry/persons/${one.personId}/death/withdraw`, {
      reason: '本人到场，确认健在',
    });
    expect(withdrawn.status).toBe(200);
    expect(await send([`认定壬,,2026-02-21,,,`, `无此人,,2026-02-25,,,`])).toMatchObject({
      applied: 0,
      unchanged: 1,
      undecided: 0,
    });
    expect(await deathOf(one)).toBeNull();
  });

  it('tells once whom a row may mean, and that it means nobody, under the id by which it was told', async () => {
    const [one, two] = [await known('风闻癸', '1940-05-05'), await known('风闻癸', '1941-06-06')];
    const gone = await known('风闻癸', '1942-07-07');
    expect(await send([`风闻癸,${gone.number},2026-02-21,,,`])).toMatchObject({ applied: 1 });
    const rows = [`风闻癸,,2026-02-21,,,`];
    const report = await send(rows);
    const [{ matchId }] = (await matchesOf(report)) as [Match];
    const told = [
      ['suspected', 0, '2026-02-21', matchId],
      ['suspected', 1, '2026-02-21', matchId],
    ];
    // Whose death is on file already is not suspected of it.
    expect((await suspicions(one, two, gone)).toSorted()).toEqual(told);
    await send([...rows, `无此人,,2026-02-21,,,`]);
    expect(await suspicions(one, two, gone)).toHaveLength(2);
    expect((await post(officer, matchId, 'ask', REASON)).status).toBe(204);
    expect(await suspicions(one, two, gone)).toHaveLength(2);
    await service.database.query('update registry.persons set merged_into = $2 where person_id = $1', [
      two.personId,
      one.personId,
    ]);
    expect((await post(officer, matchId, 'nobody', REASON)).status).toBe(204);
    expect((await suspicions(one, two, gone)).toSorted()).toEqual([
      ['cleared', 0, 'nobody', matchId],
      ['cleared', 1, 'nobody', matchId],
      ...told,
    ]);
    const facts = JSON.stringify(await suspicions(one, two, gone));
    expect(facts).not.toMatch(/风闻|\d{15}/);
  });

  it('tells once of a row that was found before others were told', async () => {
    const one = await known('早闻子');
    const [{ matchId }] = (await matchesOf(await send([`早闻子,,2026-02-21,,,`]))) as [Match];
    await service.database.query('update registry.death_matches set told = false where match_id = $1', [
      matchId,
    ]);
    const before = await suspicions(one);
    expect(await service.get(TellUntold).run()).toBe(1);
    expect(await suspicions(one)).toEqual([...before, ...before]);
    expect(await service.get(TellUntold).run()).toBe(0);
  });

  it('shows a row only to who reaches all whom it may mean', async () => {
    await known('跨镇甲');
    await known('跨镇甲', '1940-05-05', OTHER_TOWNSHIP);
    await known('本镇乙');
    const report = await send([`跨镇甲,,2026-02-21,,,`, `本镇乙,,2026-02-21,,,`]);
    const chair = await service.as('township-chair', {
      id: 'chair',
      from: '338801001000',
      to: '338801001999',
    });
    expect(await matchesOf(report)).toHaveLength(2);
    const [own, ...more] = await matchesOf(report, chair);
    expect([own!.row, more]).toEqual([3, []]);
    const across = (await matchesOf(report)).find(({ row }) => row === 2)!;
    for (const [what, body] of [
      ['propose', { personId: across.candidates[0]!.personId, ...REASON }],
      ['nobody', REASON],
      ['ask', REASON],
      ['approve', {}],
      ['refuse', REASON],
    ] as const) {
      expect([what, (await post(chair, across.matchId, what, body)).status]).toEqual([what, 404]);
      expect([what, (await post(service.anonymous, across.matchId, what, body)).status]).toEqual([what, 401]);
    }
    expect((await post(chair, own!.matchId, 'nobody', REASON)).status).toBe(204);
    const unit = await service.as('member-unit', { id: 'civil', department: 'civil-affairs' });
    expect((await unit.get('/registry/death-matches')).status).toBe(403);
    // The unit that keeps the list sends it, and learns that rows are undecided, but not about whom.
    expect(await send([`跨镇甲,,2026-02-24,,,`], unit)).toMatchObject({ undecided: 1 });
  });

  it('asks for more where a name says too little', async () => {
    for (let at = 0; at < 21; at += 1) await known('大姓丙', '1940-05-05');
    const report = await send([`大姓丙,,2026-02-21,,,`]);
    expect(report).toMatchObject({ failed: 1, undecided: 0 });
    expect(report.errors).toMatchObject([{ row: 2, column: '姓名', reason: '同名的超过20人，无法逐一核实' }]);
  });

  it('forgets what a row said ninety days after it was decided', async () => {
    await known('忘记丁');
    const report = await send([`忘记丁,,2026-02-21,,,`]);
    const { matchId } = (await matchesOf(report))[0]!;
    await post(officer, matchId, 'nobody', REASON);
    const clean = () => service.get(Retention).clean(service.get(Database), serviceActor('registry'));
    const aged = (days: number) =>
      service.database.query(
        'update registry.death_matches set decided_at = now() - make_interval(days => $2) where match_id = $1',
        [matchId, days],
      );
    const said = () =>
      service.database.query(
        'select said is not null as said from registry.death_matches where match_id = $1',
        [matchId],
      );
    await aged(89);
    await clean();
    expect(await said()).toEqual([{ said: true }]);
    await aged(91);
    await clean();
    expect(await said()).toEqual([{ said: false }]);
  });

  it('leaves no table open', async () => {
    expect(await scopeFindings(service.database, 'registry')).toEqual([]);
  });
});
