import type { MessageChannel } from '@app/contracts';

/** How somebody wants to be told, and who is to be told (本人或监护人). */
export interface ContactPreference {
  readonly channel: MessageChannel;
  /** Guardian who is told in the person's place; null: the person. */
  readonly guardianId: string | null;
}

/** What is on file of how somebody is reached. */
export interface Reachable {
  readonly hasPhone: boolean;
  /** Those who act for the person today, the earliest first. */
  readonly guardians: readonly { readonly guardianId: string; readonly hasPhone: boolean }[];
}

/** The way that a message takes. */
export type Way = ContactPreference;

/**
 * Nobody is asked for a preference: without one it is a text message where a telephone is on file, the person's or else a guardian's, and a
 * letter where none is. A preference that cannot be followed any more (the guardianship ended) counts as none; a text or call to somebody
 * without a telephone becomes a letter.
 */
export function wayTo(preference: ContactPreference | null, { hasPhone, guardians }: Reachable): Way {
  const guardian = guardians.find(({ guardianId }) => guardianId === preference?.guardianId);
  if (preference && (preference.guardianId === null || guardian)) {
    const canRing = guardian ? guardian.hasPhone : hasPhone;
    return canRing ? preference : { ...preference, channel: 'paper' };
  }
  const channel = preference?.channel ?? 'text';
  if (channel !== 'paper') {
    if (hasPhone) return { channel, guardianId: null };
    const ringing = guardians.find((each) => each.hasPhone);
    if (ringing) return { channel, guardianId: ringing.guardianId };
  }
  return { channel: 'paper', guardianId: null };
}
