import type { MessageParams, MessageTemplate } from './message.v1.js';

/** A message in words: one text to be sent or read out, and the same as a letter (纸质通知) to be printed in large type. */
export interface MessageWords {
  /** 短信或语音的全文. */
  readonly text: string;
  readonly letter: {
    readonly title: string;
    /** Short sentences, one a line. */
    readonly lines: readonly string[];
  };
}

/** What tells a kind of disability or an illness: it is not said where somebody else may read or hear it. */
const TELLING =
  /精神|智力|视力|听力|言语|肢体|多重|孤独症|自闭|脑瘫|癫痫|抑郁|失能|肿瘤|癌|艾滋|服药|药物|盲|聋|哑/;

const UNNAMED_ITEM = '您办理的事项';
const UNNAMED_PAPER = '一份证明材料（是哪一份，请问工作人员）';
const WHERE = '村（社区）或者乡镇（街道）残联';

/** Whether a text names a kind of disability or an illness (残疾类别、疾病、诊断). */
export function tellsOfHealth(text: string): boolean {
  return TELLING.test(text);
}

/** The title of an item as a message may name it: one that tells of a disability is not named. */
export function itemInMessage(title: string): string {
  return tellsOfHealth(title) ? UNNAMED_ITEM : title;
}

/** The name of a paper as a message may name it: without what stands in brackets, where it is explained for whom it is. */
export function paperInMessage(name: string): string {
  const short = name.replaceAll(/（[^）]*）|\([^)]*\)/g, '').trim();
  return short === '' || tellsOfHealth(short) ? UNNAMED_PAPER : short;
}

/** The words of a message, in Chinese that a phone's small screen and a voice can carry. The same for the same parameters. */
export function wordsOf(template: MessageTemplate, params: MessageParams): MessageWords {
  const { title, lines } = letters[template](params);
  return { text: `【残联】${lines.join('')}`, letter: { title, lines } };
}

interface Letter {
  readonly title: string;
  readonly lines: readonly string[];
}

const letters: Readonly<Record<MessageTemplate, (params: MessageParams) => Letter>> = {
  renewal: ({ day, papers, place }) => ({
    title: '换证提醒',
    lines: [
      day ? `您的残疾人证有效期到${dayInWords(day)}。` : '您的残疾人证快到期了。',
      `请到${place ?? WHERE}办理期满换领，不收费。`,
      ...broughtAlong(papers),
    ],
  }),
  'missing-paper': ({ item, day, papers, place }) => ({
    title: '缺少材料的通知',
    lines: [
      `您办理的${quoted(item)}还缺${papers.length}份材料：${papers.join('、')}。`,
      `请${day ? `在${dayInWords(day)}之前（含当天）` : '尽快'}交到${place ?? WHERE}。`,
    ],
  }),
  appointment: ({ item, day, time, place, purpose, papers, again }) => ({
    title: again ? '预约提醒' : '预约通知',
    lines: [
      `${again ? '提醒您：' : ''}请您${day ? dayInWords(day) : ''}${time ? timeInWords(time) : ''}到${place ?? WHERE}，办理${quoted(item)}${purpose ? `（${purpose}）` : ''}。`,
      ...broughtAlong(papers),
      '来不了的，请提前告诉工作人员。',
    ],
  }),
  'appointment-cancelled': ({ item, day, time, place }) => ({
    title: '预约取消的通知',
    lines: [
      `您办理${quoted(item)}的预约取消了：${day ? dayInWords(day) : ''}${time ? timeInWords(time) : ''}不用到${place ?? WHERE}来。`,
      '新的时间会另外通知您。',
    ],
  }),
  'term-reminder': ({ item, day, place }) => ({
    title: '办理期限提醒',
    lines: [
      `您的${quoted(item)}有一个期限${day ? `到${dayInWords(day)}为止` : '快到了'}。`,
      `请在期限内到${place ?? WHERE}办理，或者问工作人员怎么办。`,
    ],
  }),
  'decision-ready': ({ item, place }) => ({
    title: '办理结果的通知',
    lines: [`您办理的${quoted(item)}有结果了。`, `请到${place ?? WHERE}领取书面通知。`],
  }),
};

function quoted(item: string): string {
  return item === UNNAMED_ITEM ? '事项' : `“${item}”`;
}

function broughtAlong(papers: readonly string[]): string[] {
  return papers.length === 0 ? [] : [`请带上：${papers.join('、')}。`];
}

/** `2026-12-08` → 2026年12月8日（星期二）. */
function dayInWords(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const weekday = '日一二三四五六'[new Date(Date.UTC(year, month - 1, date)).getUTCDay()]!;
  return `${year}年${month}月${date}日（星期${weekday}）`;
}

/** `14:30` → 下午2点30分. */
function timeInWords(time: string): string {
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  const half = hour < 12 ? '上午' : '下午';
  return `${half}${hour > 12 ? hour - 12 : hour}点${minute === 0 ? '' : `${minute}分`}`;
}
