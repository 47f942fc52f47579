import type { CaseDetail, CaseDocument } from '../../api/cases';
import { formatsOf } from './format';

const { day } = formatsOf('zh-CN');

/** What a document says to its person before reason and remedies: Chinese, in whatever language somebody works. */
const said: Record<CaseDocument['kind'], (detail: CaseDetail) => string> = {
  decision: ({ title, standing }) =>
    `您申请的“${title}”，经审核符合规定，决定予以批准${standing.effectiveFrom ? `，自${day(standing.effectiveFrom)}起执行` : ''}。`,
  refusal: ({ title }) => `您申请的“${title}”，经审核不符合规定，决定不予批准。`,
  stop: ({ title, standing }) =>
    `您的“${title}”，决定${standing.stoppedFrom ? `自${day(standing.stoppedFrom)}起` : ''}停止。`,
  lapse: ({ title }) => `您申请的“${title}”，因没有按照告知补正材料，视为撤回申请。`,
  supplement: ({ title }) => `您申请的“${title}”，材料还不齐全或者不符合要求，现一次性告知如下。`,
  extension: ({ title }) => `您申请的“${title}”，不能在原定期限内办结，现延长办理期限。`,
  'challenge-decision': ({ title }) => `您就“${title}”提出的请求，已有处理结果。`,
};

/** The words of a document, paragraph by paragraph. */
export const noticeLines = (
  detail: CaseDetail,
  { kind, reason, remedy }: CaseDocument,
): readonly string[] => [
  said[kind](detail),
  ...(reason ? [kind === 'supplement' ? reason : `理由：${reason}`] : []),
  ...(remedy ? [`救济途径：${remedy}`] : []),
];

/** The words around them. */
export const noticeWords = {
  to: (name: string) => `${name}：`,
  unnamed: '________',
  number: (number: string) => `编号：${number}`,
  by: (office: string) => `承办：${office}`,
  seal: '（盖章）',
  day,
};
