import { shanghaiDay } from '@app/kernel';
import pc from 'picocolors';
import { table as columns, widthOf } from '../output.js';

interface Waits {
  readonly zh: string;
}

/** What is shown of a chain; the whole of it is in lifecycle's OpenAPI document. */
export interface SeenPersonChain {
  readonly personId: string;
  readonly divisionCode: string;
  readonly rounds: readonly {
    readonly roundId: string;
    readonly zh: string;
    readonly causedOn: string;
    readonly status: 'open' | 'complete';
    readonly items: readonly {
      readonly title: { readonly zh: string };
      readonly action: 'open' | 'stop';
      readonly status: string;
      readonly outcome: string | null;
      readonly itemId: string;
      readonly waitsFor: (Waits & { readonly since: string | null; readonly unitId: string | null }) | null;
      readonly terms: readonly SeenTerm[];
      readonly end: { readonly zh: string; readonly en: string } | null;
    }[];
    readonly clock: {
      readonly zh: string;
      readonly en: string;
      readonly critical: readonly string[];
      readonly followUps: readonly {
        readonly itemId: string;
        readonly title: { readonly zh: string };
        readonly after: string;
        readonly factZh: string;
      }[];
      readonly promise: {
        readonly dueDay: string | null;
        readonly basis: string;
        readonly mark: string | null;
      } | null;
    };
  }[];
}

/** A legal term of a case: until when, by which article, and why it stands still. */
interface SeenTerm {
  readonly step: string;
  readonly holder: 'office' | 'person';
  readonly kind: 'statutory' | 'local_rule' | 'promised';
  readonly basis: string;
  readonly dueDay: string | null;
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly pausedSince: string | null;
  readonly pauseReason: string | null;
  readonly mark: string | null;
}

/** What is shown of the table. */
export interface SeenServiceTable {
  readonly day: string;
  readonly region: { readonly name: string };
  readonly card: 'none' | 'valid' | 'stopped';
  readonly items: readonly SeenTableItem[];
}

interface SeenTableItem {
  readonly itemId: string;
  readonly title: { readonly zh: string };
  readonly outcome: 'entitled' | 'not-entitled' | 'needs-fact';
  readonly zh: string;
  readonly missing: readonly {
    readonly zh: string;
    readonly question: string | null;
    readonly source: string;
  }[];
  readonly takenOver: boolean;
  readonly has: readonly {
    readonly period: string;
    readonly status: string;
    readonly waitsFor: Waits | null;
    readonly stop: { readonly effectiveOn: string } | null;
  }[];
}

/** A hundred columns, less what a closing mark may hang over. */
const WIDTH = 98;
const INDENT = '    ';

const STATUS: Readonly<Record<string, string>> = {
  planned: '已列入',
  invited: '待本人同意',
  listed: '已列名单',
  open: '办理中',
  deciding: '待决定',
  waiting: '轮候',
  granted: '已享有',
  refused: '不予批准',
  declined: '本人放弃',
  'handed-over': '已移交',
  held: '暂缓，待决定',
  stopped: '已停止',
  withdrawn: '已撤回',
  released: '已恢复',
};

const CARD = { none: '无证', valid: '有效', stopped: '停用' } as const;

/** The chain, newest round first, and the table by outcome; in 100 columns. */
export function describeChain(chain: SeenPersonChain, table: SeenServiceTable | null): string {
  return [
    pc.bold(
      `人员 ${chain.personId}  区划 ${chain.divisionCode}${table ? `  残疾人证 ${CARD[table.card]}` : ''}`,
    ),
    '',
    pc.bold('链 · chain'),
    ...(chain.rounds.length === 0
      ? ['  还没有办理轮次 · no round yet']
      : chain.rounds.flatMap(describeRound)),
    '',
    ...(table ? describeTable(table) : ['尚未认定 · nothing determined yet']),
  ].join('\n');
}

function describeRound({
  zh,
  causedOn,
  status,
  roundId,
  items,
  clock,
}: SeenPersonChain['rounds'][number]): string[] {
  const done = items.filter(({ outcome }) => outcome !== null).length;
  const state = status === 'complete' ? pc.green('已办结 · complete') : pc.yellow('办理中 · open');
  const rows = items.map(({ title, action, status: stands, outcome, waitsFor, terms }) => [
    `  ${outcome === null ? pc.yellow('…') : pc.green('✓')}`,
    `${action === 'stop' ? '停：' : ''}${title.zh}`,
    stateInChinese(outcome ?? stands),
    [...(waitsFor ? [`等待 ${waitsFor.zh}${sinceOf(waitsFor.since)}`] : []), ...terms.map(describeTerm)].join(
      '；',
    ),
  ]);
  return [
    `${causedOn}  ${zh}  ${state}  ${done}/${items.length}  ${pc.dim(roundId)}`,
    ...(items.length === 0 ? ['  没有要办的事项 · nothing to do'] : fit(rows)),
    ...(status === 'open' ? describeClock(items, clock) : []),
    ...describePromise(clock.promise),
  ];
}

