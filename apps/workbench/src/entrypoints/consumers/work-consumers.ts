import { Controller, type Type } from '@nestjs/common';
import {
  caseFacts,
  owners,
  personRegisteredV1,
  type CaseWork,
  type Envelope,
  type EventDefinition,
  type Owner,
} from '@app/contracts';
import { Clock } from '@app/kernel';
import { OnEvents, personConsumer, type Slice } from '@app/messaging';
import { WorkItems, type ToldCase, type ToldTerm } from '../../adapters/postgres/work-items.js';
import { WorkDone, type DoneStep } from '../../adapters/postgres/work-done.js';
import { WorkPersons, type ToldName } from '../../adapters/postgres/work-persons.js';

/** Facts that say where a case stands. A reminder says nothing new of it, and a checked paper is the person's. */
const standing: readonly EventDefinition[] = owners.flatMap((owner) => {
  const { paperChecked: _paper, reminded: _reminder, term: _term, ...told } = caseFacts[owner];
  return Object.values(told) as EventDefinition[];
});
const terms: readonly EventDefinition[] = owners.map((owner) => caseFacts[owner].term);
const termTypes = new Set(terms.map(({ type }) => type));

type CaseFact = Omit<ToldCase, 'owner' | 'at' | 'work'> & { readonly work?: CaseWork };
type TermFact = ToldTerm & { readonly holder: 'office' | 'person' };

function ownerOf({ type }: Envelope): Owner {
  return type.slice(0, type.indexOf('.')) as Owner;
}

/** What was told before facts carried the work that is left is passed over: the owner's list fills it in. */
function toldCases(events: readonly Envelope[]): ToldCase[] {
  return events.flatMap((event) => {
    const { work, ...fact } = event.data as CaseFact;
    if (termTypes.has(event.type) || !work) return [];
    return [{ ...fact, work, owner: ownerOf(event), at: event.time }];
  });
}

/** A term within which the person may act is nobody's work. */
function toldTerms(events: readonly Envelope[]): ToldTerm[] {
  return events
    .filter(({ type }) => termTypes.has(type))
    .map(({ data }) => data as TermFact)
    .filter(({ holder }) => holder === 'office');
}

const advanced = new Set(owners.map((owner) => caseFacts[owner].advanced.type));
const decided = new Set(owners.map((owner) => caseFacts[owner].decided.type));
type AdvancedFact = CaseFact & { readonly doneStep?: string };

/** Steps and decisions, with who did them. The person's consent is noted by somebody, and what a service does is nobody's work. */
function doneSteps(events: readonly Envelope[]): DoneStep[] {
  return events.flatMap((event) => {
    const { caseId, version, divisionCode, work, doneStep } = event.data as AdvancedFact;
    const isDone = decided.has(event.type) || (advanced.has(event.type) && doneStep !== 'consent');
    const by = work?.lastDoneBy[0];
    if (!isDone || !work || by === undefined || by.startsWith('service:')) return [];
    return [{ caseId, version, divisionCode, readers: work.readers, by, at: event.time }];
  });
}

@Controller()
class KeepWorkItemOnCaseFact {
  constructor(
    private readonly items: WorkItems,
    private readonly done: WorkDone,
    private readonly clock: Clock,
  ) {}

  @OnEvents({ service: 'workbench', name: 'keep-work-item-on-case-fact', events: [...standing, ...terms] })
  async handle(events: readonly Envelope[], { tx }: Slice): Promise<void> {
    await this.items.learn(tx, toldCases(events), toldTerms(events));
    await this.done.learn(tx, doneSteps(events), this.clock.now());
    await this.items.heard(
      tx,
      events.map((event) => ({ owner: ownerOf(event), at: event.time })),
    );
  }
}

@Controller()
class KnowNameOnPersonRegistered {
  constructor(private readonly persons: WorkPersons) {}

  @OnEvents({ service: 'workbench', name: 'know-name-on-person-registered', events: [personRegisteredV1] })
  async handle(events: readonly Envelope<ToldName>[], { tx }: Slice): Promise<void> {
    await this.persons.learn(
      tx,
      events.map(({ data }) => data),
    );
  }
}

/** What the queue is made from. */
export const workConsumers: readonly Type[] = [
  KeepWorkItemOnCaseFact,
  KnowNameOnPersonRegistered,
  personConsumer('workbench'),
];
