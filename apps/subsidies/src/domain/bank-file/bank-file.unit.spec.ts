import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { decode, encode } from './encoding.js';
import { bankFileFormat, demoFormats, readReturnFile, writeBankFile, type BankLine } from './index.js';

const [fixed, delimited] = demoFormats as [(typeof demoFormats)[number], (typeof demoFormats)[number]];

const line = (change: Partial<BankLine> = {}): BankLine => ({
  reference: 'r-1',
  payeeName: '张三',
  account: '6200000000000000001',
  fen: 12_345,
  remark: '护理补贴',
  ...change,
});

const gb18030 = (text: string) => encode(text, 'gb18030')!;
const utf8 = (text: string) => encode(text, 'utf-8')!;

/** The payer's answer to a fixed file, put together by hand: it shares nothing with the reader but the widths. */
function answer(rows: readonly [reference: string, fen: number, code: string, reason: string][]): Uint8Array {
  const sum = rows.reduce((total, [, fen]) => total + fen, 0);
  const fill = (text: string, width: number) => text + ' '.repeat(width - gb18030(text).length);
  return gb18030(
    [
      `R${String(rows.length).padStart(8, '0')}${String(sum).padStart(15, '0')}\r\n`,
      ...rows.map(
        ([reference, fen, code, reason]) =>
          `D${fill(reference, 36)}${String(fen).padStart(12, '0')}${code}${fill(reason, 60)}\r\n`,
      ),
    ].join(''),
  );
}

