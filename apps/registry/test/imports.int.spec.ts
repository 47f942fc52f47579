import { jest } from '@jest/globals';
import ExcelJS from 'exceljs';
import { Database, Retention } from '@app/platform';
import { serviceActor } from '@app/access';
import { startService, until, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import type { ImportReport } from '../src/app/import-roster.js';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const TODAY = '2026-03-02';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let sequence = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: TODAY,
  });
  officer = await service.as('data-officer', { id: 'officer' });
  // Older than anybody may repeat, in more than one chunk; found by the cleaning that begins with the process.
  await service.database.query(
    `insert into registry.idempotent_requests (actor_id, key, request_hash, created_at)
     select 'officer', n::text, '', now() - case when n = 1 then interval '13 days' else interval '15 days' end
     from generate_series(1, 4100) n`,
  );
});

afterAll(() => service?.stop());

const newNumber = (birthDate = '1985-06-15') => demoNumber(birthDate, (sequence += 1));

function csv(header: string, ...rows: string[]): Buffer {
  return Buffer.from([header, ...rows].join('\r\n'));
}

async function send(kind: string, file: Buffer, query = '', user = officer): Promise<ImportReport> {
  const answer = await user.upload(`/registry/imports/${kind}${query}`, file, 'text/csv');
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body as ImportReport;
}

async function events(type?: string) {
  const all = await service.published('registry');
  return type ? all.filter((event) => event.type === type) : all;
}

async function personOf(number: string): Promise<Record<string, unknown>> {
  return (await officer.post('/registry/persons/find', { identityNumber: number })).body as Record<
    string,
    unknown
  >;
}

/** Runs and returns only the facts that were told meanwhile. */
async function told<Result>(work: () => Promise<Result>) {
  const before = (await events()).length;
  const result = await work();
  return { result, events: (await events()).slice(before) };
}

