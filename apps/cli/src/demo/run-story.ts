import { shanghaiDay } from '@app/kernel';
import { join } from 'node:path';
import type { RunningSystem } from '../installation/running-system.js';
import { Office } from './office.js';
import { SeededRandom } from './random.js';
import { Sql } from './sql.js';
import { StoryFailed, Teller, type StoryReport, type Told } from './story.js';
import { calendarStory } from './stories/calendar.story.js';
import { deathStory } from './stories/death.story.js';
import { duplicateStory } from './stories/duplicate.story.js';
import { issueStory } from './stories/issue.story.js';
import { poisonStory } from './stories/poison.story.js';
import type { Story } from './stories/scene.js';

/** The stories that run beside a running system. */
export const stories: readonly Story[] = [issueStory, duplicateStory, poisonStory, deathStory, calendarStory];

export interface StoryOptions {
  /** As the demo county's users reach it. */
  readonly system: RunningSystem;
  readonly story: Story;
  readonly seed: number;
  /** The directory that holds `libs/catalogue`. */
  readonly root: string;
  readonly print: (told: Told) => void;
}

/** Runs a story against a running system. @returns what happened, and whether it ended as it must */
export async function runStory({ system, story, seed, root, print }: StoryOptions): Promise<StoryReport> {
  const today = shanghaiDay(new Date());
  const teller = new Teller(print);
  const sql = new Sql(system.state.databaseUrl);
  try {
    await story.run({
      teller,
      office: new Office(system, teller, today),
      system,
      random: new SeededRandom(seed),
      sql,
      today,
      catalogue: join(root, 'libs', 'catalogue'),
      clocks: join(root, 'libs', 'clocks'),
    });
    return teller.report(story.name, null);
  } catch (error) {
    if (!(error instanceof StoryFailed)) throw error;
    return teller.report(story.name, error);
  } finally {
    await sql.close();
  }
}