describe('the bytes of a bank file', () => {
  it('has a code in GB18030 for every character, which is the one that is read', () => {
    // By the standard: two bytes, four within the Basic Multilingual Plane, four beyond it.
    expect(Buffer.from(gb18030('张三')).toString('hex')).toBe('d5c5c8fd');
    expect(Buffer.from(gb18030('㐂𠮷')).toString('hex')).toBe('8139ef319534b235');
    for (let point = 0x80; point < 0x110000; point += point < 0x10000 ? 1 : 97) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const text = String.fromCodePoint(point);
      const bytes = encode(text, 'gb18030');
      // The standard has no room for a few places of the private use area; nobody's name stands there.
      if (bytes === null && point >= 0xe000 && point <= 0xf8ff) continue;
      if (bytes === null || decode(bytes, 'gb18030') !== text) throw new Error(`U+${point.toString(16)}`);
    }
    expect(encode('\ud800', 'gb18030')).toBeNull();
    expect(decode(Uint8Array.from([0xd5]), 'gb18030')).toBeNull();
  });

  it('counts the width of a name in bytes, and fills it up on the right side', () => {
    const { bytes, totals, sha256 } = writeBankFile(fixed, [line(), line({ reference: 'r-2', fen: 5 })]);
    const rows = Buffer.from(bytes).toString('latin1').split('\r\n');
    expect(rows.map((row) => row.length)).toEqual([24, 189, 189, 0]);
    expect(rows[0]).toBe('H00000002000000000012350');
    expect(rows[1]!.slice(0, 9)).toBe('D00000001');
    expect(Buffer.from(rows[1]!.slice(41, 46), 'latin1').toString('hex')).toBe('d5c5c8fd20');
    expect(rows[2]!.slice(101, 113)).toBe('000000000005');
    expect(totals).toEqual({ count: 2, fen: 12_350 });
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('writes yuan with two decimals, and a trailer', () => {
    const { bytes } = writeBankFile(delimited, [line({ fen: 5 }), line({ reference: 'r-2', fen: 100_000 })]);
    expect(Buffer.from(bytes).toString()).toBe(
      '1|6200000000000000001|张三|0.05|r-1|护理补贴\n2|6200000000000000001|张三|1000.00|r-2|护理补贴\nTOTAL|2|1000.05\n',
    );
  });

  it.each<[string, Partial<BankLine>, string, RegExp]>([
    [
      'a name that is one byte too long',
      { payeeName: `${'张'.repeat(30)}a` },
      '收款人姓名',
      /61 个字节，文件格式最多 60/,
    ],
    ['a rare name of four bytes a character', { payeeName: '𠮷'.repeat(16) }, '收款人姓名', /64 个字节/],
    ['an account that is too long', { account: '6'.repeat(33) }, '收款账号', /33 个字节/],
    ['an amount that is too long', { fen: 1_000_000_000_000 }, '金额', /13 个字节/],
    ['no amount', { fen: 0 }, '金额', /大于零的整数分/],
    ['less than nothing', { fen: -1 }, '金额', /大于零的整数分/],
    ['a fraction of a 分', { fen: 1.5 }, '金额', /大于零的整数分/],
    ['no account', { account: '' }, '收款账号', /是空的/],
    ['a reference twice', { reference: 'r-0' }, '发放编号', /与前面一行相同/],
    ['a line break', { remark: '一\n二' }, '附言', /不可见/],
    ['half a character', { payeeName: '张\ud800' }, '收款人姓名', /无法写入/],
    ['a space in front', { payeeName: ' 张三' }, '收款人姓名', /前后有空格/],
  ])('refuses %s with row and column, and does not say the value', (_, change, column, what) => {
    const lines = [line({ reference: 'r-0' }), line({ reference: 'r-1', ...change })];
    const refused = () => writeBankFile(fixed, lines);
    expect(refused).toThrow(
      expect.objectContaining({ slug: 'bank-file-not-writable', row: 3, column }) as Error,
    );
    expect(refused).toThrow(what);
    expect(refused).not.toThrow(/张|r-0|666/);
  });

  it('refuses the delimiter in a value where nothing can be quoted, and quotes it where it can', () => {
    const lines = [line({ payeeName: '张|"三' })];
    expect(() => writeBankFile(delimited, lines)).toThrow(/第 1 行“收款人姓名”含有分隔符/);
    const quoting = {
      ...delimited,
      out: { ...delimited.out, shape: { ...delimited.out.shape, quoted: true } },
    };
    const { bytes } = writeBankFile(bankFileFormat.parse(quoting), lines);
    expect(Buffer.from(bytes).toString()).toContain('|"张|""三"|');
  });
});

describe('what comes back', () => {
  it('says what was paid, what failed and why', () => {
    const file = answer([
      ['r-1', 12_345, '00', '不读'],
      ['r-2', 5, '02', '户名不符'],
      ['r-3', 1, '99', ''],
    ]);
    expect(readReturnFile(fixed, file)).toEqual({
      lines: [
        { reference: 'r-1', outcome: 'paid', reason: null, fen: 12_345 },
        { reference: 'r-2', outcome: 'failed', reason: '户名不符', fen: 5 },
        { reference: 'r-3', outcome: 'failed', reason: null, fen: 1 },
      ],
      problems: [],
    });
    const other = utf8('\ufeffr-1|0.05|成功|\r\nr-2|1.00|失败|账号已销户\r\nTOTAL|2|1.05\r\n\r\n');
    expect(readReturnFile(delimited, other)).toMatchObject({
      lines: [
        { reference: 'r-1', fen: 5 },
        { reference: 'r-2', reason: '账号已销户' },
      ],
      problems: [],
    });
  });

  it.each<[string, Uint8Array, [number, string | null, RegExp][], string[]]>([
    ['an empty file', utf8(''), [[1, null, /空的/]], []],
    ['only line ends', utf8('\n\n'), [[1, null, /空的/]], []],
    [
      'an unknown code',
      utf8('a|1.00|也许|\nb|1.00|成功|\nTOTAL|2|2.00\n'),
      [[1, '处理结果', /约定的代码/]],
      ['b'],
    ],
    [
      'a missing field',
      utf8('a|1.00|成功\nb|1.00|成功|\nTOTAL|2|2.00\n'),
      [[1, null, /3 个字段，应为 4/]],
      ['b'],
    ],
    ['an amount in words', utf8('a|一元|成功|\nTOTAL|1|1.00\n'), [[1, '金额', /两位小数/]], []],
    ['an amount rounded', utf8('a|1.0|成功|\nTOTAL|1|1.00\n'), [[1, '金额', /两位小数/]], []],
    ['no reference', utf8('|1.00|成功|\nTOTAL|1|1.00\n'), [[1, '发放编号', /空的/]], []],
    [
      'a reference twice',
      utf8('a|1.00|成功|\na|1.00|失败|\nb|1.00|成功|\nTOTAL|3|3.00\n'),
      [[2, '发放编号', /不止一行/]],
      ['b'],
    ],
    ['no trailer', utf8('a|1.00|成功|\nb|1.00|成功|\n'), [[2, null, /4 个字段，应为 3/]], ['a']],
    ['a count that is not so', utf8('a|1.00|成功|\nTOTAL|2|1.00\n'), [[2, '总笔数', /不一致/]], ['a']],
    ['a sum that is not so', utf8('a|1.00|成功|\nTOTAL|1|1.01\n'), [[2, '总金额', /不一致/]], ['a']],
    ['another trailer', utf8('a|1.00|成功|\nSUM|1|1.00\n'), [[2, '末行标志', /不是约定/]], ['a']],
    ['the other encoding', gb18030('a|1.00|成功|\nTOTAL|1|1.00\n'), [[1, null, /UTF-8/]], []],
  ])('names row and column of %s', (_, bytes, expected, references) => {
    const { lines, problems } = readReturnFile(delimited, bytes);
    expect(problems).toHaveLength(expected.length);
    expected.forEach(([row, column, sentence], index) => {
      expect(problems[index]).toMatchObject({ row, column });
      expect(problems[index]!.sentence).toMatch(sentence);
      expect(problems[index]!.sentence).toMatch(/请与返回文件的单位核对/);
    });
    expect(lines.map(({ reference }) => reference)).toEqual(references);
  });

  it('names the row whose bytes have slipped, and the field that begins in the middle of a character', () => {
    const file = answer([['r-1', 1, '01', '户名不符']]);
    expect(readReturnFile(fixed, file.slice(0, -4)).problems).toMatchObject([{ row: 2, column: null }]);
    const slipped = Buffer.from(file);
    slipped.write('\u00d5', 26 + 1 + 35, 'latin1');
    expect(readReturnFile(fixed, slipped).problems).toMatchObject([{ row: 2, column: '发放编号' }]);
  });

  it('never throws on any bytes, whole files that were damaged included', () => {
    const good = answer([
      ['r-1', 12_345, '00', ''],
      ['r-2', 5, '02', '户名不符'],
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(fixed, delimited),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(good.length),
        fc.nat(50),
        (format, bytes, at, cut) => {
          const damaged = Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + cut)]);
          for (const file of [bytes, damaged]) {
            const { lines, problems } = readReturnFile(format, file);
            for (const { row, sentence } of problems) {
              expect(row).toBeGreaterThan(0);
              expect(sentence).not.toBe('');
            }
            expect(lines.length + problems.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** A format whose answer is the file itself: the remark is read back as the outcome, the payee's name as the reason. */
const mirrors = (['fixed', 'delimited'] as const).flatMap((kind) =>
  (['gb18030', 'utf-8'] as const).flatMap((encoding) =>
    (['fen', 'yuan'] as const).map((unit) => {
      const total = [
        { zh: '总金额', content: { from: 'total-amount', unit }, width: 20, align: 'right', pad: '0' },
        { zh: '总笔数', content: { from: 'total-count' }, width: 9, align: 'right' },
        { zh: '标志', content: { from: 'constant', text: '合 计' }, width: 12 },
      ];
      const shape = kind === 'fixed' ? { kind } : { kind, delimiter: ',', quoted: true };
      const layout = (name: object, remark: object) => ({
        shape,
        encoding,
        lineEnd: unit === 'fen' ? 'crlf' : 'lf',
        header: kind === 'fixed' ? total : null,
        line: [
          { zh: '序号', content: { from: 'sequence' }, width: 6, align: 'right', pad: '0' },
          { zh: '编号', content: { from: 'reference' }, width: 80, align: 'right' },
          { zh: '姓名', content: name, width: 80 },
          { zh: '账号', content: { from: 'account' }, width: 40 },
          { zh: '金额', content: { from: 'amount', unit }, width: 17, align: 'right', pad: '0' },
          { zh: '附言', content: remark, width: 10 },
        ],
        trailer: total,
      });
      return bankFileFormat.parse({
        id: 'mirror',
        zh: '镜子',
        out: layout({ from: 'payee-name' }, { from: 'remark' }),
        return: layout({ from: 'reason' }, { from: 'outcome', paid: ['成功'], failed: ['失败', 'F1'] }),
      });
    }),
  ),
);

const word = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...'张三李四㐂𠮷·,"|0 ab'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 8,
  })
  .filter(
    (text) =>
      !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text) &&
      text.trim() === text &&
      encode(text, 'gb18030') !== null,
  );

const payments = fc.uniqueArray(
  fc.record({
    reference: word.filter((text) => encode(text, 'utf-8')!.length <= 80),
    payeeName: word.filter((text) => encode(text, 'utf-8')!.length <= 80),
    account: fc.stringMatching(/^\d{8,32}$/),
    fen: fc.integer({ min: 1, max: 10 ** 11 }),
    remark: fc.constantFrom('成功', '失败', 'F1'),
  }),
  { selector: ({ reference }) => reference, maxLength: 20 },
);

describe('written and read', () => {
  it('comes back to the 分, in every shape, encoding and unit, with the totals that were written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...mirrors), payments, (format, lines) => {
        const { bytes, totals, sha256 } = writeBankFile(format, lines);
        expect(totals).toEqual({ count: lines.length, fen: lines.reduce((sum, { fen }) => sum + fen, 0) });
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(writeBankFile(format, lines).sha256).toBe(sha256);
        const back = readReturnFile(format, bytes);
        expect(back.problems).toEqual([]);
        expect(back.lines).toEqual(
          lines.map(({ reference, payeeName, fen, remark }) => ({
            reference,
            outcome: remark === '成功' ? 'paid' : 'failed',
            reason: remark === '成功' ? null : payeeName,
            fen,
          })),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** A format that may be broken on purpose. */
type Loose = Record<'out' | 'return', Record<'header' | 'line', Record<string, unknown>[]>>;

describe('a format', () => {
  const changed = (change: (format: Loose) => void) => {
    const format = JSON.parse(JSON.stringify(fixed)) as Loose;
    change(format);
    return bankFileFormat
      .safeParse(format)
      .error?.issues.map(({ path, message }) => [path.join('.'), message]);
  };

  it.each<[string, (format: Loose) => void, string, RegExp]>([
    ['an unknown key', (format) => (format.out.line[0]!.x = 1), 'out.line.0', /x/],
    ['no width in a fixed layout', (format) => (format.out.line[2]!.width = null), 'out.line.2', /宽度/],
    ['a name filled with zeros', (format) => (format.out.line[3]!.pad = '0'), 'out.line.3.pad', /补位/],
    [
      'figures filled with zeros behind',
      (format) => (format.out.line[4]!.align = 'left'),
      'out.line.4.pad',
      /补位/,
    ],
    [
      'an account in the header',
      (format) => format.out.header.push(format.out.line[2]!),
      'out.header.3',
      /明细行/,
    ],
    [
      'a total in the lines',
      (format) => format.out.line.push(format.out.header[1]!),
      'out.line.7',
      /首行或末行/,
    ],
    [
      'an outcome that is sent',
      (format) => format.out.line.push(format.return.line[3]!),
      'out',
      /不能有结果/,
    ],
    [
      'no reference in what comes back',
      (format) => format.return.line.splice(1, 1),
      'return.line',
      /reference/,
    ],
    ['two amounts', (format) => format.out.line.push(format.out.line[4]!), 'out.line', /amount/],
  ])('is refused with %s', (_, change, path, message) => {
    const issues = changed(change)!;
    expect(issues.find(([where]) => where === path)?.[1]).toMatch(message);
  });
});
