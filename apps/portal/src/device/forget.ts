import { forgetShell } from './offline-shell';
import { signsOfKept, wipe } from './vault';

/** Nothing that this user took along is left. */
export async function forgetKept(userId: string): Promise<void> {
  await wipe(userId);
  await forgetIfNothing();
}

/** No worker is needed where nobody has anything. */
export async function forgetIfNothing(): Promise<void> {
  if ((await signsOfKept()).length === 0) await forgetShell();
}

/** How many records of this user were not told yet. */
export async function unsentHere(userId: string): Promise<number> {
  return (await signsOfKept()).find((sign) => sign.userId === userId)?.unsent ?? 0;
}
