import { bankFileFormat, type BankFileFormat } from './format.js';

/**
 * Invented for the demonstration county (示范县), one of each shape, to show what a format looks like and to rehearse a pay run
 * with. They are no bank's and no treasury's formats; an installation describes its own from what its payer hands out.
 */
export const demoFormats: readonly BankFileFormat[] = [
  {
    id: 'demo-fixed',
    zh: '示范县定长格式（虚构，仅供演示）',
    out: {
      shape: { kind: 'fixed' },
      encoding: 'gb18030',
      lineEnd: 'crlf',
      header: [
        { zh: '首行标志', content: { from: 'constant', text: 'H' }, width: 1 },
        { zh: '总笔数', content: { from: 'total-count' }, width: 8, align: 'right', pad: '0' },
        { zh: '总金额', content: { from: 'total-amount', unit: 'fen' }, width: 15, align: 'right', pad: '0' },
      ],
      line: [
        { zh: '明细标志', content: { from: 'constant', text: 'D' }, width: 1 },
        { zh: '序号', content: { from: 'sequence' }, width: 8, align: 'right', pad: '0' },
        { zh: '收款账号', content: { from: 'account' }, width: 32 },
        { zh: '收款人姓名', content: { from: 'payee-name' }, width: 60 },
        { zh: '金额', content: { from: 'amount', unit: 'fen' }, width: 12, align: 'right', pad: '0' },
        { zh: '发放编号', content: { from: 'reference' }, width: 36 },
        { zh: '附言', content: { from: 'remark' }, width: 40 },
      ],
      trailer: null,
    },
    return: {
      shape: { kind: 'fixed' },
      encoding: 'gb18030',
      lineEnd: 'crlf',
      header: [
        { zh: '首行标志', content: { from: 'constant', text: 'R' }, width: 1 },
        { zh: '总笔数', content: { from: 'total-count' }, width: 8, align: 'right', pad: '0' },
        { zh: '总金额', content: { from: 'total-amount', unit: 'fen' }, width: 15, align: 'right', pad: '0' },
      ],
      line: [
        { zh: '明细标志', content: { from: 'constant', text: 'D' }, width: 1 },
        { zh: '发放编号', content: { from: 'reference' }, width: 36 },
        { zh: '金额', content: { from: 'amount', unit: 'fen' }, width: 12, align: 'right', pad: '0' },
        { zh: '处理结果', content: { from: 'outcome', paid: ['00'], failed: ['01', '02', '99'] }, width: 2 },
        { zh: '失败原因', content: { from: 'reason' }, width: 60 },
      ],
      trailer: null,
    },
  },
  {
    id: 'demo-delimited',
    zh: '示范县分隔符格式（虚构，仅供演示）',
    out: {
      shape: { kind: 'delimited', delimiter: '|', quoted: false },
      encoding: 'utf-8',
      lineEnd: 'lf',
      header: null,
      line: [
        { zh: '序号', content: { from: 'sequence' }, width: null },
        { zh: '收款账号', content: { from: 'account' }, width: 32 },
        { zh: '收款人姓名', content: { from: 'payee-name' }, width: 90 },
        { zh: '金额', content: { from: 'amount', unit: 'yuan' }, width: 15 },
        { zh: '发放编号', content: { from: 'reference' }, width: 36 },
        { zh: '附言', content: { from: 'remark' }, width: 60 },
      ],
      trailer: [
        { zh: '末行标志', content: { from: 'constant', text: 'TOTAL' }, width: null },
        { zh: '总笔数', content: { from: 'total-count' }, width: null },
        { zh: '总金额', content: { from: 'total-amount', unit: 'yuan' }, width: null },
      ],
    },
    return: {
      shape: { kind: 'delimited', delimiter: '|', quoted: false },
      encoding: 'utf-8',
      lineEnd: 'lf',
      header: null,
      line: [
        { zh: '发放编号', content: { from: 'reference' }, width: null },
        { zh: '金额', content: { from: 'amount', unit: 'yuan' }, width: null },
        { zh: '处理结果', content: { from: 'outcome', paid: ['成功'], failed: ['失败'] }, width: null },
        { zh: '失败原因', content: { from: 'reason' }, width: null },
      ],
      trailer: [
        { zh: '末行标志', content: { from: 'constant', text: 'TOTAL' }, width: null },
        { zh: '总笔数', content: { from: 'total-count' }, width: null },
        { zh: '总金额', content: { from: 'total-amount', unit: 'yuan' }, width: null },
      ],
    },
  },
].map((format) => bankFileFormat.parse(format));
