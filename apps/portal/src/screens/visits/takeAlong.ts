import { caseNow, catalogueNow, type WaitingVisit } from '../../api/visits';
import { together, type Bag, type KeptMatter, type KeptVisit } from '../../device/kept';
import { keepShell } from '../../device/offline-shell';
import { keep, unlock } from '../../device/vault';
import type { Texts } from '../../texts/zh';
import { materialTitleOf } from '../case/materialTitles';

/** Who goes, when, and what opens it on the way. */
export interface Taking {
  readonly userId: string;
  readonly day: string;
  readonly passphrase: string;
  /** Something of this user's is kept already: the passphrase must open it. */
  readonly alreadyKept: boolean;
}

/** The passphrase opens nothing. */
export class WrongPassphrase extends Error {}

/** What came of it: persons taken along, and matters that had changed and stayed. */
export interface Taken {
  readonly persons: number;
  readonly changed: number;
}

/**
 * Fetches what is needed of each matter, and keeps it on the device.
 * @throws WrongPassphrase before anything is fetched
 */
export async function takeAlong(chosen: readonly WaitingVisit[], taking: Taking, t: Texts): Promise<Taken> {
  const { userId, day, passphrase, alreadyKept } = taking;
  const vault = alreadyKept ? await unlock(userId, passphrase) : null;
  if (alreadyKept && !vault) throw new WrongPassphrase();
  await keepShell();
  const taken: KeptVisit[] = [];
  let changed = 0;
  // One after another: a village's line is thin, and the gateway counts.
  for (const visit of chosen) {
    const matters: KeptMatter[] = [];
    for (const line of visit.matters) {
      const matter = await matterOf(line, t);
      if (matter) matters.push(matter);
      else changed += 1;
    }
    if (matters.length > 0) taken.push(keptOf(visit, matters));
  }
  if (taken.length > 0) {
    const add = (before: Bag | null) => together(before, day, taken);
    if (vault) await vault.change(add);
    else await keep(userId, passphrase, add(null));
  }
  return { persons: taken.length, changed };
}

function keptOf(visit: WaitingVisit, matters: readonly KeptMatter[]): KeptVisit {
  const { personId, personName, divisionCode, divisionName } = visit;
  const takenAt = new Date().toISOString();
  return { personId, personName, divisionCode, place: divisionName, takenAt, matters, record: null };
}

/** As the owner has it now; null: the visit is not what it waits for any more. */
async function matterOf(
  { owner, caseId, title, task }: WaitingVisit['matters'][number],
  t: Texts,
): Promise<KeptMatter | null> {
  const detail = await caseNow({ owner, caseId });
  if (!task || detail.task?.step !== task.step) return null;
  const catalogue = detail.missingMaterials.length > 0 ? await catalogueNow(detail.divisionCode) : undefined;
  return {
    owner,
    caseId,
    title,
    step: task.step,
    stepTitle: task.title,
    version: detail.version,
    papers: detail.missingMaterials.map((material) => ({
      material,
      title: materialTitleOf(catalogue, detail.itemId, material, t),
    })),
  };
}