describe('the roster of persons', () => {
  it('brings people, households, guardians and facts on file, once however often it is sent', async () => {
    const [head, child] = [newNumber(), newNumber('2015-05-05')];
    const file = csv(
      '姓名,身份证号,户籍区划代码,性别,出生日期,联系电话,住址,户号,与户主关系,监护人姓名,监护人身份证号,监护人关系,低保家庭,就业状况',
      `陈建国,${head},${VILLAGE},,,13800001111,幸福路1号,H100,户主,,,,是,未就业`,
      `陈小宝,${child},${VILLAGE},,2015/5/5,,,H100,子,陈建国,${head},父亲,是,`,
    );
    const first = await told(() => send('persons', file));
    expect(first.result).toMatchObject({ rows: 2, applied: 2, unchanged: 0, failed: 0, errors: [] });
    expect(first.events.map(({ type, data }) => [type, data['version']])).toEqual([
      ['registry.person.registered.v1', 1],
      ['registry.fact.recorded.v1', 2],
      ['registry.person.registered.v1', 1],
      ['registry.fact.recorded.v1', 2],
      ['registry.person.representatives-changed.v1', 1],
    ]);
    const parent = await personOf(head);
    const son = await personOf(child);
    expect(parent).toMatchObject({
      version: 2,
      relation: '户主',
      phone: '1380***1111',
      hasAddress: true,
      facts: [
        {
          name: 'aid.dibao',
          value: true,
          source: { kind: 'roster:persons', reference: first.result.importId },
        },
        { name: 'employment.status', value: 'unemployed' },
      ],
    });
    expect(son).toMatchObject({
      householdId: parent['householdId'],
      guardians: [{ name: '陈*国', relation: '父亲', basis: 'minor' }],
    });

    const again = await told(() => send('persons', file));
    expect(again).toMatchObject({
      events: [],
      result: { importId: first.result.importId, applied: 0, unchanged: 2, failed: 0 },
    });
    // The same people in another file: nothing new is said, so nothing is told.
    const other = await told(() => send('persons', Buffer.concat([file, Buffer.from('\r\n')])));
    expect(other).toMatchObject({ events: [], result: { applied: 0, unchanged: 2 } });
    expect(await personOf(head)).toMatchObject({ version: 2 });

    const changed = file.toString().replace('13800001111', '13900002222').replace('未就业', '受雇就业');
    const third = await told(() => send('persons', Buffer.from(changed)));
    expect(third.result).toMatchObject({ applied: 1, unchanged: 1 });
    expect(third.events).toMatchObject([
      {
        type: 'registry.fact.recorded.v1',
        data: { facts: [{ name: 'employment.status', value: 'employed' }] },
      },
    ]);
    expect(await personOf(head)).toMatchObject({ version: 3, phone: '1390***2222' });
  });

  it('reports one of each error by row, column, reason and suggestion, takes in the good rows, and goes on when corrected', async () => {
    const known = newNumber();
    await send('persons', csv('姓名,身份证号,户籍区划代码', `王芳,${known},${VILLAGE}`));
    const elsewhere = demoNumber('1977-07-07', 771);
    const stranger = await service.as('data-officer', { id: 's', from: '330302000000', to: '330302999999' });
    await send('persons', csv('姓名,身份证号,户籍区划代码', `远方,${elsewhere},330302001001`), '', stranger);
    const dead = newNumber();
    await send('persons', csv('姓名,身份证号,户籍区划代码', `故人,${dead},${VILLAGE}`));
    await send('death', csv('姓名,身份证号,死亡日期', `故人,${dead},2026-02-01`));
    const good = newNumber();
    const other = newNumber();
    const wrongCheck = good.slice(0, 17) + (good[17] === '1' ? '2' : '1');
    const header = '姓名,身份证号,户籍区划代码,性别,出生日期,户号,与户主关系,监护人姓名,监护事由,低保家庭';
    const rows: [string, string | null, string | null][] = [
      [`李好,${good},${VILLAGE},男,,H200,户主,,,是`, null, null],
      [`,${newNumber()},${VILLAGE}`, '姓名', '姓名没有填写'],
      [`甲,${wrongCheck},${VILLAGE}`, '身份证号', '身份证号校验位不符，通常是抄错或漏改了某一位'],
      [`乙,330302800101123,${VILLAGE}`, '身份证号', '这是旧版15位身份证号，已停止使用'],
      [`丙,3.38801E+17,${VILLAGE}`, '身份证号', '该单元格被表格当作数字保存，末尾几位已经丢失'],
      [
        `丁,${demoNumber('1985-06-15', 101, '999999')},${VILLAGE}`,
        '身份证号',
        '身份证号前6位不是现行或曾经使用过的行政区划代码',
      ],
      [`戊,${newNumber()},33880100`, '户籍区划代码', '户籍区划代码有8位'],
      [`己,${newNumber()},330302001001`, '户籍区划代码', '该地不在您的管辖区域，或代码有误'],
      [`庚,${demoNumber('1985-06-15', 501)},${VILLAGE},女`, '性别', '与身份证号第17位不符'],
      [`辛,${newNumber()},${VILLAGE},,1985-06-16`, '出生日期', '与身份证号第7至14位不符'],
      [`李好,${good},${VILLAGE}`, '身份证号', '与第 2 行的身份证号重复'],
      [`壬,${other},${VILLAGE},,,H200,户主`, '与户主关系', '同一户号有两个户主'],
      [`癸,${newNumber()},${VILLAGE},,,,户主`, '户号', '填写了与户主关系，但没有户号'],
      [`子,${newNumber()},${VILLAGE},,,,,某人`, '监护人身份证号', '填写了监护人，但没有监护人身份证号'],
      [`丑,${newNumber()},${VILLAGE},,,,,,,也许`, '低保家庭', '低保家庭应填“是”或“否”'],
      [`王方,${known},${VILLAGE}`, '姓名', '与档案中该身份证号的姓名不一致，可能是号码填错或匹配了别人'],
      [`王芳,${known},338801001002`, '身份证号', '与第 17 行的身份证号重复'],
      [`远方,${elsewhere},${VILLAGE}`, '身份证号', '该身份证号已由其他地区登记'],
      [`故人,${dead},${VILLAGE}`, null, '档案记载此人已死亡'],
    ];
    const file = csv(header, ...rows.map(([row]) => row));
    const { result: report, events: facts } = await told(() => send('persons', file));
    expect(report).toMatchObject({ rows: rows.length, applied: 1, failed: rows.length - 1 });
    const expected = rows.flatMap(([, column, reason], index) =>
      reason ? [[index + 2, column, reason]] : [],
    );
    const found = report.errors.map(({ row, column, reason }) => [row, column, reason]);
    for (const error of expected) expect(found).toContainEqual(error);
    for (const { suggestion } of report.errors) expect(suggestion).not.toBe('');
    expect(JSON.stringify(report)).not.toMatch(/\d{15}/);
    expect(facts.map(({ type }) => type)).toEqual([
      'registry.person.registered.v1',
      'registry.fact.recorded.v1',
    ]);
    expect(await officer.get(`/registry/imports/${report.importId}`)).toMatchObject({
      body: { state: 'done', rows: rows.length, done: rows.length, applied: 1, failed: rows.length - 1 },
    });

    const answer = await officer.get(`/registry/imports/${report.importId}/errors.xlsx`);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as ArrayBuffer);
    const sheet = book.worksheets[0]!;
    expect(sheet.rowCount).toBe(rows.length);
    const names = sheet.getColumn(1).values as string[];
    const place = names.indexOf('壬');
    expect(sheet.getRow(place).values).toContain('【与户主关系】同一户号有两个户主');
    // Corrected in place and sent back as it is: the one corrected row comes on file, the others are still wrong.
    const headings = sheet.getRow(1).values as string[];
    sheet.getRow(place).getCell(headings.indexOf('与户主关系')).value = '配偶';
    const corrected = Buffer.from(await book.xlsx.writeBuffer());
    const second = await send('persons', corrected);
    expect(second).toMatchObject({ applied: 1, unknownColumns: 0 });
    expect(await personOf(other)).toMatchObject({ relation: '配偶' });
    const stored = JSON.stringify(await service.database.query('select * from registry.import_rows'));
    expect(stored).not.toContain(elsewhere);
  });

  it('takes no number for a name, neither of the person nor of the guardian, and lets the good rows in', async () => {
    const [good, guardian] = [newNumber(), newNumber()];
    const report = await send(
      'persons',
      csv(
        '姓名,身份证号,户籍区划代码,户号,与户主关系,监护人姓名,监护人身份证号,监护人关系',
        `周好,${good},${VILLAGE}`,
        `周${good},${newNumber()},${VILLAGE}`,
        `吴小,${newNumber('2015-05-05')},${VILLAGE},H900,子13800001111,${guardian},${guardian},138-0000-1111`,
      ),
    );
    expect(report).toMatchObject({ applied: 1, failed: 2 });
    expect(report.errors.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [3, '姓名', '姓名里有号码'],
      [4, '与户主关系', '与户主关系里有号码'],
      [4, '监护人姓名', '监护人姓名里有号码'],
      [4, '监护人关系', '监护人关系里有号码'],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/\d{11}/);
    expect(await personOf(good)).toMatchObject({ version: 1 });
    for (const [kind, day] of [
      ['death', '死亡日期'],
      ['dibao', '起始月'],
    ]) {
      const told = await send(kind!, csv(`姓名,身份证号,${day}`, `${good},${good},2026-02-01`));
      expect(told.errors).toMatchObject([{ row: 2, column: '姓名', reason: '姓名里有号码' }]);
    }
  });

  it('is refused whole, with what to do, when it is no roster', async () => {
    const cases: [Buffer, string, number, string][] = [
      [Buffer.from('PK\u0003\u0004 broken'), '', 422, 'file-not-readable'],
      [csv('姓名,电话', '张三,1'), '', 422, 'header-not-valid'],
      [csv('姓名,身份证号,户籍区划代码', 'x,y,z'), '?asOf=2026-03-03', 422, 'day-not-possible'],
      [csv('姓名,身份证号,户籍区划代码', 'x,y,z'), '?full=maybe', 400, 'request-malformed'],
    ];
    for (const [file, query, status, title] of cases) {
      const answer = await officer.upload(`/registry/imports/persons${query}`, file, 'text/csv');
      expect(answer).toMatchObject({ status, body: { title } });
    }
    expect((await officer.post('/registry/imports/persons', {})).body).toMatchObject({
      title: 'file-not-readable',
    });
    expect((await officer.upload('/registry/imports/unknown', Buffer.from('x'), 'text/csv')).status).toBe(
      400,
    );
  });

  it('goes on where it stood after it broke off in the middle', async () => {
    const numbers = Array.from({ length: 1_200 }, (_, index) =>
      demoNumber(`19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 10}`, 900 + Math.floor(index / 50)),
    );
    const file = csv(
      '姓名,身份证号,户籍区划代码',
      ...numbers.map((number, index) => `某${index},${number},${VILLAGE}`),
    );
    // A later piece cannot be saved: as if the process had died after the ones before it.
    await service.database.query(
      `create function registry.break_off() returns trigger language plpgsql as
       $$ begin if new.row_no > 700 then raise exception 'broken off'; end if; return new; end $$`,
    );
    await service.database.query(
      `create trigger break_off before insert on registry.import_rows for each row execute function registry.break_off()`,
    );
    const broken = await told(() => officer.upload('/registry/imports/persons', file, 'text/csv'));
    expect(broken.result.status).toBe(500);
    const done = broken.events.length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(700);
    const [running] = await service.database.query<{ import_id: string }>(
      `select import_id from registry.imports where state = 'running'`,
    );
    const importId = running!.import_id;
    expect((await officer.get(`/registry/imports/${importId}`)).body).toMatchObject({
      state: 'running',
      rows: 1200,
      done,
    });
    await service.database.query('drop trigger break_off on registry.import_rows');
    const resumed = await told(() => send('persons', file));
    expect(resumed.result).toMatchObject({ importId, applied: 1200 - done, unchanged: done, failed: 0 });
    expect(resumed.events).toHaveLength(1200 - done);
    const keys = [...broken.events, ...resumed.events].map(({ key }) => key);
    expect(new Set(keys).size).toBe(1200);
    expect((await officer.get(`/registry/imports/${importId}`)).body).toMatchObject({
      state: 'done',
      done: 1200,
      applied: 1200,
    });
  });

  it('is applied once when it is sent several times at the same moment', async () => {
    const numbers = Array.from({ length: 600 }, (_, index) => demoNumber('1949-10-01', 100 + index));
    const file = csv(
      '姓名,身份证号,户籍区划代码,低保家庭',
      ...numbers.map((number, index) => `人${index},${number},${VILLAGE},是`),
    );
    const { result: reports, events: facts } = await told(() =>
      Promise.all([
        send('persons', file),
        send('persons', file),
        send('persons', Buffer.concat([file, Buffer.from('\r\n')])),
      ]),
    );
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0, 0]);
    expect(reports.reduce((sum, { applied }) => sum + applied, 0)).toBe(600);
    expect(facts).toHaveLength(1200);
  });
});

