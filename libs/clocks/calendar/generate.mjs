/**
 * Writes `<year>.json` from the data set `chinese-days` (a dev dependency): run it when a new release has the next year's notice,
 * read the diff against the notice itself, and commit. Years before 2019 are left out: there the public data sets contradict each
 * other, and no term of this system is that old.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIRST_YEAR = 2019;

const packageFile = (path) => fileURLToPath(import.meta.resolve(`chinese-days/${path}`));
const read = (path) => JSON.parse(readFileSync(packageFile(path), 'utf8'));
const { holidays, workdays, inLieuDays } = read('dist/chinese-days.json');
const { version } = read('package.json');

const years = [...new Set(Object.keys(holidays).map((day) => Number(day.slice(0, 4))))].sort();
for (const year of years.filter((candidate) => candidate >= FIRST_YEAR)) {
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
    dataset: 'chinese-days',
    version,
    licence: 'MIT, see LICENSE-chinese-days',
    basis: `国务院办公厅关于${year}年部分节假日安排的通知`,
  };
  const file = new URL(`${year}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ year, source, days: Object.fromEntries(days) }, null, 2)}\n`);
}
