import { InvalidArgumentError, Option, type Command } from 'commander';
import { explain, WorkingCalendar, type TermExplained, type TermUnit } from '@app/clocks';
import pc from 'picocolors';
import { action } from '../cli.js';
import { table } from '../output.js';

const units = [
  'working-day',
  'natural-day',
  'month',
  'day-of-next-month',
] as const satisfies readonly TermUnit[];

interface DeadlineOptions {
  readonly value: number;
  readonly unit: TermUnit;
  readonly division?: string;
  readonly rollOver?: boolean;
  readonly close?: string;
}

/** Why a term ends when it ends, day by day; needs no running system. */
export function deadlineCommand(program: Command): void {
  program
    .command('deadline')
    .description('期限 · legal terms')
    .command('explain')
    .description('逐日说明期限为什么在这一天届满 · why a term ends on its day')
    .argument(
      '<anchor>',
      '起算事件之日 YYYY-MM-DD，当日不计 · day of the event, not counted itself',
      calendarDay,
    )
    .requiredOption('--value <number>', '多少 · how many', wholeNumber)
    .addOption(new Option('--unit <unit>', '单位 · unit').choices(units).default('working-day'))
    .option('--division <code>', '十二位区划代码，计入地方假日 · its local days off', divisionCode)
    .option('--roll-over', '末日为休息日则顺延（仅限有依据的事项）· rolls over a day off')
    .option('--close <HH:MM>', '停止办公时间 · close of business', closeOfBusiness)
    .action(
      action(async ({ output }, anchorDay: string, options: DeadlineOptions) => {
        const explained = explain(
          {
            anchorDay,
            value: options.value,
            unit: options.unit,
            kind: 'statutory',
            basis: 'onething deadline explain',
            ...(options.rollOver ? { rollOver: true } : {}),
            ...(options.close ? { closeOfBusiness: options.close } : {}),
            ...(options.division ? { divisionCode: options.division } : {}),
          },
          WorkingCalendar.load(),
        );
        output.answer(explained, () => describe(explained));
      }),
    );
}

function describe({ lastDay, provisional, days }: TermExplained): string {
  let number = 0;
  const rows = days.map(({ day, counted, reason }) => [
    day,
    counted ? pc.green(String((number += 1)).padStart(3)) : '  —',
    reason,
  ]);
  const end = `${pc.bold(`届满 · ends on ${lastDay}`)}${provisional ? '  暂定：该年度放假安排尚未公布 · provisional' : ''}`;
  return `${table(rows)}\n\n${end}`;
}

function calendarDay(text: string): string {
  const instant = new Date(`${text}T00:00:00Z`);
  if (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(instant.getTime()) &&
    instant.toISOString().startsWith(text)
  )
    return text;
  throw new InvalidArgumentError('应为日期，如 2026-09-18 · must be a day such as 2026-09-18');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 5000) return value;
  throw new InvalidArgumentError('应为 1 至 5000 的整数 · must be a whole number from 1 to 5000');
}

function divisionCode(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('应为 12 位统计用区划代码 · must be twelve digits');
}

function closeOfBusiness(text: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  throw new InvalidArgumentError('应为时刻，如 17:30 · must be a time such as 17:30');
}
