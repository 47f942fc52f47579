import { addDays, NEVER } from './days.js';
import type { ItemVersion, ServiceItem } from './schema/item.js';
import type { DatedValue, ItemOverlay, RegionFile } from './schema/region.js';
import type { Source } from './schema/source.js';
import type { ParameterValue } from './engine/compile.js';

/** A parameter's value over time, all layers of a region taken together. */
export interface TimedValue {
  readonly from: string;
  readonly value: ParameterValue | null;
  readonly demo: boolean;
  /** Code of the layer that says so. */
  readonly layer: string;
  readonly source: string | null;
}

/** What the layers of a region say about a step, the deepest one that speaks of each thing. */
type StepOverlay = NonNullable<ItemOverlay['steps']>[string];

/** An item as one region has it: which days, which values, what differs in its steps. */
export interface LayeredItem {
  readonly item: ServiceItem;
  readonly sources: readonly Source[];
  readonly timeline: Readonly<Record<string, readonly TimedValue[]>>;
  readonly steps: Readonly<Record<string, StepOverlay>>;
  /** How papers that are not there yet are dealt with here, where a layer says so in the place of the item. */
  readonly papers: Pick<ItemOverlay, 'supplement' | 'acceptIncomplete'>;
  /** Limits of the case as a whole and of its documents, where a layer says so in the place of the item. */
  readonly ofCase: Pick<ItemOverlay, 'serveWithin' | 'overall' | 'tellRefusal'>;
  inForceOn(day: string): boolean;
  /** Every day on which something about the item changes here. */
  readonly changes: readonly string[];
}

/** The codes of a county's layers, from the nation down. */
export function layerCodes(county: string): string[] {
  return ['00', county.slice(0, 2), county.slice(0, 4), county.slice(0, 6)];
}

/** Lays the files of nation, province, city and county over one another; the deepest one that speaks wins. */
export function layItems(
  items: ReadonlyMap<string, ServiceItem>,
  layers: readonly RegionFile[],
): LayeredItem[] {
  return [...items.values()]
    .filter((item) => layers.some((layer) => layer.items[item.id]?.inForce))
    .map((item) => layItem(item, layers));
}

function layItem(item: ServiceItem, layers: readonly RegionFile[]): LayeredItem {
  const overlays = layers.flatMap((layer) => {
    const overlay = layer.items[item.id];
    return overlay ? [{ layer, overlay }] : [];
  });
  const force = overlays
    .map(({ overlay }) => overlay.inForce)
    .filter((value) => value !== undefined)
    .at(-1);
  const from = force ? force.from : NEVER;
  const to = force && force.to !== undefined ? force.to : NEVER;
  const timeline = Object.fromEntries(
    Object.keys(item.parameters).map((name) => [
      name,
      mergeValues(
        overlays.map(({ layer, overlay }) => ({
          layer: layer.code,
          values: overlay.parameters?.[name] ?? [],
        })),
      ),
    ]),
  );
  const changes = new Set([
    from,
    addDays(to, 1),
    ...item.versions.map(({ effectiveFrom }) => effectiveFrom),
    ...Object.values(timeline).flatMap((values) => values.map((value) => value.from)),
  ]);
  return {
    item,
    sources: [...item.sources, ...overlays.flatMap(({ overlay }) => overlay.sources ?? [])],
    timeline,
    steps: mergeSteps(overlays.map(({ overlay }) => overlay.steps ?? {})),
    ofCase: {
      serveWithin: deepest(overlays, 'serveWithin'),
      overall: deepest(overlays, 'overall'),
      tellRefusal: deepest(overlays, 'tellRefusal'),
    },
    papers: {
      supplement: deepest(overlays, 'supplement'),
      acceptIncomplete: deepest(overlays, 'acceptIncomplete'),
    },
    inForceOn: (day) => from <= day && day <= to && versionOn(item, day) !== undefined,
    changes: [...changes].filter((day) => day !== NEVER).sort(),
  };
}

/** What the deepest layer that speaks of it says. */
function deepest<Key extends keyof ItemOverlay>(
  overlays: readonly { readonly overlay: ItemOverlay }[],
  key: Key,
): ItemOverlay[Key] {
  return overlays.findLast(({ overlay }) => overlay[key] !== undefined)?.overlay[key];
}

/** A county that names another department keeps the limit that its province has set. */
function mergeSteps(layers: readonly Readonly<Record<string, StepOverlay>>[]): Record<string, StepOverlay> {
  const merged: Record<string, StepOverlay> = {};
  for (const layer of layers) {
    for (const [step, overlay] of Object.entries(layer)) merged[step] = { ...merged[step], ...overlay };
  }
  return merged;
}

function mergeValues(layers: readonly { layer: string; values: readonly DatedValue[] }[]): TimedValue[] {
  const days = [...new Set(layers.flatMap(({ values }) => values.map(({ from }) => from)))].sort();
  return days.map((day) => {
    const speaking = layers.filter(({ values }) => values.some(({ from }) => from <= day)).at(-1) as {
      layer: string;
      values: readonly DatedValue[];
    };
    const value = speaking.values.filter(({ from }) => from <= day).at(-1) as DatedValue;
    return {
      from: day,
      value: value.value,
      demo: value.demo === true,
      layer: speaking.layer,
      source: value.source ?? null,
    };
  });
}

/** The value on a day; undefined: unset. */
export function valueOn(values: readonly TimedValue[] | undefined, day: string): ParameterValue | undefined {
  return values?.findLast(({ from }) => from <= day)?.value ?? undefined;
}

/** The wording in effect on a day. */
export function versionOn(item: ServiceItem, day: string): ItemVersion | undefined {
  return item.versions.findLast(({ effectiveFrom }) => effectiveFrom <= day);
}
