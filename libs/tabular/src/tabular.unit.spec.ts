import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { cleanText, safeForSpreadsheet, withoutGuard } from './cell.js';
import {
  choiceColumn,
  dayColumn,
  digitsColumn,
  freeTextColumn,
  monthColumn,
  numberColumn,
  readDay,
  textColumn,
  yesNoColumn,
} from './column.js';
import { DEFAULT_LIMITS } from './limits.js';
import { readTable, type TableKind } from './table.js';
import { csvTemplate, errorWorkbook, xlsxTemplate } from './write.js';
import { dayOfSerial, plainNumber } from './xlsx/read-xlsx.js';

/** An invented club's list of members, so that these tests do not hang on a real roster. */
const columns = {
  name: textColumn({ header: '姓名', required: true, example: '张三', max: 10 }),
  number: digitsColumn({
    header: '会员号',
    aliases: ['编号'],
    required: true,
    min: 18,
    max: 18,
    example: '123456789012345678',
  }),
  phone: digitsColumn({ header: '联系电话', aliases: ['电话'], min: 7, max: 15 }),
  joined: dayColumn({ header: '入会日期' }),
  month: monthColumn({ header: '起始月' }),
  paid: yesNoColumn({ header: '是否缴费' }),
  sex: choiceColumn({ header: '性别', words: { 男: 'male', 女: 'female' } }),
  share: numberColumn({ header: '份额', min: 0, max: 100 }),
};
const members: TableKind<typeof columns> = { name: 'members', title: '会员名册', columns };
const NUMBER = '123456789012345678';

const csv = (text: string) => readTable(Buffer.from(text), members);

