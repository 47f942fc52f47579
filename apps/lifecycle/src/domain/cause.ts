import type { ActorRef, Cause as CausingMessage, RoundCause } from '@app/contracts';
import { v5 as uuidV5 } from 'uuid';

/** What a proposed stop rests on. It is withdrawn when this is gone. */
export type Ground = 'death' | 'moved-away' | 'card' | 'facts' | 'rate';

/** Why a person is decided anew. */
export interface Cause {
  readonly cause: RoundCause;
  /** The message, or the day or rules, that brought it: one round per person and cause. */
  readonly key: string;
  readonly causedOn: string;
  /** Instant of the fact, to tell what is older than a take-over of the living stock. */
  readonly at: string;
  /**
   * `always` is a round even if it plans nothing; `with-chain` is one for a person who has a chain; `if-planned` only if something is
   * to be opened or stopped; `taken-over`: a card of the living stock, which opens nothing; its round holds
   * what the person has from before. `never`: the same, of somebody in the household.
   */
  readonly round: 'always' | 'with-chain' | 'if-planned' | 'taken-over' | 'never';
  /** It says that an earlier fact was wrong: what that proposed to stop is given back, even where it was already stopped. */
  readonly undoes: Ground | null;
  readonly message: CausingMessage | null;
  readonly by: ActorRef;
}

const ROUNDS = '6a0f2c5e-3a0e-4c0e-9d53-5d1f3b1f7a11';

/** Why a round is there. That of a take-over is told to nobody: nothing follows from it. */
export type ChainCause = RoundCause | 'taken-over';

/** Whether a cause comes with the living stock. */
export function isOfOld({ round }: Pick<Cause, 'round'>): boolean {
  return round === 'taken-over' || round === 'never';
}

/** Of what a person has from before this system came: one round per person. */
export function takenOverRoundOf(personId: string): string {
  return roundIdOf(personId, { key: 'taken-over' });
}

/** The same at every delivery of the same message. */
export function roundIdOf(personId: string, cause: Pick<Cause, 'key'>): string {
  return uuidV5(`${cause.key}/${personId}`, ROUNDS);
}
