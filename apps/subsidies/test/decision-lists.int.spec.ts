import { jest } from '@jest/globals';
import { encode } from '../src/domain/bank-file/encoding.js';
import {
  agreed,
  answered,
  COUNTY,
  csvOf,
  HEADINGS,
  refused,
  MONDAY,
  slugOf,
  startDecidingByList,
  type DecidingByList,
  type Waiting,
} from './deciding-by-list.js';

jest.setTimeout(120_000);

let county: DecidingByList;

beforeAll(async () => {
  county = await startDecidingByList();
});
afterAll(() => county.service.stop());

/** A township of the test's own, and a village of it. */
let [town, village] = ['', ''];
beforeEach(() => {
  county.service.clock.set(MONDAY);
  const nine = county.newTown();
  [town, village] = [`${nine}000`, `${nine}001`];
});
const waiting = async (count: number) => {
  const all: Waiting[] = [];
  for (let at = 0; at < count; at++) all.push(await county.waiting({ place: village }));
  return all;
};

const lists = '/subsidies/decision-lists';
const sql = (text: string, params: unknown[] = []) => county.service.database.query(text, params);

describe('a list for civil affairs', () => {
  it('takes the cases that wait for its decision, each on one list, and changes neither step nor term', async () => {
    const next = `${town.slice(0, 9)}002`;
    const [one] = await waiting(1);
    const other = await county.waiting({ place: next });
    const before = await county.detail(one!);
    const { listNo, receipt } = await county.sent(town, [one!, other]);
    expect(receipt).toBe('MZ-338801-2026-0001');
    const { sentOut, ...after } = await county.detail(one!);
    expect(sentOut).toEqual({ body: 'civil-affairs', receipt, since: '2026-03-02' });
    expect({ ...after, sentOut: null }).toEqual(before);
    expect(await county.rows(listNo)).toEqual([
      expect.objectContaining({ lineNo: 1, caseId: one!.caseId, state: 'sent', fen: 30_000 }),
      expect.objectContaining({ lineNo: 2, caseId: other.caseId }),
    ]);
    expect(slugOf(await county.keeper.post(lists, { divisionCode: town }))).toEqual([
      409,
      'nothing-to-decide',
    ]);

    const later = await county.waiting({ place: next });
    const timed = await county.waiting({ place: next, item: 'invented/timed' });
    const open = (form: object) => county.keeper.post(lists, form);
    expect(slugOf(await open({ divisionCode: village, itemId: 'invented/challenged' }))[0]).toBe(409);
    expect((await open({ divisionCode: next, itemId: 'invented/challenged' })).body).toMatchObject({
      receipt: 'MZ-338801-2026-0002',
      count: 1,
    });
    expect((await county.detail(later)).sentOut.receipt).toBe('MZ-338801-2026-0002');
    expect((await county.detail(timed)).sentOut).toBeNull();
    county.service.clock.set('2026-03-09');
    const { body } = await county.keeper.get(`${lists}?open=true`);
    expect(body.lists).toMatchObject([
      { listNo, daysWaiting: 7, rows: 2, states: { sent: 2 } },
      { daysWaiting: 7, rows: 1, writtenAt: null },
    ]);
  });

  it('is a workbook that is known again by its rows; of names and numbers nothing is kept, and who took them out is', async () => {
    const one = (await waiting(1))[0]!;
    const { listNo, receipt, sheet } = await county.sent(town, [one]);
    const text = await csvOf(sheet);
    expect(text).toContain(receipt);
    expect(text).toContain(one.identityNumber);
    expect(text).toMatch(new RegExp(`"${receipt}/1/[0-9a-f]{8}"`));
    const returned = (await county.entered(listNo, await answered(sheet, new Map([[one, agreed]])))).body;
    for (const table of [
      'decision_lists',
      'decision_list_rows',
      'decision_list_files',
      'decision_returns',
      'decision_answers',
    ]) {
      const rows = await sql(`select t::text as row from subsidies.${table} t`);
      expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${one.identityNumber}|${one.name}`));
    }
    const audit = await sql(
      `select actor_id, why from subsidies.audit_entries where person_ids @> array[$1::uuid] and 'decision-list.file-taken' = any(what)`,
      [one.personId],
    );
    expect(audit).toEqual([{ actor_id: 'benefit-officer', why: '送县民政局审定补贴资格' }]);
    const proof = await county.lead.post(`${lists}/${listNo}/returns/${returned.returnNo}/file`, {
      purpose: '复核民政部门的审定结果',
    });
    expect(await csvOf(proof.body)).toContain('李科长');
    expect(slugOf(await county.file(listNo, []))).toEqual([422, 'persons-missing']);
  });
});

describe('what comes back', () => {
  it('is compared first, confirmed by a second person, and decides each case once', async () => {
    const people = await waiting(6);
    const [yes, no, back, sum, renamed, silent] = people;
    const { listNo, receipt, sheet } = await county.sent(town, people);
    const form = { 审定日期: '2026-03-02', 审定人: '李科长' };
    const file = await answered(
      sheet,
      new Map([
        [yes!, agreed],
        [no!, refused],
        [back!, { ...form, 审定结论: '退回补充', 理由或需补充的材料: '缺少银行流水说明' }],
        [sum!, { ...form, 审定结论: '金额不符', 审定金额: '150' }],
        [renamed!, { ...agreed, 姓名: '另一人' }],
      ]),
    );
    county.service.clock.set('2026-03-05');
    const entered = await county.entered(listNo, file);
    expect(entered).toMatchObject({
      status: 200,
      body: {
        ...{ listNo, receipt, returnNo: 1, state: 'entered', problems: [] },
        become: { granted: 1, refused: 1, returned: 1, 'to-settle': 2, overtaken: 0, answered: 0, closed: 0 },
      },
    });
    const of = (person: typeof yes) => (row: { caseId: string }) => row.caseId === person!.caseId;
    expect(entered.body.lines.find(of(sum))).toMatchObject({ become: 'to-settle', why: ['amount-decided'] });
    expect(entered.body.lines.find(of(renamed))).toMatchObject({ become: 'to-settle', why: ['name'] });
    expect(entered.body.unanswered).toMatchObject([{ caseId: silent!.caseId }]);
    expect(await county.states(listNo, people)).toEqual(people.map(() => 'sent'));
    expect((await county.detail(yes!)).status).toBe('deciding');

    const confirm = (who: typeof county.lead, sha256: string) =>
      who.post(`${lists}/${listNo}/returns/1/confirm`, { sha256 });
    expect(slugOf(await confirm(county.keeper, entered.body.sha256))).toEqual([
      409,
      'return-entered-by-same',
    ]);
    const deputy = await county.service.as('federation-lead', {
      id: 'deputy',
      onBehalfOf: 'benefit-officer',
    });
    expect(slugOf(await confirm(deputy, entered.body.sha256))).toEqual([409, 'return-entered-by-same']);
    expect(slugOf(await confirm(county.lead, '0'.repeat(64)))).toEqual([409, 'return-not-as-seen']);
    const confirmed = await county.confirmed(entered.body);
    expect(confirmed).toMatchObject({
      status: 200,
      body: { state: 'confirmed', become: { answered: 3, 'to-settle': 2 } },
    });
    const states = ['granted', 'refused', 'returned', 'to-settle', 'to-settle', 'sent'];
    expect(await county.states(listNo, people)).toEqual(states);

    const granted = await county.detail(yes!);
    expect(granted).toMatchObject({
      status: 'granted',
      sentOut: null,
      standing: { decidedOn: '2026-03-02' },
      documents: [expect.objectContaining({ kind: 'decision' })],
    });
    expect(granted.steps.at(-1).done).toMatchObject({
      by: 'federation-lead',
      reported: {
        ...{ body: 'civil-affairs', receipt, on: '2026-03-02', decider: '李科长', document: null },
        enteredBy: 'benefit-officer',
      },
    });
    const refusal = await county.detail(no!);
    expect(refusal).toMatchObject({
      status: 'refused',
      standing: { decidedOn: '2026-03-02', reason: refused['理由或需补充的材料'] },
      documents: [expect.objectContaining({ kind: 'refusal' })],
      messages: [expect.objectContaining({ template: 'decision-ready' })],
    });
    expect(refusal.standing.remedy).toContain('本级人民政府');
    expect(await county.detail(back!)).toMatchObject({ status: 'deciding', sentOut: null });
    expect((await county.detail(silent!)).sentOut).toMatchObject({ receipt });
    const ids = people.map(({ personId }) => personId);
    const benefits = await sql(
      'select person_id, from_month from subsidies.benefits where person_id = any($1::uuid[])',
      [ids],
    );
    expect(benefits).toEqual([{ person_id: yes!.personId, from_month: '2026-02' }]);

    // Again, the same file, and what a broken run has left: nothing changes any more.
    const facts = (await county.service.published('subsidies')).length;
    expect((await county.entered(listNo, file)).body).toMatchObject({ returnNo: 1, state: 'confirmed' });
    await sql('update subsidies.decision_answers set taken = false where list_no = $1', [listNo]);
    expect(await county.confirmed(entered.body)).toMatchObject({ status: 200 });
    expect(await county.states(listNo, people)).toEqual(states);
    expect((await county.service.published('subsidies')).length).toBe(facts);

    // The rest comes days later, beside what was said before.
    county.service.clock.set('2026-03-09');
    const rest = await county.entered(
      listNo,
      await answered(
        file,
        new Map([
          [silent!, agreed],
          [no!, agreed],
        ]),
      ),
    );
    expect(rest.body).toMatchObject({ returnNo: 2, become: { granted: 1, closed: 1 }, unanswered: [] });
    await county.confirmed(rest.body);
    expect(await county.states(listNo, [silent!, no!])).toEqual(['granted', 'refused']);
  });

  it('leaves alone what was decided, taken back, merged, moved or lost meanwhile, and says so', async () => {
    const people = await waiting(6);
    const [decided, died, moved, merged, declined, held] = people;
    const { listNo, sheet } = await county.sent(town, people);
    await county.affairs.post(`/subsidies/cases/${decided!.caseId}/refuse`, { reason: '不符合演示条件' });
    const liaison = await county.service.as('village-liaison');
    await liaison.post(`/subsidies/cases/${declined!.caseId}/decline`, { declinedOn: '2026-03-02' });
    const known = (person: Waiting, column: string, value: string) =>
      sql(
        `insert into subsidies.case_persons (person_id, division_code, place_version, ${column}) values ($1, $2, 1, $3)
         on conflict (person_id) do update set ${column} = excluded.${column}`,
        [person.personId, village, value],
      );
    await known(died!, 'died_on', '2026-03-01');
    await known(moved!, 'moved_away', 'true');
    await sql('update subsidies.cases set person_id = $2 where case_id = $1', [merged!.caseId, died!.caseId]);
    await sql(
      `update subsidies.cases set status = 'held', state = jsonb_build_object('status', 'held', 'from', state, 'holds', '[]'::jsonb)
       where case_id = $1`,
      [held!.caseId],
    );
    const { body } = await county.entered(
      listNo,
      await answered(sheet, new Map(people.map((person) => [person, agreed]))),
    );
    expect(body.become).toMatchObject({ granted: 0, overtaken: 5, 'to-settle': 1 });
    expect(await county.confirmed(body)).toMatchObject({ status: 200, body: { state: 'confirmed' } });
    const rows = await county.rows(listNo);
    expect(people.map(({ caseId }) => rows.find((row) => row.caseId === caseId)!.why)).toEqual([
      ['decided'],
      ['died'],
      ['moved'],
      ['merged'],
      ['withdrawn'],
      ['held'],
    ]);
    expect(
      await sql(
        'select status, sent_out from subsidies.cases where case_id = any($1::uuid[]) order by status',
        [people.map(({ caseId }) => caseId)],
      ),
    ).toEqual([
      ...[1, 2, 3].map(() => ({ status: 'deciding', sent_out: null })),
      { status: 'declined', sent_out: null },
      { status: 'held', sent_out: expect.anything() },
      { status: 'refused', sent_out: null },
    ]);
    expect(
      await sql('select 1 from subsidies.benefits where case_id = any($1::uuid[])', [
        people.map(({ caseId }) => caseId),
      ]),
    ).toEqual([]);
  });

  it('in a difference is settled by a person: its answer counts, or the case leaves the list and goes on the next', async () => {
    const people = await waiting(2);
    const [renamed, sum] = people;
    const { listNo, receipt, sheet } = await county.sent(town, people);
    const { body } = await county.entered(
      listNo,
      await answered(
        sheet,
        new Map([
          [renamed!, { ...refused, 姓名: '同音字' }],
          [sum!, { ...agreed, 审定金额: 150 }],
        ]),
      ),
    );
    await county.confirmed(body);
    const line = async (person: typeof renamed) =>
      (await county.rows(listNo)).find(({ caseId }) => caseId === person!.caseId)!.lineNo;
    const settle = async (who: typeof county.lead, person: typeof renamed, outcome: string) =>
      who.post(`${lists}/${listNo}/rows/${await line(person)}/settle`, {
        outcome,
        note: '已与民政局电话核实',
      });
    const officer = await county.service.as('benefit-officer', { id: 'another-officer' });
    expect(slugOf(await settle(county.keeper, renamed, 'take'))).toEqual([409, 'return-entered-by-same']);
    expect(slugOf(await settle(county.lead, sum, 'take'))).toEqual([409, 'row-not-to-settle']);
    expect((await settle(officer, renamed, 'take')).body).toMatchObject({ state: 'refused' });
    expect(await county.detail(renamed!)).toMatchObject({ status: 'refused' });
    expect(slugOf(await settle(officer, renamed, 'take'))).toEqual([409, 'row-not-to-settle']);
    expect((await settle(county.keeper, sum, 'release')).body).toMatchObject({ state: 'released' });
    expect(await county.detail(sum!)).toMatchObject({ status: 'deciding', sentOut: null });
    const next = await county.sent(town, [sum!]);
    expect(next.receipt > receipt).toBe(true);
    const close = () => county.keeper.post(`${lists}/${next.listNo}/close`, { reason: '名单寄送中遗失' });
    expect((await close()).body).toEqual({ released: 1 });
    expect(slugOf(await close())).toEqual([409, 'decision-list-done']);
    expect((await county.detail(sum!)).sentOut).toBeNull();
  });

  it('is on a case that cannot be decided as it is a matter for a person, and leaves the others decided', async () => {
    const [bare, fine] = (await waiting(2)) as [Waiting, Waiting];
    const { listNo, sheet } = await county.sent(town, [bare, fine]);
    await county.affairs.post(`/subsidies/cases/${bare.caseId}/claim`);
    const { body } = await county.entered(
      listNo,
      await answered(
        sheet,
        new Map([
          [bare, agreed],
          [fine, agreed],
        ]),
      ),
    );
    await county.confirmed(body);
    expect(await county.states(listNo, [bare, fine])).toEqual(['to-settle', 'granted']);
    const row = (await county.rows(listNo)).find(({ caseId }) => caseId === bare.caseId);
    expect(row).toMatchObject({ why: ['not-recorded'], note: expect.stringContaining('认领') });
  });
});

describe('a file that is broken', () => {
  it('says of each row what is wrong with it, and the good rows count', async () => {
    const people = await waiting(8);
    const { listNo, sheet } = await county.sent(town, people);
    const [good, scientific, formula, future, early, wordless, number, nobody] = people;
    const file = await answered(
      sheet,
      new Map<typeof good & object, object>([
        [good!, agreed],
        [scientific!, { ...agreed, 身份证号: 3.3880119900101e17 }],
        [formula!, { ...agreed, 审定结论: { formula: 'A1', date1904: false } }],
        [future!, { ...agreed, 审定日期: '2027-01-01' }],
        [early!, { ...agreed, 审定日期: '2026-01-01' }],
        [wordless!, { 审定结论: '不同意', 审定日期: '2026-03-02', 审定人: '李科长' }],
        [number!, { ...refused, 理由或需补充的材料: '此人电话13800001234' }],
        [nobody!, { 审定结论: '同意', 审定日期: '2026-03-02' }],
      ]) as never,
    );
    const { body } = await county.entered(listNo, file);
    expect(body.become).toMatchObject({ granted: 1 });
    const line = new Map(
      (await county.rows(listNo)).map(({ caseId, lineNo }) => [caseId, lineNo + HEADINGS]),
    );
    const said = (person: typeof good) =>
      body.problems
        .filter(({ row }: { row: number }) => row === line.get(person!.caseId))
        .map(({ column }: { column: string }) => column);
    expect(people.map(said)).toEqual([
      [],
      ['身份证号'],
      ['审定结论'],
      ['审定日期'],
      ['审定日期'],
      ['理由或需补充的材料'],
      ['理由或需补充的材料'],
      ['审定人'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/13800001234|338801199001/);
    expect(body.unanswered).toHaveLength(7);
  });

  it('with rows twice, of another list, or whose code was spoilt takes none of them; with headings lost or of another kind it is refused', async () => {
    const people = await waiting(3);
    const [twice, spoilt, fine] = people;
    const { listNo, sheet } = await county.sent(town, people);
    const foreign = (await waiting(1))[0]!;
    const other = await county.sent(town, [foreign]);
    const code = (await csvOf(other.sheet)).match(/MZ-338801-2026-\d+\/1\/\w+/)![0];
    const all = new Map(people.map((person) => [person, agreed]));
    const file = await answered(sheet, all, (rows, places) => {
      const at = (person: typeof twice) => {
        let found = 0;
        rows.eachRow((row, place) => {
          if (row.getCell(places.get('姓名')!).value === person!.name) found = place;
        });
        return found;
      };
      const values = rows.getRow(at(twice)).values as (string | null)[];
      const again = rows.addRow([...values.slice(1)]);
      again.getCell(places.get('审定结论')!).value = '金额不符';
      const cell = rows.getRow(at(spoilt)).getCell(places.get('回执码')!);
      cell.value = `${String(cell.value).slice(0, -1)}x`;
      const stranger = rows.addRow([...(rows.getRow(at(fine)).values as string[]).slice(1)]);
      stranger.getCell(places.get('回执码')!).value = code;
    });
    const { body } = await county.entered(listNo, file);
    expect(body.become).toMatchObject({ granted: 1 });
    expect(body.problems.map(({ column }: { column: string }) => column)).toEqual([
      '回执码',
      '回执码',
      '回执码',
      '回执码',
    ]);
    expect(body.unanswered).toHaveLength(2);

    expect(
      slugOf(await county.entered(listNo, await answered(other.sheet, new Map([[foreign, agreed]])))),
    ).toEqual([422, 'return-of-other-list']);
    const headless = await answered(sheet, all, (rows, places) =>
      rows.spliceColumns(places.get('审定日期')!, 1),
    );
    expect(slugOf(await county.entered(listNo, headless))).toEqual([422, 'header-not-valid']);
    expect(slugOf(await county.entered(listNo, Buffer.from('<html><table>')))).toEqual([
      422,
      'file-not-readable',
    ]);
    expect(await county.states(listNo, people)).toEqual(['sent', 'sent', 'sent']);
  });

  it('that was saved as CSV counts in UTF-8 and in GB18030; merged headings and merged cells are told', async () => {
    const [one, other] = (await waiting(2)) as [Waiting, Waiting];
    const { listNo, sheet } = await county.sent(town, [one, other]);
    const text = await csvOf(await answered(sheet, new Map([[one, agreed]])));
    const utf8 = await county.entered(listNo, Buffer.from(text, 'utf8'));
    expect(utf8.body).toMatchObject({ returnNo: 1, become: { granted: 1 } });
    const both = await csvOf(
      await answered(
        sheet,
        new Map([
          [one, agreed],
          [other, refused],
        ]),
      ),
    );
    const gb = await county.entered(listNo, Buffer.from(encode(both, 'gb18030')!));
    expect(gb.body).toMatchObject({ returnNo: 2, become: { granted: 1, refused: 1 }, problems: [] });
    // The first was never confirmed: a newer one has taken its place.
    expect(slugOf(await county.confirmed(utf8.body))).toEqual([409, 'return-not-as-seen']);
    const mixed = Buffer.concat([
      Buffer.from(text.slice(0, -2)),
      Buffer.from(encode('另加', 'gb18030')!),
      Buffer.from('"'),
    ]);
    expect((await county.entered(listNo, mixed)).body.problems.length).toBeGreaterThan(0);
    const merged = await answered(
      sheet,
      new Map([
        [one, agreed],
        [other, agreed],
      ]),
      (rows, places) => {
        const place = places.get('审定结论')!;
        rows.mergeCells(HEADINGS + 1, place, HEADINGS + 2, place);
      },
    );
    const { body } = await county.entered(listNo, merged);
    expect(body.problems).toMatchObject([
      { row: HEADINGS + 2, column: '审定结论', sentence: expect.stringContaining('合并') },
    ]);
    expect(await county.states(listNo, [one, other])).toEqual(['sent', 'sent']);
  });
});

it('is nobody else’s: not of another county, nor of whoever neither keeps nor confirms lists', async () => {
  const one = (await waiting(1))[0]!;
  const { listNo, sheet } = await county.sent(town, [one]);
  const file = await answered(sheet, new Map([[one, agreed]]));
  const { returnNo, sha256 } = (await county.entered(listNo, file)).body;
  const elsewhere = { from: '338802000000', to: '338802999999' };
  const stranger = await county.service.as('benefit-officer', elsewhere);
  const path = `${lists}/${listNo}`;
  const persons = { purpose: '送县民政局审定补贴资格', persons: [] };
  for (const door of [path, `${path}/rows`, `${path}/returns/${returnNo}`]) {
    expect(slugOf(await stranger.get(door))).toEqual([404, 'decision-list-not-found']);
  }
  for (const [door, body] of [
    [`${path}/file`, persons],
    [`${path}/returns/${returnNo}/confirm`, { sha256 }],
    [`${path}/returns/${returnNo}/file`, { purpose: persons.purpose }],
    [`${path}/rows/1/settle`, { outcome: 'release', note: '移出这份名单' }],
    [`${path}/close`, { reason: '不再等候这份名单' }],
  ] as const) {
    expect([door, ...slugOf(await stranger.post(door, body))]).toEqual([
      door,
      404,
      'decision-list-not-found',
    ]);
  }
  expect((await stranger.upload(`${path}/returns`, file, 'text/csv')).status).toBe(404);
  expect((await stranger.get(lists)).body).toEqual({ lists: [] });
  expect((await stranger.post(lists, { divisionCode: COUNTY })).status).toBe(403);
  const data = await county.service.as('data-officer');
  expect((await data.get(path)).status).toBe(200);
  expect((await data.post(`${path}/file`, persons)).status).toBe(403);
  expect((await county.affairs.get(path)).status).toBe(403);
  expect(await county.states(listNo, [one])).toEqual(['sent']);
});
