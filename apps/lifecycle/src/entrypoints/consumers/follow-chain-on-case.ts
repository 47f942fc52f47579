import { Controller } from '@nestjs/common';
import {
  caseFacts,
  owners,
  type CaseStatus,
  type Envelope,
  type EventDefinition,
  type Owner,
} from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { FollowCases } from '../../app/follow-cases.js';
import type { CaseNews } from '../../domain/follow.js';

const kinds = new Map<string, { owner: Owner; kind: CaseNews['kind'] }>();
const events: EventDefinition[] = [];
// Terms, reminders, placements, claims and papers say nothing about where a case stands.
const beside: readonly string[] = [
  'reminded',
  'term',
  'placed',
  'placementEnded',
  'claimed',
  'claimEnded',
  'paperChecked',
];
for (const owner of owners) {
  for (const [name, event] of Object.entries(caseFacts[owner])) {
    if (beside.includes(name)) continue;
    events.push(event as EventDefinition);
    kinds.set(event.type, {
      owner,
      kind: isTold(name) ? name : 'other',
    });
  }
}

function isTold(name: string): name is Exclude<CaseNews['kind'], 'other'> {
  return (
    name === 'opened' ||
    name === 'advanced' ||
    name === 'released' ||
    name === 'decisionRevoked' ||
    name === 'kept'
  );
}

/** Of a case's facts, what is taken here. */
interface CaseData {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly caseId: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly period: string;
  readonly roundId: string | null;
  readonly status: CaseStatus;
  readonly nextStep?: string | null;
  readonly heldFrom?: CaseStatus;
  readonly twinId?: string;
}

/** Follows the cases of all owners: what each person has, and how the items of their rounds come out. */
@Controller()
export class FollowChainOnCase {
  constructor(private readonly cases: FollowCases) {}

  @OnEvents({ service: 'lifecycle', name: 'follow-chain-on-case', events })
  handle(facts: readonly Envelope[], { tx }: Slice): Promise<void> {
    return this.cases.run(tx, facts.map(newsOf));
  }
}

function newsOf(fact: Envelope): CaseNews {
  const { owner, kind } = kinds.get(fact.type) as { owner: Owner; kind: CaseNews['kind'] };
  const data = fact.data as CaseData;
  return {
    personId: data.personId,
    divisionCode: data.divisionCode,
    owner,
    kind,
    caseId: data.caseId,
    itemId: data.itemId,
    itemVersion: data.itemVersion,
    period: data.period,
    roundId: data.roundId,
    version: data.version,
    status: data.status,
    nextStep: data.nextStep ?? null,
    heldFrom: data.heldFrom ?? null,
    twinId: data.twinId ?? null,
    at: fact.time,
    message: { id: fact.id, traceparent: fact.traceparent },
    by: fact.actor,
  };
}
