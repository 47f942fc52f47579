import { Inject, Injectable } from '@nestjs/common';
import { Catalogue, type ItemInForce } from '@app/catalogue';
import type { Owner } from '@app/contracts';
import { SERVICE_NAME } from '@app/service-host';
import type { CaseItem } from '../domain/item.js';

/** The service's items, as its cases need them: in the version by which a case is judged for life. */
@Injectable()
export class CaseItems {
  private readonly known = new Map<string, CaseItem>();

  constructor(
    private readonly catalogue: Catalogue,
    @Inject(SERVICE_NAME) private readonly owner: Owner,
  ) {}

  /** @throws UnknownItem, UnknownRegion */
  of(itemId: string, version: string, divisionCode: string): CaseItem {
    const key = `${divisionCode.slice(0, 6)} ${version} ${itemId}`;
    let item = this.known.get(key);
    if (!item) {
      item = toCaseItem(this.catalogue.itemVersion(itemId, version, divisionCode));
      this.known.set(key, item);
    }
    return item;
  }

  /** The item as it is in force at a place today; undefined if it is not, or not this service's. */
  inForce(
    itemId: string,
    divisionCode: string,
    day: string,
  ): { readonly item: CaseItem; readonly rule: ItemInForce } | undefined {
    const rule = this.catalogue.region(divisionCode, day).items.find(({ id }) => id === itemId);
    if (!rule || rule.owner !== this.owner) return undefined;
    return { item: this.of(itemId, rule.version, divisionCode), rule };
  }
}

function toCaseItem(rule: ItemInForce): CaseItem {
  return {
    id: rule.id,
    version: rule.version,
    title: rule.title.zh,
    owner: rule.owner,
    mode: rule.mode,
    department: rule.department,
    rationed: rule.rationed,
    steps: rule.steps.map((step) => ({ ...step, title: step.title.zh })),
    askedMaterials: rule.materials.filter(({ from }) => from === 'asked').map(({ id }) => id),
  };
}
