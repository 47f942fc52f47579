/** How the stories' banks say line by line what became of an order; invented, nobody is paid by it. */
export const BANK_ANSWER = {
  shape: { kind: 'delimited', delimiter: '|', quoted: false },
  ...{ encoding: 'utf-8', lineEnd: 'lf', header: null, trailer: null },
  line: [
    { zh: '发放编号', content: { from: 'reference' }, width: null },
    { zh: '金额', content: { from: 'amount', unit: 'fen' }, width: null },
    { zh: '处理结果', content: { from: 'outcome', paid: ['成功'], failed: ['失败'] }, width: null },
    { zh: '失败原因', content: { from: 'reason' }, width: null },
  ],
};

/** What a story looks at of a pay run. */
export interface SeenRun {
  readonly runNo: number;
  readonly state: string;
  readonly count: number;
  readonly fen: number;
  readonly version: number;
  readonly openFindings: number;
}
