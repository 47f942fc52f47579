import { personMergedV1, personSplitV1, type Envelope } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { ConsumerDefinition } from './consumer-definition.js';

/** Facts by which an id stands for somebody else from now on. */
const follows: ReadonlySet<string> = new Set([personMergedV1.type, personSplitV1.type]);

/** What a fact may name beside the person: after a split a case is somebody else's than it was when the fact was told. */
const PARTS = ['caseId', 'cardId', 'applicationId', 'benefitId'] as const;

type About = Partial<Record<(typeof PARTS)[number] | 'personId', unknown>>;

/** Consumers that follow merges and splits; in a slice they come first, so that the others see who is whom now. */
export function followsPersons({ events }: ConsumerDefinition): boolean {
  return events.some(({ type }) => follows.has(type));
}

/**
 * No slice writes under an id while a merge moves what is under it, and the other way round: what the one has not seen yet would stay
 * behind. To be taken before anything is read.
 */
export async function lockAliases(tx: Tx, how: 'shared' | 'alone'): Promise<void> {
  await tx.query(`select ${aliasLock(how)}`, [], `aliases-lock-${how}`);
}

/** SQL of the call that takes it. What is read in the same statement may be older than the lock. */
export function aliasLock(how: 'shared' | 'alone'): string {
  const lock = how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  return `${lock}(hashtextextended('person-aliases:' || current_schema(), 0))`;
}

/** For whom each of these ids stands; one that stands for itself is not in the answer. */
export async function aliasesOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ subject_id: string; person_id: string }>(
    'select subject_id, person_id from person_aliases where subject_id = any($1::uuid[])',
    [ids],
    'aliases-of',
  );
  return new Map(rows.map((row) => [row.subject_id, row.person_id]));
}

/** The person that an id stands for now. */
export async function currentPerson(tx: Tx, personId: string): Promise<string> {
  return (await aliasesOf(tx, [personId])).get(personId) ?? personId;
}

/** Each fact as one about whom its ids stand for now. */
export async function readdressed(tx: Tx, envelopes: readonly Envelope[]): Promise<readonly Envelope[]> {
  const ids = new Set(envelopes.flatMap(({ data }) => idsIn(data)));
  const aliases = await aliasesOf(tx, [...ids]);
  if (aliases.size === 0) return envelopes;
  return envelopes.map((envelope) => {
    const about = envelope.data as About;
    // What is parted from somebody is named more closely than the person.
    const stands = idsIn(about)
      .map((id) => aliases.get(id))
      .find((personId) => personId !== undefined);
    return stands === undefined || stands === about.personId
      ? envelope
      : { ...envelope, data: { ...about, personId: stands } };
  });
}

/** Of a fact about a person: the parts it names, then the person. */
function idsIn(data: unknown): string[] {
  const about = data as About;
  if (typeof about?.personId !== 'string') return [];
  return [...PARTS, 'personId' as const].map((name) => about[name]).filter((id) => typeof id === 'string');
}
