import { Controller, type Type } from '@nestjs/common';
import {
  itemOpenedV1,
  itemStopProposedV1,
  itemStopWithdrawnV1,
  type Envelope,
  type Owner,
} from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { HoldCases } from '../../app/hold-cases.js';
import type { ItemOpened, ItemStopProposed, ItemStopWithdrawn } from '../../app/item-facts.js';
import { OpenCases } from '../../app/open-cases.js';
import { ReleaseCases } from '../../app/release-cases.js';

function ownedBy<Data extends { owner: string }>(service: Owner, events: readonly Envelope<Data>[]) {
  return events.filter(({ data }) => data.owner === service);
}

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

  return [OpenCaseOnItemOpened, HoldCaseOnStopProposed, ReleaseCaseOnStopWithdrawn];
}
