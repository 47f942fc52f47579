import { shanghaiDay } from '@app/kernel';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invent } from './newcomer.js';
import type { Scene, Story } from './scene.js';

/** Ten working days for the approval (残疾人证管理办法 §9(4)). */
const APPROVAL_DAYS = 10;

type SpecialDays = Readonly<Record<string, { readonly type: string; readonly name: string }>>;

/** A make-up working day inside a legal term brings its end forward by a day. */
export const calendarStory: Story = {
  name: 'calendar',
  summary: '调休：补班日算工作日，期限早到一天 · a make-up working day moves a deadline',
  async run(scene: Scene): Promise<void> {
    const { office, teller, today } = scene;
    const special = specialDays(scene, Number(today.slice(0, 4)));
    const makeUp = latestMakeUpDay(special, today);
    teller.tell(`${makeUp} is a weekend day that is worked (${special[makeUp]!.name}调休班)`);

    // The notice ended three days before it, so that the ten working days of the approval run over it.
    const to = plusDays(makeUp, -3);
    const { person, personId } = await invent(scene);
    teller.personId = personId;
    const components = [{ category: 'physical', grade: 2 }] as const;
    const applicationId = await office.applyUntilNotice(
      personId,
      person,
      { components },
      { from: plusDays(to, -30), to },
    );
    const [term] = (await office.termsOf(applicationId)).filter(({ step }) => step === 'approve');
    const due = term?.dueAt ? shanghaiDay(new Date(Date.parse(term.dueAt) - 1)) : null;

    const withMakeUp = count(to, (day) => isWorked(special, day));
    const weekendsOnly = count(to, (day) => isWorked(special, day) && special[day]?.type !== '调休班');
    teller.tell(`counted from ${to}: ${withMakeUp} with the make-up day, ${weekendsOnly} without it`);
    teller.expect('the term of the approval counts the make-up day', due, withMakeUp);
    teller.expect('and would end later without it', weekendsOnly > withMakeUp, true);
    teller.expect('a term that has passed shows 超期', term?.mark, withMakeUp < today ? '超期' : null);
  },
};

function specialDays({ clocks }: Scene, year: number): SpecialDays {
  const days: Record<string, { type: string; name: string }> = {};
  for (const each of [year - 1, year]) {
    const file = join(clocks, 'calendar', `${each}.json`);
    if (existsSync(file))
      Object.assign(days, (JSON.parse(readFileSync(file, 'utf8')) as { days: SpecialDays }).days);
  }
  return days;
}

/** The last one that lies far enough back for a notice to have ended before it. */
function latestMakeUpDay(special: SpecialDays, today: string): string {
  const found = Object.keys(special)
    .filter((day) => special[day]!.type === '调休班' && day < today)
    .sort()
    .at(-1);
  if (!found) throw new Error('no make-up working day is on the calendar of this year or the last');
  return found;
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function isWorked(special: SpecialDays, day: string): boolean {
  const type = special[day]?.type;
  if (type) return type === '调休班';
  return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

/** The tenth day after the anchor that is worked. */
function count(anchor: string, worked: (day: string) => boolean): string {
  let day = anchor;
  for (let left = APPROVAL_DAYS; left > 0;) {
    day = plusDays(day, 1);
    if (worked(day)) left -= 1;
  }
  return day;
}
