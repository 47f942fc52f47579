import { Injectable } from '@nestjs/common';
import { Catalogue, UnknownRegion, type RegionCatalogue } from '@app/catalogue';

/** The catalogues of a day, by county. */
@Injectable()
export class RegionsOfDay {
  private day = '';
  private byCounty = new Map<string, RegionCatalogue | null>();

  constructor(private readonly catalogue: Catalogue) {}

  /** @returns null where no region's file covers the county */
  of(divisionCode: string, day: string): RegionCatalogue | null {
    if (this.day !== day) {
      this.day = day;
      this.byCounty = new Map();
    }
    const county = divisionCode.slice(0, 6);
    let region = this.byCounty.get(county);
    if (region === undefined) {
      region = this.find(divisionCode, day);
      this.byCounty.set(county, region);
    }
    return region;
  }

  private find(divisionCode: string, day: string): RegionCatalogue | null {
    try {
      return this.catalogue.region(divisionCode, day);
    } catch (error) {
      if (error instanceof UnknownRegion) return null;
      throw error;
    }
  }
}
