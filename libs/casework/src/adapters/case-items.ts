import { Inject, Injectable } from '@nestjs/common';
import { Catalogue, type Circumstance, type ItemInForce } from '@app/catalogue';
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

  /**
   * @param circumstances what is so of the case: the item has the steps and limits of such cases
   * @throws UnknownItem, UnknownRegion
   */
  of(
    itemId: string,
    version: string,
    divisionCode: string,
    circumstances: readonly Circumstance[] = [],
  ): CaseItem {
    const key = [divisionCode.slice(0, 6), version, itemId, ...circumstances].join(' ');
    let item = this.known.get(key);
    if (!item) {
      item = toCaseItem(this.catalogue.itemVersion(itemId, version, divisionCode), circumstances);
      this.known.set(key, item);
    }
    return item;
  }

  /** The item as it is in force at a place today, for such a case; undefined if it is not, or not this service's. */
  inForce(
    itemId: string,
    divisionCode: string,
    day: string,
    circumstances: readonly Circumstance[] = [],
  ): { readonly item: CaseItem; readonly rule: ItemInForce } | undefined {
    const rule = this.catalogue.region(divisionCode, day).items.find(({ id }) => id === itemId);
    if (!rule || rule.owner !== this.owner) return undefined;
    return { item: this.of(itemId, rule.version, divisionCode, circumstances), rule };
  }
}

function toCaseItem(rule: ItemInForce, circumstances: readonly Circumstance[]): CaseItem {
  const asked = rule.materials.filter(({ from }) => from === 'asked');
  return {
    id: rule.id,
    version: rule.version,
    title: rule.title.zh,
    owner: rule.owner,
    mode: rule.mode,
    department: rule.department,
    rationed: rule.rationed,
    steps: stepsOf(rule, circumstances),
    askedMaterials: asked.map(({ id }) => id),
    materialTitles: Object.fromEntries(asked.map(({ id, zh }) => [id, zh])),
    supplement: rule.supplement,
    acceptIncomplete: rule.acceptIncomplete,
    remedies: rule.remedies.map(({ decides, evidence, ...remedy }) => ({
      ...remedy,
      decides: decides ?? null,
      evidence: evidence ?? null,
    })),
    publicNotice: rule.publicNotice,
    serveWithin: rule.serveWithin,
    overall: rule.overall,
    tellRefusal: rule.tellRefusal,
  };
}

/** The steps of such a case, each with its limit for such a case. */
function stepsOf({ steps }: ItemInForce, circumstances: readonly Circumstance[]): CaseItem['steps'] {
  return steps
    .filter(({ when }) => when === undefined || circumstances.includes(when))
    .map(({ when: _when, limitWhen, title, limit, ...step }) => {
      const [special] = circumstances.flatMap((each) => limitWhen?.[each] ?? []);
      return { ...step, title: title.zh, limit: special ?? limit };
    });
}