async function xlsx(fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  fill(book.addWorksheet('一'), book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

describe('reading', () => {
  it('accepts aliases, marks of required columns, title rows and foreign columns', async () => {
    const table = await csv(
      `2026年会员名册,,\r\n,,\r\n*姓名（必填）,编号,备注,电话\r\n张三,${NUMBER},好人,0577-8888 7777\r\n`,
    );
    expect(table.rows).toMatchObject([
      { row: 4, values: { name: '张三', number: NUMBER, phone: '057788887777', sex: null }, errors: [] },
    ]);
    expect(table.unknownColumns).toBe(1);
    expect([...table.present]).toEqual(['name', 'number', 'phone']);
  });

  it('cleans full-width characters, zero-width characters and spaces', async () => {
    const table = await csv(`姓名,会员号\n\u3000张\u200b三 ,１２３４５６７８９０１２３４５６７８\ufeff\n`);
    expect(table.rows[0]).toMatchObject({ values: { name: '张三', number: NUMBER }, errors: [] });
  });

  it('reads UTF-8 with and without mark, UTF-16 and GBK', async () => {
    const text = `姓名,会员号\n张三,${NUMBER}\n`;
    // 姓名 and 张三 in GBK.
    const gbk = Buffer.concat([
      Buffer.from('d0d5c3fb', 'hex'),
      Buffer.from(','),
      Buffer.from('bbe1d4b1bac5', 'hex'),
      Buffer.from('\n'),
      Buffer.from('d5c5c8fd', 'hex'),
      Buffer.from(`,${NUMBER}\n`),
    ]);
    const files = [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`, 'utf16le'),
      gbk,
    ];
    for (const file of files) {
      const table = await readTable(file, members);
      expect(table.rows.map(({ values }) => values)).toMatchObject([{ name: '张三', number: NUMBER }]);
    }
  });

  it('knows its own headings and the words of its own drop-down, whatever width their brackets have', async () => {
    const post = choiceColumn({
      header: '岗位（现在）',
      words: { '干部（管理）岗': 'cadre', 工人岗: 'worker' },
    });
    const kind = { name: 'posts', title: '岗位', columns: { post } };
    const { rows, unknownColumns } = await readTable(
      Buffer.from('岗位（现在）\n干部（管理）岗\n干部(管理)岗\ncadre'),
      kind,
    );
    expect(rows.map(({ values }) => values.post)).toEqual(['cadre', 'cadre', 'cadre']);
    expect(unknownColumns).toBe(0);
  });

  it('refuses a number of a person in a name, and takes the days and years that people write', async () => {
    const columns = { name: freeTextColumn({ header: '姓名', required: true, max: 20 }) };
    const { rows } = await readTable(
      Buffer.from(
        ['姓名', '张三', '张三 １３８ ００００ １１１１', `${NUMBER.slice(0, 17)}X`, '生于2026-03-02'].join(
          '\n',
        ),
      ),
      { name: 'guests', title: '来宾', columns },
    );
    expect(
      rows.map(({ values, errors }) => [values.name, errors.map(({ row, column }) => [row, column])]),
    ).toEqual([
      ['张三', []],
      [null, [[3, '姓名']]],
      [null, [[4, '姓名']]],
      ['生于2026-03-02', []],
    ]);
    expect(JSON.stringify(rows.map(({ errors }) => errors))).not.toMatch(/\d{3}/);
  });

  it('says of each wrong cell where it is, why, and what to do, without quoting it', async () => {
    const table = await csv(
      [
        '姓名,会员号,联系电话,入会日期,起始月,是否缴费,性别,份额',
        `,${NUMBER},,,,,,`,
        '李四,1.23457E+17,,,,,,',
        '李四,12345,,,,,,',
        `李四,${NUMBER},abc,2026-02-30,2026-13,也许,中,101`,
        `一二三四五六七八九十一,${NUMBER},,2026年3月2日,2026年3月,有,female,50%`,
      ].join('\n'),
    );
    expect(
      table.rows.map(({ errors }) => errors.map(({ row, column, reason }) => [row, column, reason])),
    ).toEqual([
      [[2, '姓名', '姓名没有填写']],
      [[3, '会员号', '该单元格被表格当作数字保存，末尾几位已经丢失']],
      [[4, '会员号', '会员号有5位']],
      [
        [5, '联系电话', '联系电话含有数字以外的字符'],
        [5, '入会日期', '入会日期不是有效的日期'],
        [5, '起始月', '起始月不是有效的月份'],
        [5, '是否缴费', '是否缴费应填“是”或“否”'],
        [5, '性别', '性别不是可以填写的内容'],
        [5, '份额', '份额超出范围'],
      ],
      [[6, '姓名', '姓名超过10个字']],
    ]);
    for (const { errors } of table.rows) for (const { suggestion } of errors) expect(suggestion).not.toBe('');
    expect(table.rows[4]!.values).toMatchObject({
      joined: '2026-03-02',
      month: '2026-03',
      paid: true,
      sex: 'female',
      share: 50,
    });
    expect(JSON.stringify(table.rows.map(({ errors }) => errors))).not.toMatch(/12345|1\.23|abc|也许/);
  });

  it('reads a workbook: texts, rich texts, numbers, days, formulas, booleans, and only the first visible sheet', async () => {
    const file = await xlsx((sheet, book) => {
      sheet.state = 'hidden';
      sheet.addRow(['别的', '内容']);
      const real = book.addWorksheet('二');
      real.addRow(['姓名', '会员号', '电话', '入会日期', '起始月', '是否缴费', '份额']);
      real.addRow([
        { richText: [{ text: '张' }, { text: '三', font: { bold: true } }] },
        NUMBER,
        13800001234,
        new Date('2026-03-02T00:00:00Z'),
        new Date('2026-03-01T00:00:00Z'),
        true,
        { formula: '1+1', result: 2 },
      ]);
      real.addRow([]);
      real.addRow(['李四', 123456789012345678, null, 20260302, 202603, '否', { error: '#REF!' }]);
    });
    const table = await readTable(file, members);
    expect(table.rows.map(({ row }) => row)).toEqual([2, 4]);
    expect(table.rows[0]).toMatchObject({
      errors: [],
      values: {
        name: '张三',
        number: NUMBER,
        phone: '13800001234',
        joined: '2026-03-02',
        month: '2026-03',
        paid: true,
        share: 2,
      },
    });
    expect(table.rows[1]).toMatchObject({
      values: { joined: '2026-03-02', month: '2026-03', number: null, paid: false },
    });
    expect(table.rows[1]!.errors.map(({ column, reason }) => [column, reason])).toEqual([
      ['会员号', '该单元格被表格当作数字保存，末尾几位已经丢失'],
      ['份额', '份额的公式出错'],
    ]);
  });

  it('knows the day of a serial number, both calendars', () => {
    expect(dayOfSerial(46083, false)).toBe('2026-03-02');
    expect(dayOfSerial(46083.75, false)).toBe('2026-03-02');
    expect(dayOfSerial(1, false)).toBe('1900-01-01');
    expect(dayOfSerial(61, false)).toBe('1900-03-01');
    expect(dayOfSerial(44621, true)).toBe('2026-03-02');
    expect(plainNumber(3.38801198506151e17)).toBe('338801198506151000');
    expect(plainNumber(0.1 + 0.2)).toBe('0.3');
  });

  it('refuses a file that is no table, with what to do', async () => {
    const cases: [Buffer, string, RegExp][] = [
      [Buffer.alloc(0), 'FileNotReadable', /空的/],
      [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'FileNotReadable', /另存为 \.xlsx/],
      [Buffer.from('%PDF-1.7'), 'FileNotReadable', /PDF/],
      [Buffer.from('PK\u0003\u0004 and nothing'), 'FileNotReadable', /损坏/],
      [Buffer.from([0x41, 0x00, 0xff, 0xff, 0xff]), 'FileNotReadable', /编码/],
      [Buffer.from(`姓名,会员号\n"张三,${NUMBER}\n`), 'FileNotReadable', /引号/],
      [Buffer.from('姓名,会员号\n'), 'FileNotReadable', /没有数据行/],
      [Buffer.from('随便,写写\n1,2\n'), 'HeaderNotValid', /缺少：姓名、会员号/],
      [Buffer.from('姓名,会员号,编号\n1,2,3\n'), 'HeaderNotValid', /“会员号”一列出现了两次/],
    ];
    for (const [file, name, message] of cases) {
      await expect(readTable(file, members)).rejects.toMatchObject({
        name,
        message: expect.stringMatching(message) as string,
      });
    }
  });

  it('holds its limits: bytes, rows, cells, and what a zip unpacks to, whatever it declares', async () => {
    const good = `姓名,会员号\n张三,${NUMBER}\n李四,${NUMBER}\n`;
    const tooLarge = { name: 'FileTooLarge' };
    await expect(
      readTable(Buffer.from(good), members, { ...DEFAULT_LIMITS, bytes: 20 }),
    ).rejects.toMatchObject(tooLarge);
    await expect(readTable(Buffer.from(good), members, { ...DEFAULT_LIMITS, rows: 1 })).rejects.toMatchObject(
      tooLarge,
    );
    await expect(csv(`姓名,会员号\n${'长'.repeat(3000)},1\n`)).rejects.toMatchObject(tooLarge);
    const bomb = zip({ 'xl/workbook.xml': Buffer.alloc(30 * 1024 * 1024) });
    expect(bomb.length).toBeLessThan(64 * 1024);
    const unpackedBytes = 10 * 1024 * 1024;
    await expect(readTable(bomb, members, { ...DEFAULT_LIMITS, unpackedBytes })).rejects.toMatchObject(
      tooLarge,
    );
    const laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><workbook>&a;</workbook>';
    await expect(readTable(zip({ 'xl/workbook.xml': Buffer.from(laughs) }), members)).rejects.toMatchObject({
      name: 'FileNotReadable',
    });
  });

  it('never fails on any bytes other than by saying what to do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', 'PK\u0003\u0004', '姓名,会员号\n'),
        async (bytes, head) => {
          const file = Buffer.concat([Buffer.from(head), Buffer.from(bytes)]);
          await readTable(file, members).catch((error: Error) => expect(error).toHaveProperty('slug'));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('cleaning', () => {
  it('reads every day back from every shape in which it is typed', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
          const shapes = [
            day,
            day.replaceAll('-', ''),
            `${year}/${month}/${dayOfMonth}`,
            `${year}.${month}.${dayOfMonth}`,
            `${year}年${month}月${dayOfMonth}日`,
            `${day} 00:00:00`,
          ];
          for (const shape of shapes) expect(readDay(shape)).toBe(day);
        },
      ),
    );
  });

  it('is done after once, and the guard against formulas comes off again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(withoutGuard(safeForSpreadsheet(clean))).toBe(withoutGuard(clean));
        expect(safeForSpreadsheet(clean)).not.toMatch(/^[=+\-@]/);
      }),
    );
  });
});