describe('the rosters of aid', () => {
  const header = '姓名,身份证号,起始月,终止月';

  async function people(count: number, prefix: string): Promise<{ name: string; number: string }[]> {
    const list = Array.from({ length: count }, (_, index) => ({
      name: `${prefix}${index}`,
      number: newNumber('1960-03-03'),
    }));
    await send(
      'persons',
      csv('姓名,身份证号,户籍区划代码', ...list.map(({ name, number }) => `${name},${number},${VILLAGE}`)),
    );
    return list;
  }

  const aid = async (number: string, name: string) =>
    (
      (await personOf(number))['facts'] as {
        name: string;
        value: unknown;
        validFrom: string;
        validTo: string;
      }[]
    ).find((fact) => fact.name === name);

  it('state the fact with its months, and a person who left a full roster loses it, only then', async () => {
    const [a, b] = (await people(2, '低保')) as [
      { name: string; number: string },
      { name: string; number: string },
    ];
    const january = csv(header, `${a.name},${a.number},2025年7月,`, `${b.name},${b.number},202601,2026-06`);
    await send('dibao', january, '?asOf=2026-01-31&full=true');
    expect(await aid(a.number, 'aid.dibao')).toMatchObject({
      value: true,
      validFrom: '2025-07-01',
      validTo: null,
    });
    expect(await aid(b.number, 'aid.dibao')).toMatchObject({
      validFrom: '2026-01-01',
      validTo: '2026-06-30',
    });

    const february = csv(header, `${a.name},${a.number},2025-07,`);
    expect(await send('dibao', february, '?asOf=2026-02-28')).toMatchObject({
      applied: 0,
      unchanged: 1,
      removed: 0,
    });
    expect(await aid(b.number, 'aid.dibao')).toMatchObject({ value: true });
    const full = await told(() => send('dibao', february, '?asOf=2026-02-28&full=true'));
    expect(full.result).toMatchObject({ removed: 1, removalHeld: null });
    expect(full.events).toMatchObject([
      {
        type: 'registry.fact.recorded.v1',
        data: {
          facts: [
            { name: 'aid.dibao', value: false, validFrom: '2026-02-28', source: { kind: 'roster:dibao' } },
          ],
        },
      },
    ]);
    expect(await told(() => send('dibao', february, '?asOf=2026-02-28&full=true'))).toMatchObject({
      events: [],
      result: { removed: 0 },
    });
    // A full roster of January, sent late, takes nothing from whom February's confirmed.
    const [c] = (await people(1, '迟')) as [{ name: string; number: string }];
    const early = await told(() =>
      send('dibao', csv(header, `${c.name},${c.number},2026-01,`), '?asOf=2026-01-31&full=true'),
    );
    expect(early).toMatchObject({ events: [{ data: { facts: [{ value: true }] } }], result: { removed: 0 } });
    expect(await aid(a.number, 'aid.dibao')).toMatchObject({ value: true, source: { asOf: '2026-01-31' } });
    // January's roster, sent late in another shape, must not take February's back.
    const late = await send('dibao', csv(header, `${b.name},${b.number},2026-01,`), '?asOf=2026-01-31');
    expect(late.errors).toMatchObject([
      { row: 2, reason: '档案中已有更新的信息（截至2026-02-28），本名册只截至2026-01-31，没有覆盖' },
    ]);
  });

  it('take nothing from anybody while a row is unclear, or when more than half would lose it', async () => {
    const list = await people(50, '特困');
    const rows = list.map(({ name, number }) => `${name},${number},2026-01,`);
    await send('tekun', csv(header, ...rows), '?full=true');
    const unclear = await send('tekun', csv(header, ...rows.slice(5), `某人,123,2026-01,`), '?full=true');
    expect(unclear).toMatchObject({
      removed: 0,
      failed: 1,
      removalHeld: expect.stringContaining('1 行未能读取') as string,
    });
    const village = csv(header, ...rows.slice(40));
    const wrongFile = await send('tekun', village, '?full=true');
    expect(wrongFile).toMatchObject({
      removed: 0,
      removalHeld: expect.stringContaining('移出 40 人（现有 50 人）') as string,
    });
    expect(await send('tekun', village, '?full=true&confirmRemovals=40')).toMatchObject({ removed: 40 });
  });

  it('report who is not on file, whose name differs, and months that do not fit', async () => {
    const [a, b] = (await people(2, '边缘')) as [
      { name: string; number: string },
      { name: string; number: string },
    ];
    const report = await send(
      'dibian',
      csv(
        header,
        `无名,${newNumber()},2026-01,`,
        `别人,${a.number},2026-01,`,
        `${b.name},${b.number},2026-02,2026-01`,
        `${b.name},${b.number},,`,
      ),
    );
    expect(report).toMatchObject({ failed: 4, notOnFile: 1, applied: 0 });
    expect(report.errors.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [2, '身份证号', '档案中没有此人'],
      [3, '姓名', expect.stringContaining('姓名不一致')],
      [4, '终止月', '终止月早于起始月'],
      [5, '起始月', '起始月没有填写'],
    ]);
  });
});

