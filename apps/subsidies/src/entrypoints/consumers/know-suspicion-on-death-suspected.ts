import { Controller } from '@nestjs/common';
import { deathClearedV1, deathSuspectedV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { SuspectedDeaths } from '../../adapters/postgres/suspected-deaths.js';

interface DeathMatchNews {
  readonly personId: string;
  readonly matchId: string;
  readonly diedOn?: string;
}

/** So that a pay run asks before it pays somebody whom a death list may mean. */
@Controller()
export class KnowSuspicionOnDeathSuspected {
  constructor(private readonly suspected: SuspectedDeaths) {}

  @OnEvents({
    service: 'subsidies',
    name: 'know-suspicion-on-death-suspected',
    events: [deathSuspectedV1, deathClearedV1],
  })
  async handle(events: readonly Envelope<DeathMatchNews>[], { tx }: Slice): Promise<void> {
    await this.suspected.know(
      tx,
      events.map(({ key, data: { personId, matchId, diedOn } }) => ({
        matchId,
        subjectId: key,
        personId,
        diedOn: diedOn ?? null,
      })),
    );
  }
}
