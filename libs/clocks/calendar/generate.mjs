/**
 * Writes `<year>.json` from the data set `chinese-days` (a dev dependency): run it when a new release has the next year's notice, add
 * the notice below, read the diff against it, and commit. The unit test of the calendar compares every day with a second data set:
 * where the two contradict each other, the notice decides, and the day is written into `overruled` with the one that was wrong.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIRST_YEAR = 2017;

/** 发文字号 and date, only where they are known for certain, and what was changed afterwards. */
const notices = {
  2017: { number: '国办发明电〔2016〕17号', date: '2016-12-01' },
  2018: {
    number: '国办发明电〔2017〕12号',
    date: '2017-11-30',
    amendedBy: [
      {
        basis: '国务院办公厅关于2019年部分节假日安排的通知',
        number: '国办发明电〔2018〕15号',
        changes: '2018年12月30日至2019年1月1日放假调休：12月29日（星期六）上班，12月31日（星期一）放假',
      },
    ],
  },
  2019: {
    number: '国办发明电〔2018〕15号',
    amendedBy: [
      {
        basis: '国务院办公厅关于调整2019年劳动节假期安排的通知',
        number: '国办发明电〔2019〕3号',
        date: '2019-03-22',
        changes: '5月1日至4日放假调休，4月28日（星期日）、5月5日（星期日）上班',
      },
    ],
  },
  2020: {
    number: '国办发明电〔2019〕16号',
    date: '2019-11-21',
    amendedBy: [
      {
        basis: '国务院办公厅关于延长2020年春节假期的通知',
        number: '国办发明电〔2020〕1号',
        date: '2020-01-26',
        changes: '春节假期延长至2月2日（星期日）：1月31日（星期五）放假，2月1日（星期六）不再上班',
      },
    ],
  },
  2021: { number: '国办发明电〔2020〕27号', date: '2020-11-25' },
  2022: { number: '国办发明电〔2021〕11号', date: '2021-10-25' },
  2023: { number: '国办发明电〔2022〕16号', date: '2022-12-08' },
  2024: { number: '国办发明电〔2023〕7号', date: '2023-10-25' },
  2025: { number: '国办发明电〔2024〕12号', date: '2024-11-12' },
  2026: { number: '国办发明电〔2025〕7号', date: '2025-11-04' },
};

/** Days on which a public data set does not say what the notice says. */
const overruled = {
  2018: [
    {
      day: '2018-06-16',
      dataset: 'holiday-calendar',
      says: 'worked',
      why: '通知第五条：端午节6月18日放假，与周末连休；没有调休，6月16日（星期六）不上班',
    },
    {
      day: '2018-09-22',
      dataset: 'holiday-calendar',
      says: 'worked',
      why: '通知第六条：中秋节9月24日放假，与周末连休；没有调休，9月22日（星期六）不上班',
    },
    {
      day: '2018-12-29',
      dataset: 'holiday-calendar',
      says: 'off',
      why: '2019年的通知第一条：12月29日（星期六）上班；该数据集的2018年只有2018年的通知',
    },
    {
      day: '2018-12-31',
      dataset: 'holiday-calendar',
      says: 'worked',
      why: '2019年的通知第一条：2018年12月30日至2019年1月1日放假调休；该数据集的2018年只有2018年的通知',
    },
  ],
};

const packageFile = (path) => fileURLToPath(import.meta.resolve(`chinese-days/${path}`));
const read = (path) => JSON.parse(readFileSync(packageFile(path), 'utf8'));
const { holidays, workdays, inLieuDays } = read('dist/chinese-days.json');
const { version } = read('package.json');

const years = [...new Set(Object.keys(holidays).map((day) => Number(day.slice(0, 4))))].sort();
for (const year of years.filter((candidate) => candidate >= FIRST_YEAR)) {
  const { amendedBy, ...notice } = notices[year] ?? {};
  const days = [...Object.keys(holidays), ...Object.keys(workdays)]
    .filter((day) => day.startsWith(String(year)))
    .sort()
    .map((day) => [
      day,
      {
        type: day in workdays ? '调休班' : day in inLieuDays ? '调休休' : '法定休',
        name: (workdays[day] ?? holidays[day]).split(',')[1],
      },
    ]);
  const source = {
    basis: `国务院办公厅关于${year}年部分节假日安排的通知`,
    ...notice,
    dataset: 'chinese-days',
    version,
    licence: 'MIT, see LICENSE-chinese-days',
    ...(amendedBy ? { amendedBy } : {}),
  };
  const content = {
    year,
    source,
    ...(overruled[year] ? { overruled: overruled[year] } : {}),
    days: Object.fromEntries(days),
  };
  writeFileSync(new URL(`${year}.json`, import.meta.url), `${JSON.stringify(content, null, 2)}\n`);
}
