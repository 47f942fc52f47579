/** A paper that the person brings: its page, its scan. */
export const paper = {
  title: '材料审查',
  heading: (paper: string, item: string) => `${paper} · ${item}`,
  back: '返回案件',
  notOfCase: '这件案件没有要求这份材料。',
  wrong: '不合格的原因',
  noScan: '没有上传扫描件。',
  todo: '办理',
  receive: '登记收到原件',
  scanOf: (title: string) => `扫描件：${title}`,
  upload: '上传扫描件',
  earlier: '本人以前提供过的同一材料',
  given: (owner: string, day: string) => `${owner}于 ${day} 核对过`,
  use: '使用这份',
  inOrder: '这份材料已核对无误。',
  reject: {
    open: '不合格…',
    reason: '哪里不合格，需要改交什么',
    missing: '请写明哪里不合格、需要改交什么，至少 5 个字',
    submit: '退回这份材料',
  },
  waive: {
    open: '不用提供…',
    reason: '为什么不用提供',
    missing: '请写明为什么不用提供，至少 5 个字',
    submit: '登记不用提供',
  },
  open: '查看与办理',
  openOf: (title: string) => `查看与办理：${title}`,
};

export const scan = {
  what: '扫描件',
  missing: '请选择要上传的扫描件',
  open: '查看扫描件',
  audited: '查看会登记在审计记录中。',
  tools: '看图工具',
  larger: '放大',
  smaller: '缩小',
  turn: '旋转',
  shownAt: (percent: number, degrees: number) =>
    degrees === 0 ? `${percent}%` : `${percent}%，已旋转 ${degrees} 度`,
  frame: (title: string) => `扫描件画面：${title}`,
  imageOf: (title: string) => `${title}的扫描件`,
  keys: '画面获得焦点后，可用 + 放大、- 缩小、R 旋转，方向键滚动。',
  notAnImage: '这是 PDF 文件，请保存后用本机的阅读器打开。',
  save: '保存 PDF',
};
