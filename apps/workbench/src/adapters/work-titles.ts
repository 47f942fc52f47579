import { Injectable } from '@nestjs/common';
import { Catalogue, UnknownItem, UnknownRegion } from '@app/catalogue';

/** What an item and its steps are called. */
export interface ItemTitles {
  readonly title: string;
  readonly steps: ReadonlyMap<string, { readonly title: string; readonly kind: 'work' | 'decide' }>;
}

/** Tasks that are no step of an item, and the same in every one. */
const BESIDE_STEPS: ItemTitles['steps'] = new Map([
  ['consent', { title: '征求本人意见', kind: 'work' }],
  ['hand-over', { title: '移交承办单位', kind: 'work' }],
  ['place', { title: '安排承办单位', kind: 'work' }],
  ['hold', { title: '暂停待核定', kind: 'decide' }],
]);

/** A step of an item that is done where the person lives. */
export interface HomeStep {
  readonly itemId: string;
  readonly step: string;
}

/** Titles of items and steps as the catalogue has them, in the version and at the place of a case. */
@Injectable()
export class WorkTitles {
  private readonly known = new Map<string, ItemTitles>();

  constructor(private readonly catalogue: Catalogue) {}

  /** Of what this release's catalogue does not know, the id is all there is to show. */
  of(itemId: string, version: string, divisionCode: string): ItemTitles {
    const key = `${divisionCode.slice(0, 6)} ${version} ${itemId}`;
    let titles = this.known.get(key);
    if (!titles) {
      titles = this.read(itemId, version, divisionCode) ?? { title: itemId, steps: BESIDE_STEPS };
      this.known.set(key, titles);
    }
    return titles;
  }

  /** The steps that are done where the person lives (入户、上门), of every version of every item. */
  homeSteps(): readonly HomeStep[] {
    return this.catalogue.items.flatMap(({ id, versions }) => {
      const steps = versions.flatMap((version) => version.steps.filter(({ atHome }) => atHome));
      return [...new Set(steps.map((step) => step.id))].map((step) => ({ itemId: id, step }));
    });
  }

  private read(itemId: string, version: string, divisionCode: string): ItemTitles | null {
    try {
      const { title, steps } = this.catalogue.itemVersion(itemId, version, divisionCode);
      return {
        title: title.zh,
        steps: new Map([
          ...BESIDE_STEPS,
          ...steps.map((step) => [step.id, { title: step.title.zh, kind: step.kind }] as const),
        ]),
      };
    } catch (error) {
      if (error instanceof UnknownItem || error instanceof UnknownRegion) return null;
      throw error;
    }
  }
}