describe('writing', () => {
  it('makes templates whose example row is not read, as xlsx with drop-downs and as csv', async () => {
    const template = await xlsxTemplate(members);
    for (const file of [template, csvTemplate(members)]) {
      await expect(readTable(file, members)).rejects.toMatchObject({
        message: expect.stringMatching(/没有数据行/) as string,
      });
    }
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(template as unknown as ArrayBuffer);
    const sheet = book.getWorksheet('会员名册')!;
    expect(sheet.getRow(1).values).toEqual([
      undefined,
      ...Object.values(columns).map(({ header }) => header),
    ]);
    expect(sheet.getCell('G5').dataValidation).toMatchObject({ type: 'list', formulae: ['"男,女"'] });
    sheet.getRow(3).values = ['王五', NUMBER];
    const filled = await readTable(Buffer.from(await book.xlsx.writeBuffer()), members);
    expect(filled.rows).toMatchObject([{ row: 3, values: { name: '王五' } }]);
  });

  it('writes bad rows so that they can be corrected and sent again, and runs nobody’s formula', async () => {
    const sent = await csv(`姓名,电话,会员号\n"=HYPERLINK(""http://x"")",+8657788887777,123\n李四,,\n`);
    const bad = sent.rows.filter(({ errors }) => errors.length > 0);
    const workbook = await errorWorkbook(members, bad);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(workbook as unknown as ArrayBuffer);
    const sheet = book.worksheets[0]!;
    expect(sheet.getRow(1).values).toEqual([
      undefined,
      '姓名',
      '会员号',
      '联系电话',
      '原行号',
      '错误原因',
      '更正建议',
    ]);
    expect(sheet.getCell('A2').value).toBe(`'=HYPERLINK("http://x")`);
    expect(sheet.getCell('D2').value).toBe('2');
    expect(sheet.getCell('E2').text).toContain('【会员号】会员号有3位');
    expect(sheet.getCell('B2').fill).toMatchObject({ pattern: 'solid' });
    expect(sheet.getCell('C3').fill ?? {}).not.toMatchObject({ pattern: 'solid' });
    sheet.getCell('B3').value = NUMBER;
    const again = await readTable(Buffer.from(await book.xlsx.writeBuffer()), members);
    expect(again.unknownColumns).toBe(0);
    expect(again.rows[0]!.cells).toMatchObject({ name: '=HYPERLINK("http://x")', phone: '+8657788887777' });
    expect(again.rows[1]).toMatchObject({ values: { name: '李四', number: NUMBER }, errors: [] });
  });
});

/** The smallest zip file: what a bomb is made of. */
function zip(entries: Record<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(10, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