describe('the list of deaths', () => {
  const header = '姓名,身份证号,死亡日期';

  it('records each death once; another name waits for a decision, another day or a match that was taken back is an error', async () => {
    const numbers = [newNumber(), newNumber(), newNumber()] as const;
    await send(
      'persons',
      csv(
        '姓名,身份证号,户籍区划代码',
        ...numbers.map((number, index) => `老人${index},${number},${VILLAGE}`),
      ),
    );
    const [first, second, third] = numbers;
    const file = csv(
      header,
      `老人0,${first},2026-02-20`,
      `同名,${second},2026-02-20`,
      `老人2,${third},2026.2.21`,
      `老人1,${second},2027-01-01`,
    );
    const { result, events: facts } = await told(() => send('death', file));
    expect(result).toMatchObject({ applied: 2, failed: 1, undecided: 1 });
    expect(result.errors.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [5, '死亡日期', '死亡日期晚于今天'],
    ]);
    expect(facts.map(({ type }) => type)).toEqual([
      'registry.fact.death-recorded.v1',
      'registry.fact.death-recorded.v1',
      'registry.death.suspected.v1',
    ]);
    expect(await send('death', file)).toMatchObject({ applied: 0, unchanged: 2, failed: 1, undecided: 1 });

    const { personId } = (await personOf(third)) as { personId: string };
    await officer.post(`/registry/persons/${personId}/death/withdraw`, { reason: '村里核实本人健在' });
    expect(await send('death', file)).toMatchObject({ applied: 0 });
    const next = await send('death', csv(header, `老人0,${first},2026-02-22`, `老人2,${third},2026-02-21`));
    expect(next.errors.map(({ row, reason }) => [row, reason])).toEqual([
      [2, '档案中已登记的死亡日期是2026-02-20'],
      [3, '同一死亡登记曾因核实有误被撤回'],
    ]);
    expect(await personOf(third)).toMatchObject({ diedOn: null });
  });
});

