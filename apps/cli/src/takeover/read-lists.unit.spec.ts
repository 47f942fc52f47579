import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalogue } from '@app/catalogue';
import { csvTemplate, xlsxTemplate } from '@app/tabular';
import { listTables } from './lists.js';
import { filesIn, readList } from './read-lists.js';

const tables = listTables(Catalogue.load().region('338801000000', '2026-03-02').items);
const NUMBER = '110101199003070011';
const HEAD = '身份证号,残疾人证号,项目,起始月,月标准,最后发放月,停发月份,档案号';
const lines = (...rows: string[]) => [HEAD, ...rows].join('\r\n');
/** Two bytes for each Chinese character, as Node reads them but does not write them. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const bytes = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) bytes.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
    }
  }
  return Buffer.from([...text].flatMap((each) => bytes.get(each) ?? [each.charCodeAt(0)]));
}
const benefits = (text: string | Buffer) => readList(Buffer.from(text as string), 'benefits', tables);

describe('a list of benefits', () => {
  it('is read in UTF-8 and in GB18030: money in 分, the holder by identity or by card number', async () => {
    const text = lines(
      `${NUMBER},,重度残疾人护理补贴,2025年5月,250.5元,2026-02,,A-1`,
      `,${NUMBER}42,重度残疾人护理补贴,202505,"1,250",2026/2/1,,`,
    );
    const { rows } = await benefits(text);
    const content = {
      itemId: 'subsidies/nursing-subsidy',
      fromMonth: '2025-05',
      lastPaid: '2026-02',
      stoppedFrom: null,
    };
    expect(rows).toEqual([
      { row: 2, number: NUMBER, content: { ...content, fen: 25_050, archive: 'A-1' }, faults: [] },
      { row: 3, number: NUMBER, content: { ...content, fen: 125_000, archive: null }, faults: [] },
    ]);
    expect((await benefits(gb18030(text))).rows).toEqual(rows);
  });

  it('is reported at row and column where a cell is wrong, and never quotes it', async () => {
    const { rows } = await benefits(
      lines(
        `${NUMBER},,护理费,2025-05,250,2026-02,,`,
        `${NUMBER},,重度残疾人护理补贴,2025-13,二百五,2026-02,,`,
        `1.10101E+17,,重度残疾人护理补贴,2025-05,250,2026-02,,`,
        `,,重度残疾人护理补贴,2025-05,250,2026-02,,`,
        `${NUMBER},11010119900307002842,重度残疾人护理补贴,2025-05,250,2026-02,,`,
        `${NUMBER},,重度残疾人护理补贴,2025-05,0.001,2026-02,,${NUMBER}`,
      ),
    );
    expect(
      rows.map(({ row, number, content, faults }) => [
        row,
        number,
        content,
        faults.map(({ column }) => column),
      ]),
    ).toEqual([
      [2, null, null, ['项目']],
      [3, null, null, ['起始月', '月标准']],
      [4, null, null, ['身份证号']],
      [5, null, null, ['身份证号']],
      [6, null, null, ['残疾人证号']],
      [7, null, null, ['月标准', '档案号']],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/护理费|二百五|E\+17|110101/);
  });
});

describe('a list of accounts', () => {
  it('takes no number for a name, a relation or a bank, and goes on with the other rows', async () => {
    const { rows } = await readList(
      Buffer.from(
        [
          '身份证号,残疾人证号,户主类型,户名,与残疾人关系,证明材料,证明有效期至,开户银行,账号',
          `${NUMBER},,本人,张三,,,,示例银行,6222020000000000`,
          `${NUMBER},,本人,${NUMBER},,,,示例银行,6222020000000000`,
          `${NUMBER},,监护人,李四,父亲13800001111,监护证明,2027-03-02,6222020000000000,6222020000000000`,
        ].join('\n'),
      ),
      'payees',
      tables,
    );
    expect(
      rows.map(({ row, content, faults }) => [row, content !== null, faults.map(({ column }) => column)]),
    ).toEqual([
      [2, true, []],
      [3, false, ['户名']],
      [4, false, ['与残疾人关系', '开户银行']],
    ]);
    expect(JSON.stringify(rows.map(({ faults }) => faults))).not.toMatch(/\d{6}/);
  });
});

describe('templates', () => {
  it.each(['benefits', 'payees', 'cases'] as const)('of %s are read back as empty tables', async (list) => {
    for (const file of [await xlsxTemplate(tables[list]), csvTemplate(tables[list])]) {
      await expect(readList(file, list, tables)).rejects.toThrow('没有数据行');
    }
  });
});

describe('the files of a directory', () => {
  it('are known by their names; two of one list are refused, and so is none', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lists-'));
    try {
      expect(() => filesIn(directory)).toThrow('没有名单');
      writeFileSync(join(directory, '在享待遇名单.csv'), 'a');
      writeFileSync(join(directory, 'payees.xlsx'), 'b');
      expect([...filesIn(directory).keys()]).toEqual(['benefits', 'payees']);
      writeFileSync(join(directory, 'benefits.xlsx'), 'c');
      expect(() => filesIn(directory)).toThrow('两个文件');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
