import { Injectable } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { Clock } from '@app/kernel';
import type { CatalogueView } from './views.js';

/** What is in force in a county today, with its sources. */
@Injectable()
export class FindCatalogue {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /** @throws UnknownRegion */
  run(divisionCode: string): CatalogueView {
    const day = this.clock.today();
    const { region, fingerprint, items } = this.catalogue.region(divisionCode, day);
    return {
      region: { code: region.code, name: region.name, demo: region.demo },
      day,
      fingerprint,
      items: items.map((item) => ({
        itemId: item.id,
        version: item.version,
        title: item.title,
        domain: item.domain,
        owner: item.owner,
        mode: item.mode,
        period: item.period,
        department: item.department,
        rationed: item.rationed,
        needsCard: item.needsCard,
        steps: item.steps.map(({ id, title, kind, role, department, when, limit, limitWhen }) => ({
          id,
          title,
          kind,
          role,
          department,
          ...(when ? { when } : {}),
          limit,
          ...(limitWhen ? { limitWhen } : {}),
        })),
        materials: item.materials.map(({ id, zh, from }) => ({ id, zh, from })),
        sources: [...item.sources],
      })),
    };
  }
}