describe('templates', () => {
  it('can be had for every kind in both forms, and their example is nobody', async () => {
    for (const kind of ['persons', 'dibao', 'dibian', 'tekun', 'death']) {
      for (const type of ['xlsx', 'csv']) {
        const answer: Answer = await officer.get(`/registry/imports/templates/${kind}.${type}`);
        expect(answer.status).toBe(200);
        const sent = await officer.upload(`/registry/imports/${kind}`, answer.body as Buffer, 'text/csv');
        expect(sent).toMatchObject({
          status: 422,
          body: { detail: expect.stringContaining('没有数据行') as string },
        });
      }
    }
  });
});

describe('what is kept for a time only', () => {
  const left = () =>
    service.database.query<{ key: string }>(
      `select key from registry.idempotent_requests where request_hash = ''`,
    );

  it('answers of repeated commands are dropped after fourteen days, while the service runs', async () => {
    await until('the old ones to go', async () => (await left()).length < 2, { timeoutMs: 30_000 });
    expect(await left()).toEqual([{ key: '1' }]);
  });

  it('rejected rows are forgotten after ninety days; counts and reasons stay', async () => {
    const { importId } = await send('persons', csv('姓名,身份证号,户籍区划代码', `某某,123,${VILLAGE}`));
    const clean = () => service.get(Retention).clean(service.get(Database), serviceActor('registry'));
    const cells = () =>
      service.database.query(
        'select errors is not null as reasons, cells is not null as cells from registry.import_rows where import_id = $1',
        [importId],
      );
    const aged = (days: number) =>
      service.database.query(
        `update registry.imports set changed_at = now() - make_interval(days => $2) where import_id = $1`,
        [importId, days],
      );
    await aged(89);
    await clean();
    expect(await cells()).toEqual([{ reasons: true, cells: true }]);
    await aged(91);
    await clean();
    expect(await cells()).toEqual([{ reasons: true, cells: false }]);
    expect((await officer.get(`/registry/imports/${importId}`)).body).toMatchObject({ failed: 1 });
    expect((await officer.get(`/registry/imports/${importId}/errors.xlsx`)).status).toBe(200);
  });
});
