import { caseFacts } from './casework/case.v1.js';
import { messageFacts } from './casework/message.v1.js';
import { applicationRemindedV1 } from './certification/application.v1.js';
import * as card from './certification/card.v1.js';
import type { EventDefinition } from './define-event.js';
import * as chain from './lifecycle/chain.v1.js';
import * as item from './lifecycle/item.v1.js';
import * as death from './registry/death.v1.js';
import { factRecordedV1 } from './registry/fact-recorded.v1.js';
import { factWithdrawnV1 } from './registry/fact-withdrawn.v1.js';
import * as message from './registry/message.v1.js';
import * as moved from './registry/moved.v1.js';
import { personMergedV1 } from './registry/person-merged.v1.js';
import { personNumberChangedV1 } from './registry/person-number-changed.v1.js';
import { personRegisteredV1 } from './registry/person-registered.v1.js';
import { personSplitV1 } from './registry/person-split.v1.js';
import { representativesChangedV1 } from './registry/representatives-changed.v1.js';
import * as suspectedDeath from './registry/suspected-death.v1.js';
import * as benefit from './subsidies/benefit.v1.js';
import * as payment from './subsidies/payment.v1.js';
import * as account from './workbench/account.v1.js';
import * as calendar from './workbench/calendar.v1.js';

function definitionsIn(module: object): EventDefinition[] {
  return Object.values(module).filter(
    (value): value is EventDefinition =>
      typeof value === 'object' && value !== null && 'topic' in value && 'schema' in value && 'of' in value,
  );
}

/** Every event type that any service publishes, in a stable order. */
export const allEvents: readonly EventDefinition[] = [
  personRegisteredV1,
  personMergedV1,
  personNumberChangedV1,
  personSplitV1,
  representativesChangedV1,
  factRecordedV1,
  factWithdrawnV1,
  ...definitionsIn(death),
  ...definitionsIn(suspectedDeath),
  ...definitionsIn(moved),
  ...definitionsIn(message),
  applicationRemindedV1,
  ...definitionsIn(card),
  ...definitionsIn(chain),
  ...definitionsIn(item),
  ...Object.values(caseFacts).flatMap((facts) => Object.values(facts) as EventDefinition[]),
  ...Object.values(messageFacts).flatMap((facts) => Object.values(facts) as EventDefinition[]),
  ...definitionsIn(benefit),
  ...definitionsIn(payment),
  ...definitionsIn(account),
  ...definitionsIn(calendar),
].sort((a, b) => (a.type < b.type ? -1 : 1));

const byType = new Map(allEvents.map((event) => [event.type, event]));

/** The definition of a type name, or undefined for a type that this release does not know. */
export function eventOfType(type: string): EventDefinition | undefined {
  return byType.get(type);
}

/** Every topic, in a stable order. */
export const allTopics: readonly string[] = [...new Set(allEvents.map((event) => event.topic))].sort();
