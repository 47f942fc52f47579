import { isProblem, type Problem } from '../../api/problem';
import { tellVisit } from '../../api/visits';
import {
  asWritten,
  toTell,
  withMatter,
  withoutMatter,
  withVisit,
  type KeptMatter,
  type MatterRecord,
} from '../../device/kept';
import type { Vault } from '../../device/vault';

/** What became of one matter. */
export interface Told {
  readonly personName: string | null;
  readonly title: string;
  readonly told: boolean;
}

/** What became of all of them; `error`: what cut it short. */
export interface Uploaded {
  readonly matters: readonly Told[];
  readonly error: unknown;
}

const change = (
  vault: Vault,
  personId: string,
  caseId: string,
  record: (record: MatterRecord) => MatterRecord,
) => vault.change((bag) => withMatter(bag, personId, caseId, { record }));

/**
 * Tells the owners what was written down, matter by matter. What arrived is taken off the device, what was refused stays with the reason,
 * and where nothing came back it is marked as sent: the same key sends it again, and it is done once.
 */
export async function upload(vault: Vault, tellsDay: (day: string) => string): Promise<Uploaded> {
  const matters: Told[] = [];
  const { visits } = await vault.read();
  for (const visit of visits) {
    for (const matter of visit.matters) {
      const record = toTell(visit, matter.caseId);
      if (!visit.record || !record || record.refused) continue;
      const said = { personName: visit.personName, title: matter.title };
      const note = `${tellsDay(visit.record.visitedOn)}${visit.record.note}`;
      try {
        await tell(vault, visit.personId, matter, record, note);
        matters.push({ ...said, told: true });
      } catch (error) {
        if (!isRefusal(error)) return { matters, error };
        const refused = { status: error.status, slug: error.slug, detail: error.detail };
        await change(vault, visit.personId, matter.caseId, (each) => ({ ...asWritten(each), refused }));
        matters.push({ ...said, told: false });
      }
    }
  }
  return { matters, error: null };
}

async function tell(
  vault: Vault,
  personId: string,
  { owner, caseId, step, version }: KeptMatter,
  { key, received }: MatterRecord,
  note: string,
): Promise<void> {
  await change(vault, personId, caseId, (each) => ({ ...each, uncertain: true }));
  try {
    await tellVisit({ owner, caseId, step, version, key, note, received });
  } catch (error) {
    // Whoever is signed out, or comes too often, is refused at the door: nothing has arrived.
    if (isProblem(error, 401) || isProblem(error, 429)) {
      await change(vault, personId, caseId, asWritten);
    }
    throw error;
  }
  await vault.change((bag) => withVisit(bag, personId, (visit) => withoutMatter(visit, caseId)));
}

/** Somebody has looked at it and said no; anything else may still come to be done. */
const isRefusal = (error: unknown): error is Problem =>
  isProblem(error) && error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status);