/** How long the round may take, which items it hangs on, and what comes after them. */
function describeClock(
  items: SeenPersonChain['rounds'][number]['items'],
  { zh, en, critical, followUps }: SeenPersonChain['rounds'][number]['clock'],
): string[] {
  const titles = new Map([...items, ...followUps].map(({ itemId, title }) => [itemId, title.zh]));
  const nameOf = (itemId: string) => titles.get(itemId) ?? itemId;
  return [
    ...wrap(`时限 · clock：${zh} · ${en}`, INDENT),
    ...(critical.length === 0
      ? []
      : wrap(`关键路径 · critical path：${critical.map(nameOf).join(' → ')}`, INDENT)),
    ...followUps.flatMap(({ title, after, factZh }) =>
      wrap(`其后 · then：${title.zh}（待 ${nameOf(after)} 确定“${factZh}”）`, INDENT),
    ),
  ];
}

/** Nothing where the place has published nothing. */
function describePromise(promise: SeenPersonChain['rounds'][number]['clock']['promise']): string[] {
  if (!promise) return [];
  const mark = promise.mark ? ` ${promise.mark} · past the promise` : '';
  return wrap(`承诺 · promised：${promise.dueDay ?? '—'}${mark}（${promise.basis}）`, INDENT);
}

const KIND = {
  statutory: '法定 · statutory',
  local_rule: '地方规定 · local rule',
  promised: '承诺 · promised',
};
const MARK: Readonly<Record<string, string>> = {
  超期: '超期 · overdue',
  超承诺: '超承诺 · past the promise',
  期满: '期满 · expired',
};

function describeTerm({ holder, kind, basis, dueDay, provisional, ...term }: SeenTerm): string {
  const whose = holder === 'person' ? '本人期限 · the person’s term' : `期限 · due`;
  if (term.paused) {
    return `${whose} 中止 · paused${sinceOf(term.pausedSince)}（${term.pauseReason ?? ''}；${basis}）`;
  }
  const mark = term.mark ? ` ${MARK[term.mark] ?? term.mark}` : '';
  return `${whose} ${dueDay ?? '—'}${provisional ? '（暂定 · provisional）' : ''}${mark}（${KIND[kind]}；${basis}）`;
}

/** The day of an instant in Asia/Shanghai. */
function sinceOf(instant: string | null): string {
  return instant === null ? '' : `，自 ${shanghaiDay(new Date(instant))} · since`;
}

/** Rows whose last column wraps under itself. */
function fit(rows: readonly (readonly string[])[]): string[] {
  const heads = columns(rows.map((row) => [...row.slice(0, -1), '|'])).split('\n');
  return rows.flatMap((row, index) => {
    const head = heads[index]!.slice(0, -1);
    const room = WIDTH - widthOf(head);
    if (room < 24) return [head.trimEnd(), ...wrap(row.at(-1)!, INDENT)];
    const [first = '', ...more] = lines(row.at(-1)!, room);
    return [`${head}${first}`.trimEnd(), ...more.map((line) => `${' '.repeat(widthOf(head))}${line}`)];
  });
}

function describeTable({ day, region, items }: SeenServiceTable): string[] {
  const of = (outcome: SeenTableItem['outcome']) => items.filter((item) => item.outcome === outcome);
  const [entitled, asked, refused] = [of('entitled'), of('needs-fact'), of('not-entitled')];
  return [
    pc.bold(`一张表 · service table  ${region.name}  ${day}`),
    '',
    pc.green(`符合 · entitled  ${entitled.length}`),
    ...entitled.flatMap((item) => describeItem(item, [item.zh])),
    '',
    pc.yellow(`待核实 · needs a fact  ${asked.length}`),
    ...asked.flatMap((item) =>
      describeItem(
        item,
        item.missing.length === 0
          ? [item.zh]
          : item.missing.map(({ zh, question, source }) => `问 ${question ?? zh}（${source}）`),
      ),
    ),
    '',
    pc.dim(`不符合 · not entitled  ${refused.length}`),
    ...refused.flatMap((item) => describeItem(item, [item.zh])),
  ];
}

function describeItem({ title, itemId, has, takenOver }: SeenTableItem, why: readonly string[]): string[] {
  const held = has.map(({ period, status, waitsFor, stop }) =>
    [
      `已有 ${stateInChinese(status)}`,
      period === 'once' || period.length > 10 ? '' : `（${period}）`,
      waitsFor ? `，等待 ${waitsFor.zh}` : '',
      stop ? `，拟自 ${stop.effectiveOn} 停止` : '',
    ].join(''),
  );
  // The living stock's benefits run outside until a reconciliation takes them in.
  const stock = takenOver && has.length === 0 ? ['随存量接收，待核对在享情况'] : [];
  return [
    `  ${title.zh}  ${pc.dim(itemId)}`,
    ...[...why, ...held, ...stock].flatMap((text) => wrap(text, INDENT)),
  ];
}

function stateInChinese(status: string): string {
  return STATUS[status] ? `${STATUS[status]} · ${status}` : status;
}

function wrap(text: string, indent: string): string[] {
  return lines(text, WIDTH - widthOf(indent)).map((line) => indent + line);
}

/** Chinese has no blanks to break at: any character may begin a line, but not closing marks. */
function lines(text: string, room: number): string[] {
  const result: string[] = [];
  let line = '';
  for (const character of text) {
    if (widthOf(line + character) > room && !'，。；：、）？'.includes(character)) {
      result.push(line);
      line = '';
    }
    line += character;
  }
  return line === '' ? result : [...result, line];
}
