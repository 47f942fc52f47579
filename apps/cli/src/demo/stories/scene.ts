import type { Teller } from '../story.js';
import type { Office } from '../office.js';
import type { RunningSystem } from '../../installation/running-system.js';
import type { SeededRandom } from '../random.js';
import type { Sql } from '../sql.js';

/** What a story has to work with. */
export interface Scene {
  readonly teller: Teller;
  readonly office: Office;
  readonly system: RunningSystem;
  readonly random: SeededRandom;
  /** Read and, to cause damage on purpose, written past every door, as the owner of the database. */
  readonly sql: Sql;
  /** Today in Asia/Shanghai. */
  readonly today: string;
  /** Where `items/` and `regions/` lie. */
  readonly catalogue: string;
  /** Where `calendar/` lies. */
  readonly clocks: string;
}

export interface Story {
  readonly name: string;
  readonly summary: string;
  run(scene: Scene): Promise<void>;
}
