import { z } from 'zod';

const unit = z.enum(['fen', 'yuan']).describe('分, or 元 with exactly two decimals');

const outgoing = [
  z.strictObject({ from: z.literal('constant'), text: z.string().describe('Always the same text') }),
  z.strictObject({ from: z.literal('sequence').describe('Number of the line: 1, 2, 3 …') }),
  z.strictObject({ from: z.literal('payee-name') }),
  z.strictObject({ from: z.literal('account') }),
  z.strictObject({ from: z.literal('amount'), unit }),
  z.strictObject({
    from: z.literal('reference').describe('Our own, unique in the file: what the answer is matched by'),
  }),
  z.strictObject({ from: z.literal('remark') }),
  z.strictObject({ from: z.literal('total-count').describe('Number of lines') }),
  z.strictObject({ from: z.literal('total-amount'), unit }),
] as const;

const returning = [
  z.strictObject({
    from: z.literal('outcome'),
    paid: z.array(z.string().min(1)).min(1).describe('Codes that mean that the money has arrived'),
    failed: z.array(z.string().min(1)).min(1).describe('Codes that mean that it has not'),
  }),
  z.strictObject({ from: z.literal('reason').describe('Why it failed, as the payer of the money says it') }),
  z.strictObject({ from: z.literal('ignored').describe('Not read') }),
] as const;

export type Content = z.infer<(typeof outgoing)[number]> | z.infer<(typeof returning)[number]>;

const printable = z
  .string()
  .length(1)
  .regex(/^[\x20-\x7e]$/);

/** Figures may be filled up with zeros: nothing is lost by it. A name or a reference would read back as another one. */
const FIGURES: readonly Content['from'][] = ['sequence', 'amount', 'total-count', 'total-amount'];
const OF_A_LINE: readonly Content['from'][] = [
  'sequence',
  'payee-name',
  'account',
  'amount',
  'reference',
  'remark',
  'outcome',
  'reason',
];

const field = z
  .strictObject({
    zh: z.string().min(1).describe('What people call it: named when a value does not fit'),
    content: z.discriminatedUnion('from', [...outgoing, ...returning]),
    width: z
      .int()
      .min(1)
      .max(1000)
      .nullable()
      .describe('Bytes in the encoding of the file: exact in a fixed layout, at most in a delimited one'),
    align: z.enum(['left', 'right']).default('left').describe('Side on which the value stands (fixed only)'),
    pad: printable.default(' ').describe('What fills the other side (fixed only)'),
  })
  .superRefine(({ content, align, pad }, context) => {
    if (pad === ' ') return;
    if (pad === '0' && align === 'right' && FIGURES.includes(content.from)) return;
    context.addIssue({ code: 'custom', path: ['pad'], message: '只有右对齐的数字可以用 0 补位，其余用空格' });
  });

export type Field = z.infer<typeof field>;

const layout = z
  .strictObject({
    shape: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('fixed') }),
      z.strictObject({
        kind: z.literal('delimited'),
        delimiter: z
          .string()
          .regex(/^[\x20-\x7e\t]$/)
          .refine((text) => !/["0-9.]/.test(text), '分隔符不能是引号、数字或小数点'),
        quoted: z.boolean().describe('Whether a value that holds the delimiter may stand in double quotes'),
      }),
    ]),
    encoding: z.enum(['gb18030', 'utf-8']),
    lineEnd: z.enum(['crlf', 'lf']),
    header: z.array(field).min(1).nullable(),
    line: z.array(field).min(1),
    trailer: z.array(field).min(1).nullable(),
  })
  .superRefine(({ shape, header, line, trailer }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [record, fields] of Object.entries({ header, line, trailer })) {
      (fields ?? []).forEach(({ content, width }, index) => {
        const path = [record, index];
        if (shape.kind === 'fixed' && width === null) refuse(path, '定长文件的每个字段都要有宽度');
        if (record !== 'line' && OF_A_LINE.includes(content.from)) refuse(path, '这项内容只能放在明细行');
        if (record === 'line' && content.from.startsWith('total-')) refuse(path, '合计只能放在首行或末行');
      });
    }
  });

export type Layout = z.infer<typeof layout>;

function once(fields: readonly Field[], from: Content['from']): boolean {
  return fields.filter(({ content }) => content.from === from).length === 1;
}

const RETURNING: readonly Content['from'][] = ['outcome', 'reason', 'ignored'];

/**
 * How a payer of money wants its file, and how it answers: data, so that another one needs no code. Pure description; whose
 * format it is, and whether it is in use, is the installation's affair.
 */
export const bankFileFormat = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .describe('Kebab-case; kept with every file that was written by it'),
    zh: z.string().min(1),
    out: layout.describe('The file that is handed over'),
    return: layout.describe('The file that comes back'),
  })
  .superRefine(({ out, return: back }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const fields of [out.header, out.line, out.trailer]) {
      if (fields?.some(({ content }) => RETURNING.includes(content.from))) {
        refuse(['out'], '送出的文件里不能有结果、原因或不读取的字段');
      }
    }
    for (const from of ['account', 'amount', 'reference'] as const) {
      if (!once(out.line, from)) refuse(['out', 'line'], `送出的明细行要有且只有一个 ${from}`);
    }
    for (const from of ['outcome', 'amount', 'reference'] as const) {
      if (!once(back.line, from)) refuse(['return', 'line'], `返回的明细行要有且只有一个 ${from}`);
    }
  });

export type BankFileFormat = z.infer<typeof bankFileFormat>;
