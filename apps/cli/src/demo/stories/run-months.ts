import { join } from 'node:path';
import { Office } from '../office.js';
import { SeededRandom } from '../random.js';
import { Sql } from '../sql.js';
import { StoryFailed, Teller, type StoryReport, type Told } from '../story.js';
import { MonthInstallation } from './month-installation.js';
import { days } from './month-planter.js';
import { MONTH, tellMonths } from './month.story.js';

export interface MonthOptions {
  /** Of the story's own installation. */
  readonly home: string;
  /** The directory that holds `libs/catalogue`. */
  readonly root: string;
  readonly seed: number;
  readonly print: (told: Told) => void;
}

/** Tells the story on an installation of its own, since no running one can be brought through two months. */
export async function runMonths({ home, root, seed, print }: MonthOptions): Promise<StoryReport> {
  const teller = new Teller(print, 60);
  teller.tell('启动故事自己的系统，日期由故事推进 · brings up its own system, whose days the story tells');
  const installation = await MonthInstallation.start(home, days.goLive);
  const { system } = installation;
  const sql = new Sql(system.state.databaseUrl);
  const random = new SeededRandom(seed);
  try {
    await tellMonths(async (day) => {
      await installation.tell(day);
      return {
        ...{ teller, system, sql, random, today: day, office: new Office(system, teller, day) },
        catalogue: join(root, 'libs', 'catalogue'),
        clocks: join(root, 'libs', 'clocks'),
      };
    });
    return teller.report(MONTH.name, null);
  } catch (error) {
    if (!(error instanceof StoryFailed)) throw error;
    return teller.report(MONTH.name, error);
  } finally {
    await sql.close();
    await installation.stop();
  }
}
