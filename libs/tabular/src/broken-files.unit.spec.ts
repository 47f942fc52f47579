import ExcelJS from 'exceljs';
import { setImmediate } from 'node:timers/promises';
import {
  dayColumn,
  digitsColumn,
  LARGE_LIMITS,
  monthColumn,
  numberColumn,
  readTable,
  textColumn,
  type TableKind,
} from './index.js';

/** An invented club's list again, in which nobody may stand twice. */
const columns = {
  name: textColumn({ header: '姓名', required: true }),
  number: digitsColumn({ header: '会员号', required: true, min: 18, max: 18 }),
  joined: dayColumn({ header: '入会日期' }),
  month: monthColumn({ header: '起始月' }),
  share: numberColumn({ header: '份额' }),
  phone: digitsColumn({ header: '电话', min: 7, max: 15 }),
};
const members: TableKind<typeof columns> = {
  name: 'members',
  title: '会员名册',
  columns,
  unique: ['number'],
};

const N1 = '123456789012345678';
const N2 = '123456789012345679';
const HEAD = '姓名,会员号,入会日期,起始月,份额,电话\n';
const utf8 = (text: string) => Buffer.from(text);
/** 姓名, 会员号 and 张三 in GB18030. */
const GB_HEAD = Buffer.concat([Buffer.from('d0d5c3fb2cbbe1d4b1bac5', 'hex'), utf8('\n')]);
const GB_ROW = (number: string) => Buffer.concat([Buffer.from('d5c5c8fd', 'hex'), utf8(`,${number}\n`)]);

