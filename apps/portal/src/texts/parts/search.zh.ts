/** Looking for persons, cases and documents from every page. */
export const search = {
  open: '全局查找',
  shortcut: '（Ctrl+K）',
  title: '查找人员、案件和文书',
  what: '姓名、拼音或完整号码',
  help: '可以填姓名、拼音或拼音首字母，也可以填完整的身份证号、残疾人证号、临时登记编号，或者案件、文书的编号或地址。填写的内容不会留在地址、历史记录和日志里。',
  casesOnly: '您的岗位不能查看人员档案，只查找案件。',
  go: '查找',
  results: '查找结果',
  groups: { persons: '人员', cases: '案件', documents: '文书' },
  missing: '请填写姓名或号码',
  notWhole:
    '这不是姓名，也不是完整的号码。身份证号 15 或 18 位，残疾人证号 20 位或以上；只记得一部分的，请按姓名查找。',
  refused: '没有按这个号码查找',
  found: (persons: number, cases: number, documents: number) =>
    [
      persons > 0 && `人员 ${persons} 人`,
      cases > 0 && `案件 ${cases} 件`,
      documents > 0 && `文书 ${documents} 份`,
    ]
      .filter(Boolean)
      .join('，'),
  foundLead: (what: string) => `找到：${what}。按上下方向键选择，按回车键打开。`,
  none: '在您的管辖范围内没有找到。',
  noneHelp: '请核对姓名或号码；也可能此人不在您的管辖范围内，或者还没有登记。',
  tooManyPersons: (shown: number) =>
    `同名的人超过 ${shown} 位，只列出前 ${shown} 位。请填写完整姓名，或者用身份证号查找。`,
  tooManyCases: (shown: number, total: string) =>
    `案件共 ${total} 件，只列出期限最近的 ${shown} 件。其余请到待办队列或人员档案中查看。`,
  born: (day: string) => `${day}出生`,
};
