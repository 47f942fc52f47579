import { Injectable } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';

export type RegionMode = 'issued-here' | 'followed';

/** Where a county's cards are decided, as its region file says (`certification.mode`). */
@Injectable()
export class RegionModes {
  constructor(private readonly catalogue: Catalogue) {}

  /** A region that says nothing decides its cards here: nothing is taken from a file that nobody has named. */
  of(divisionCode: string): RegionMode {
    const county = divisionCode.slice(0, 6);
    return this.catalogue.regions.find(({ code }) => code === county)?.certification ?? 'issued-here';
  }
}
