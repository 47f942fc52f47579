import { Controller, type Type } from '@nestjs/common';
import {
  accountLeftV1,
  caseFacts,
  deathRecordedV1,
  deathWithdrawnV1,
  itemOpenedV1,
  itemStopProposedV1,
  itemStopWithdrawnV1,
  movedAwayV1,
  movedInV1,
  owners,
  personRegisteredV1,
  representativesChangedV1,
  type Envelope,
  type EventDefinition,
  type Owner,
} from '@app/contracts';
import { Notices } from '@app/clocks';
import { ClosedFiles } from '@app/files';
import { OnEvents, type Slice } from '@app/messaging';
import type { Tx } from '@app/platform';
import { CaseClaims } from '../../adapters/postgres/case-claims.js';
import { CasePersons, type Applicant, type PersonFact } from '../../adapters/postgres/case-persons.js';
import {
  CaseRepresentatives,
  type RepresentativesFact,
} from '../../adapters/postgres/case-representatives.js';
import { KnownPapers, ownerOf, type KnownPaper } from '../../adapters/postgres/known-papers.js';
import { HoldCases } from '../../app/hold-cases.js';
import type { ItemOpened, ItemStopProposed, ItemStopWithdrawn } from '../../app/item-facts.js';
import { OpenCases } from '../../app/open-cases.js';
import { ReleaseCases } from '../../app/release-cases.js';

function ownedBy<Data extends { owner: string }>(service: Owner, events: readonly Envelope<Data>[]) {
  return events.filter(({ data }) => data.owner === service);
}

interface PersonNews {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly diedOn?: string;
}

/** Of what registry tells of a person: who it is, where, and whether still there. Name, number and birth are left where they are. */
function personFactOf({
  type,
  data: { personId, divisionCode, version, diedOn },
}: Envelope<PersonNews>): PersonFact {
  return {
    personId,
    divisionCode,
    version,
    ...(type === movedAwayV1.type || type === movedInV1.type ? { movedAway: type === movedAwayV1.type } : {}),
    ...(type === deathRecordedV1.type || type === deathWithdrawnV1.type ? { diedOn: diedOn ?? null } : {}),
  };
}

const papersChecked: readonly EventDefinition[] = owners.map((owner) => caseFacts[owner].paperChecked);

/** The consumers of one service's cases; each reads the facts of its own items and passes over the others. */
export function caseConsumers(service: Owner): Type[] {
  @Controller()
  class OpenCaseOnItemOpened {
    constructor(private readonly openCases: OpenCases) {}

    @OnEvents({ service, name: 'open-case-on-item-opened', events: [itemOpenedV1] })
    async handle(events: readonly Envelope<ItemOpened>[], { tx }: Slice): Promise<void> {
      await this.openCases.run(tx, ownedBy(service, events));
    }
  }

  @Controller()
  class HoldCaseOnStopProposed {
    constructor(private readonly holdCases: HoldCases) {}

    @OnEvents({
      service,
      name: 'hold-case-on-stop-proposed',
      events: [itemStopProposedV1],
      stopFacts: [itemStopProposedV1],
    })
    async handle(events: readonly Envelope<ItemStopProposed>[], { tx }: Slice): Promise<void> {
      await this.holdCases.run(tx, ownedBy(service, events));
    }
  }

  @Controller()
  class ReleaseCaseOnStopWithdrawn {
    constructor(private readonly releaseCases: ReleaseCases) {}

    @OnEvents({ service, name: 'release-case-on-stop-withdrawn', events: [itemStopWithdrawnV1] })
    async handle(events: readonly Envelope<ItemStopWithdrawn>[], { tx }: Slice): Promise<void> {
      await this.releaseCases.run(tx, ownedBy(service, events));
    }
  }

  @Controller()
  class FollowApplicantOnPersonFact {
    constructor(
      private readonly persons: CasePersons,
      private readonly representatives: CaseRepresentatives,
      private readonly closed: ClosedFiles,
    ) {}

    @OnEvents({
      service,
      name: 'follow-applicant-on-person-fact',
      events: [
        personRegisteredV1,
        movedAwayV1,
        movedInV1,
        deathRecordedV1,
        deathWithdrawnV1,
        representativesChangedV1,
      ],
      stopFacts: [movedAwayV1, deathRecordedV1],
    })
    async handle(events: readonly Envelope<PersonNews>[], { tx }: Slice): Promise<void> {
      const isList = ({ type }: Envelope) => type === representativesChangedV1.type;
      await this.representatives.follow(
        tx,
        events.filter(isList).map(({ data }) => data as PersonNews & RepresentativesFact),
      );
      const facts = events.filter((event) => !isList(event)).map(personFactOf);
      if (facts.length === 0) return;
      await this.persons.follow(tx, facts);
      await this.closeFiles(tx, facts);
    }

    /** The papers of who died or moved away stay closed, until it proves wrong or they come back. */
    private async closeFiles(tx: Tx, facts: readonly PersonFact[]): Promise<void> {
      const concerned = facts.filter(
        ({ diedOn, movedAway }) => diedOn !== undefined || movedAway !== undefined,
      );
      if (concerned.length === 0) return;
      // As they now stand, whichever of the facts came last.
      const standing = await this.persons.standingOf(
        tx,
        concerned.map(({ personId }) => personId),
      );
      const those = (is: (person: Applicant) => boolean) =>
        [...standing].filter(([, person]) => is(person)).map(([personId]) => personId);
      await this.closed.close(
        tx,
        those(({ diedOn }) => diedOn !== null),
        'died',
      );
      await this.closed.reopen(
        tx,
        those(({ diedOn }) => diedOn === null),
        'died',
      );
      await this.closed.close(
        tx,
        those(({ movedAway }) => movedAway),
        'moved-away',
      );
      await this.closed.reopen(
        tx,
        those(({ movedAway }) => !movedAway),
        'moved-away',
      );
    }
  }

  @Controller()
  class HandOnClaimsOnAccountLeft {
    constructor(
      private readonly claims: CaseClaims,
      private readonly notices: Notices,
    ) {}

    @OnEvents({ service, name: 'hand-on-claims-on-account-left', events: [accountLeftV1] })
    async handle(
      events: readonly Envelope<{ userId: string; successorId: string }>[],
      { tx }: Slice,
    ): Promise<void> {
      const leavings = events.map(({ data }) => data);
      await this.claims.handOn(
        tx,
        events.map((event) => ({ ...event.data, cause: event })),
      );
      await this.notices.handOn(tx, leavings);
    }
  }

  @Controller()
  class KnowPaperOnPaperChecked {
    constructor(private readonly papers: KnownPapers) {}

    @OnEvents({ service, name: 'know-paper-on-paper-checked', events: papersChecked })
    async handle(events: readonly Envelope<Omit<KnownPaper, 'owner'>>[], { tx }: Slice): Promise<void> {
      await this.papers.learn(
        tx,
        events.map(({ type, data }) => ({ ...data, owner: ownerOf(type) })),
      );
    }
  }

  return [
    OpenCaseOnItemOpened,
    HoldCaseOnStopProposed,
    ReleaseCaseOnStopWithdrawn,
    FollowApplicantOnPersonFact,
    HandOnClaimsOnAccountLeft,
    KnowPaperOnPaperChecked,
  ];
}
