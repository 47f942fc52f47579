import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import { Database } from '@app/platform';

export type RegionMode = 'issued-here' | 'followed';

/** Where a county's cards are decided. */
@Injectable()
export class RegionModes {
  constructor(private readonly database: Database) {}

  async of(actor: ActorRef, divisionCode: string): Promise<RegionMode> {
    const [row] = await this.database.query<{ mode: RegionMode }>(
      actor,
      'select mode from certification_regions where county = $1',
      [divisionCode.slice(0, 6)],
    );
    return row?.mode ?? 'issued-here';
  }
}
