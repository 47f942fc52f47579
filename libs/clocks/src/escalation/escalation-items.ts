import type { PlaceRange } from './place.js';
import type { StepInForce } from './rule-check.js';

/** What a service's rules can be about, as its owner knows it. */
export abstract class EscalationItems {
  /** The service's steps in every county of this reach, as they are in force today; a county without a catalogue has none. */
  abstract stepsIn(reach: PlaceRange): readonly StepInForce[];
}