async function xlsx(fill: (sheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  fill(book.addWorksheet('一'));
  return Buffer.from(await book.xlsx.writeBuffer());
}

type Problem = [row: number, column: string, reason: RegExp, suggestion: RegExp];

/** What is broken; the file; the rows that come in; what is reported of the others. */
const partly: [string, () => Buffer | Promise<Buffer>, number[], Problem[]][] = [
  [
    'a number in scientific notation, in a csv',
    () =>
      utf8(
        `${HEAD}张三,1.23E+17,,,,\n李四,${N1},,,,\n王五,1.23456789012346e17,,,,\n赵六,１．２３Ｅ＋１７,,,,\n`,
      ),
    [3],
    [2, 4, 5].map((row): Problem => [row, '会员号', /末尾几位已经丢失/, /“文本”格式/]),
  ],
  [
    'a number in scientific notation, in a workbook',
    () =>
      xlsx((sheet) => {
        sheet.addRows([
          ['姓名', '会员号'],
          ['张三', 1.23e17],
          ['李四', N1],
          ['王五', '1.23E+17'],
        ]);
      }),
    [3],
    [2, 4].map((row): Problem => [row, '会员号', /末尾几位已经丢失/, /“文本”格式/]),
  ],
  [
    'serial numbers where days should stand',
    () => utf8(`${HEAD}张三,${N1},46083,,,\n李四,${N2},,46083,,\n王五,123456789012345670,2026-03-02,,,\n`),
    [4],
    [
      [2, '入会日期', /日期序号/, /格式设为“日期”/],
      [3, '起始月', /日期序号/, /格式设为“日期”/],
    ],
  ],
  [
    'days that do not exist, in three shapes',
    () =>
      utf8(
        `${HEAD}张三,${N1},2026/2/30,,,\n李四,${N2},3/2/26,,,\n王五,123456789012345670,２０２６年３月２日,,,\n`,
      ),
    [4],
    [2, 3].map((row): Problem => [row, '入会日期', /不是有效的日期/, /年-月-日/]),
  ],
  [
    'the same row twice',
    () =>
      utf8(
        `${HEAD}张三,${N1},2026-03-02,,,\n李四,${N2},,,,\n张三,${N1},2026/3/2,,,\n 张三 ,${N1},20260302,,,\n`,
      ),
    [2, 3],
    [4, 5].map((row): Problem => [row, '会员号', /与第 2 行重复/, /删除重复的行/]),
  ],
  [
    'two rows that say different things of one member',
    () => utf8(`${HEAD}张三,${N1},,,1,\n李四,${N2},,,,\n张三,${N1},,,2,\n`),
    [3],
    [
      [2, '会员号', /与第 4 行相同，但其他内容不同/, /只保留正确的一行/],
      [4, '会员号', /与第 2 行相同，但其他内容不同/, /只保留正确的一行/],
    ],
  ],
  [
    'a wrong row and its correction below it',
    () => utf8(`${HEAD}张三,${N1},2026-02-30,,,\n张三,${N1},2026-02-28,,,\n`),
    [3],
    [[2, '入会日期', /不是有效的日期/, /年-月-日/]],
  ],
  [
    'formulas in a workbook: calculated, wrong, and never calculated',
    () =>
      xlsx((sheet) => {
        sheet.addRow(['姓名', '会员号', '份额']);
        sheet.addRow([{ formula: 'A1', result: '张三' }, N1, { formula: '1+1', result: 2 }]);
        sheet.addRow(['李四', N2, { formula: '1/0', result: { error: '#DIV/0!' } }]);
        sheet.addRow(['王五', '123456789012345670', { formula: '1+1' }]);
        sheet.addRow([{ formula: 'A2' }, '123456789012345671', 1]);
      }),
    [2],
    [
      [3, '份额', /公式出错/, /具体内容/],
      [4, '份额', /是公式而不是内容/, /选择性粘贴/],
      [5, '姓名', /是公式而不是内容/, /选择性粘贴/],
    ],
  ],
  [
    'formulas as text in a csv',
    () => utf8(`${HEAD}=B2&C2,${N1},,,,\n李四,"=""${N2}""",,,,\n王五,=A1,,,,\n`),
    [3],
    [
      [2, '姓名', /是公式而不是内容/, /选择性粘贴/],
      [4, '会员号', /是公式而不是内容/, /选择性粘贴/],
    ],
  ],
  [
    'a row in GB18030 pasted into UTF-8',
    () => {
      const rows = ['李四', '王小五', '欧阳六'].map((name, at) => `${name},12345678901234567${at}\n`);
      return Buffer.concat([utf8('姓名,会员号\n'), GB_ROW(N1), utf8(rows.join(''))]);
    },
    [3, 4, 5],
    [[2, '姓名', /含有乱码/, /对照原件重新填写/]],
  ],
  [
    'a character cut in half at the end of a file in UTF-8',
    () =>
      Buffer.concat([utf8(`姓名,会员号,备注\n张三,${N1},好\n李四,${N2},好\n`), utf8('王').subarray(0, 2)]),
    [2, 3],
    [
      [4, '姓名', /含有乱码/, /对照原件重新填写/],
      [4, '会员号', /没有填写/, /请填写/],
    ],
  ],
  [
    'headings merged over two rows',
    () =>
      xlsx((sheet) => {
        sheet.addRow(['2026 年会员名册']);
        sheet.mergeCells('A1:F1');
        sheet.addRow(['姓名', '会员号', '联系方式', '', '时间', '']);
        sheet.addRow(['', '', '电话', '住址', '入会日期', '起始月']);
        for (const range of ['A2:A3', 'B2:B3', 'C2:D2', 'E2:F2']) sheet.mergeCells(range);
        sheet.addRow(['张三', N1, '13800001234', '某村', '2026-03-02', '2026-03']);
        sheet.addRow(['李四', N2, '12', '某村', '2026-03-02', '2026-03']);
      }),
    [4],
    [[5, '电话', /有2位/, /是否漏填/]],
  ],
  [
    'cells that were merged downwards over several members',
    () =>
      xlsx((sheet) => {
        sheet.addRow(['姓名', '会员号', '起始月']);
        sheet.addRow(['张三', N1, '2026-03']);
        sheet.addRow(['李四', N2, '']);
        sheet.addRow(['王五', '123456789012345670', '']);
        sheet.addRow(['赵六', '123456789012345671', '']);
        sheet.mergeCells('C2:C4');
        sheet.mergeCells('C5:C6');
      }),
    [2, 5],
    [3, 4].map((row): Problem => [row, '起始月', /单元格是合并的/, /取消合并/]),
  ],
];

describe('a file of which a part is broken', () => {
  it.each(partly)(
    'reports row, column and what to do, and the good rows are in once: %s',
    async (_, file, good, problems) => {
      const { rows } = await readTable(await file(), members);
      expect(rows.filter(({ errors }) => errors.length === 0).map(({ row }) => row)).toEqual(good);
      const errors = rows.flatMap((row) => row.errors);
      expect(errors.map(({ row, column }) => [row, column])).toEqual(
        problems.map(([row, column]) => [row, column]),
      );
      errors.forEach(({ reason, suggestion }, index) => {
        expect(reason).toMatch(problems[index]![2]);
        expect(suggestion).toMatch(problems[index]![3]);
        expect(`${reason}${suggestion}`).not.toMatch(/1234567|1\.23|46083|\ufffd|[=＝][AB1]/);
      });
    },
  );

  it('reads every column below headings that were merged, above or below the row that has most of them', async () => {
    const cells = ['张三', N1, '13800001234', '2026-03-02'];
    const heads = [
      [
        ['姓名', '会员号', '联系方式', '时间'],
        ['', '', '电话', '入会日期'],
      ],
      [
        ['姓名', '', '其他', ''],
        ['', '会员号', '电话', '入会日期'],
      ],
      [
        ['姓名', '会员号', '电话', '时间'],
        ['', '', '', '入会日期'],
      ],
    ];
    for (const head of heads) {
      const text = [...head, cells].map((row) => row.join(',')).join('\n');
      const { rows, unknownColumns } = await readTable(utf8(text), members);
      expect(rows).toMatchObject([
        {
          row: 3,
          errors: [],
          values: { name: '张三', number: N1, phone: '13800001234', joined: '2026-03-02' },
        },
      ]);
      expect(unknownColumns).toBe(0);
    }
  });

  it('does not take a row for headings because a member is called like one', async () => {
    const { rows } = await readTable(utf8(`姓名,会员号,备注\n电话,${N1},\n李四,${N2},电话\n`), members);
    expect(rows.map(({ values }) => values.name)).toEqual(['电话', '李四']);
  });
});

describe('the encoding of a file', () => {
  const text = `姓名,会员号\n张三,${N1}\n`;
  const big = Buffer.from(`\ufeff${text}`, 'utf16le');
  it.each<[string, Buffer]>([
    ['UTF-8', utf8(text)],
    ['UTF-8 with mark', utf8(`\ufeff${text}`)],
    ['UTF-16, little end first', big],
    ['UTF-16, big end first', Buffer.from(big).swap16()],
    ['GB18030', Buffer.concat([GB_HEAD, GB_ROW(N1)])],
  ])('is known: %s', async (_, file) => {
    const { rows } = await readTable(file, members);
    expect(rows).toMatchObject([{ row: 2, errors: [], values: { name: '张三', number: N1 } }]);
  });
});

describe('a file that is no table', () => {
  const page = '<html><body><table><tr><td>姓名</td><td>会员号</td></tr></table></body></html>';
  it.each<[string, Buffer, RegExp]>([
    ['a web page named .csv', utf8(page), /网页.*另存为 \.xlsx/],
    ['a web page with everything in front', utf8(`\ufeff\r\n <!DOCTYPE html>${page}`), /网页/],
    ['only the table of a web page, named .xls', utf8(`<table border=1>${page}`), /网页/],
    ['a web page in UTF-16', Buffer.from(`\ufeff${page}`, 'utf16le'), /网页/],
    ['a web page in GB18030', Buffer.concat([utf8('<meta charset=gbk>'), GB_HEAD]), /网页/],
    ['the XML of an old Excel', utf8('<?xml version="1.0"?><Workbook/>'), /XML/],
    ['a web page as one file', utf8('MIME-Version: 1.0\nX-Document-Type: Workbook\n'), /网页/],
    ['UTF-16 without mark', Buffer.from(`姓名,会员号\n张三,${N1}\n`, 'utf16le'), /文字编码.*另存为/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /文字编码/],
    ['the old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /旧版 \.xls.*另存为 \.xlsx/],
  ])('is refused whole, with what to do: %s', async (_, file, message) => {
    await expect(readTable(file, members)).rejects.toMatchObject({
      slug: 'file-not-readable',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('the stock of a county in one file', () => {
  it('takes in 200,000 good rows once, lets others have their turn, and refuses one row more', async () => {
    const lines = Array.from(
      { length: LARGE_LIMITS.rows },
      (_, at) => `张三${at},9${String(at).padStart(17, '0')}\n`,
    );
    const file = utf8(`姓名,会员号\n${lines.join('')}`);
    let turns = 0;
    let isReading = true;
    const others = (async () => {
      for (; isReading; turns++) await setImmediate();
    })();
    const before = process.memoryUsage().rss;
    const { rows } = await readTable(file, members, LARGE_LIMITS);
    const grown = process.memoryUsage().rss - before;
    isReading = false;
    await others;
    expect(rows).toHaveLength(200_000);
    expect(rows.every(({ errors }) => errors.length === 0)).toBe(true);
    expect(new Set(rows.map(({ values }) => values.number)).size).toBe(200_000);
    // Rows are made a thousand at a time, and text is taken apart 64 KB at a time.
    expect(turns).toBeGreaterThan(200);
    expect(grown).toBeLessThan(800 * 1024 * 1024);
    const more = Buffer.concat([file, utf8(`李四,${N1}\n`)]);
    await expect(readTable(more, members, LARGE_LIMITS)).rejects.toMatchObject({ slug: 'file-too-large' });
  }, 60_000);
});
