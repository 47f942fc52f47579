import { createHash } from 'node:crypto';
import type { Department, Role } from '@app/access';
import type { ItemMode, Owner } from '@app/contracts';
import {
  compile,
  every,
  MAYBE,
  not,
  some,
  YES,
  type Parameters,
  type Reason,
  type Test,
} from './engine/compile.js';
import { allOf, anyOf, explain, negate, type TraceNode } from './engine/explain.js';
import { Scope } from './engine/facts.js';
import { NEVER, earlier } from './days.js';
import { nearest, UnknownItem, UnknownRegion } from './errors.js';
import { layerCodes, layItems, valueOn, versionOn, type LayeredItem, type TimedValue } from './layers.js';
import { catalogueDirectory, loadFiles, type LoadedFiles } from './load.js';
import type { Circumstance, ItemVersion, Material, ServiceItem } from './schema/item.js';
import type { StepLimit } from './schema/limit.js';
import type { AcceptIncomplete, Supplement } from './schema/papers.js';
import type { RegionFile } from './schema/region.js';
import type { Remedy } from './schema/remedy.js';
import type { StepRungs } from './schema/rungs.js';
import type { Source, Title } from './schema/source.js';
import type { FactValue, Subject } from './subject.js';

export type Outcome = 'entitled' | 'not-entitled' | 'needs-fact';

/** What came out for one person and one item on one day. */
export interface Determination {
  readonly itemId: string;
  readonly itemVersion: string;
  readonly outcome: Outcome;
  /** For needs-fact: the facts (or `param:<item>.<name>`) that are not known and can still change it. */
  readonly needs: readonly string[];
  /** For a decided outcome: the facts that decided it. */
  readonly reasons: readonly Reason[];
  /** The earliest later day on which a date alone can change the outcome; null: none. Facts may change it any day. */
  readonly nextDay: string | null;
}

/** Why an outcome is as it is, recomputed from the facts. */
export interface Trace {
  readonly itemId: string;
  readonly itemVersion: string;
  readonly region: string;
  readonly day: string;
  readonly outcome: Outcome;
  readonly root: TraceNode;
}

export interface ItemStep {
  readonly id: string;
  readonly title: Title;
  readonly kind: 'work' | 'decide';
  readonly role: Role;
  readonly department: Department | null;
  /** It is done where the person lives (入户、上门): one visit serves every matter of the person that waits for one. */
  readonly atHome?: true | undefined;
  /** Absent: the step is done in every case. */
  readonly when?: Circumstance | undefined;
  readonly limit: StepLimit | null;
  /** The limit where something is so of the case, in the place of `limit`. */
  readonly limitWhen?: Readonly<Partial<Record<Circumstance, StepLimit | undefined>>> | undefined;
  /** Absent: the ladder of the house. */
  readonly rungs?: StepRungs | undefined;
}

/** An item as a region has it in force, in one version, with the region's values laid over it. */
export interface ItemInForce {
  readonly id: string;
  readonly version: string;
  readonly title: Title;
  readonly domain: string;
  readonly owner: Owner;
  readonly mode: ItemMode;
  /** What a case is unique by, see `periodOf`. */
  readonly period: 'once' | 'year' | 'round';
  /** Who decides, or to whom it is listed or referred; null: the federation itself. */
  readonly department: Department | null;
  readonly rationed: boolean;
  /** Facts that are known once it is decided. */
  readonly gives: readonly string[];
  /** Nobody without a valid card is entitled to it. */
  readonly needsCard: boolean;
  readonly steps: readonly ItemStep[];
  readonly materials: readonly Material[];
  /** How missing papers are asked for; null: once, without a day, and no term is touched. */
  readonly supplement: Supplement | null;
  /** What may be accepted before its papers are complete; null: nothing. */
  readonly acceptIncomplete: AcceptIncomplete | null;
  /** How the person can have a decision looked at again; none where no source names one. */
  readonly remedies: readonly Remedy[];
  /** How long a public notice runs before it is service; null: no text says. */
  readonly publicNotice: StepLimit | null;
  /** Within how long a document is served; null: neither a text nor the place says. */
  readonly serveWithin: StepLimit | null;
  /** Within how long it is decided in all, beside the terms of the steps; null: no text says. */
  readonly overall: StepLimit | null;
  /** Within how long after the decision the person is told of a refusal; null: no text says. */
  readonly tellRefusal: StepLimit | null;
  readonly sources: readonly Source[];
  readonly amounts: ItemVersion['amounts'];
  readonly payment: ItemVersion['payment'];
  readonly review: ItemVersion['review'];
  readonly stops: ItemVersion['stops'];
  readonly reopens: readonly string[];
  readonly choices: ItemVersion['choices'];
  readonly conditions: ItemVersion['conditions'];
  readonly exclusions: ItemVersion['exclusions'];
  /** Six-digit code of the county whose values these are. */
  readonly region: string;
  /** Every parameter's values over time, deepest layer first in rank; unset ones are empty or null. */
  readonly values: Readonly<Record<string, readonly TimedValue[]>>;
}

export interface Region {
  readonly code: string;
  readonly name: string;
  readonly level: 'nation' | 'province' | 'city' | 'county';
  readonly demo: boolean;
  /** Cards are decided here, or followed from the system above; null where no layer says so. */
  readonly certification: 'issued-here' | 'followed' | null;
  /** Within how long a whole round is promised to be done here; null where no layer says so. */
  readonly chainPromise: StepLimit | null;
  /** Within how long a released gap is promised to be looked after here; null where no layer says so. */
  readonly gapPromise: StepLimit | null;
  /** Within how long a released gap is to be looked after by a rule of this place; null where no layer says so. */
  readonly gapLimit: StepLimit | null;
}

/** The catalogue in force in one county on one day. */
export interface RegionCatalogue {
  readonly region: Region;
  readonly items: readonly ItemInForce[];
  /** Changes whenever anything that can change an outcome here changes. */
  readonly fingerprint: string;
  /** Every item in force, in the order of `items`. */
  determine(subject: Subject, day: string): readonly Determination[];
  /** Only the items that can come to something without a card, in the order of `items`: of the others nobody without one is entitled. */
  determineWithoutCard(subject: Subject, day: string): readonly Determination[];
  /** @throws UnknownItem for an item that is not in force here */
  explain(itemId: string, subject: Subject, day: string): Trace;
}

/** The policy of the house: items and regions, read once and checked. */
export class Catalogue {
  readonly items: readonly ServiceItem[];
  readonly regions: readonly Region[];
  private readonly layered = new Map<string, { items: readonly LayeredItem[]; epochs: readonly string[] }>();
  private readonly compiled = new Map<string, RegionCatalogue>();

  private constructor(private readonly files: LoadedFiles) {
    this.items = [...files.items.values()];
    this.regions = [...files.regions.values()].map((file) => this.describe(file));
  }

  /** That of the running house: nine services of one process read it once. */
  private static house: Catalogue | undefined;

  /**
   * @param directory default: `libs/catalogue` of the running house, read once per process
   * @throws CatalogueError with file, position, what is wrong and what to do
   */
  static load(directory?: string): Catalogue {
    if (directory !== undefined) return new Catalogue(loadFiles(directory));
    return (Catalogue.house ??= new Catalogue(loadFiles(catalogueDirectory())));
  }

  /** From checked files in memory: mutation tests change them. */
  static of(files: LoadedFiles): Catalogue {
    return new Catalogue(files);
  }

  /** @throws UnknownRegion where no file covers the county of the place */
  region(divisionCode: string, day: string): RegionCatalogue {
    const county = this.countyOf(divisionCode);
    const { items, epochs } = this.layersOf(county);
    const epoch = epochs.findLast((on) => on <= day) ?? '';
    const key = `${county} ${epoch}`;
    let found = this.compiled.get(key);
    if (!found) {
      found = new CompiledRegion(
        this.described(county),
        items.filter((item) => item.inForceOn(day)),
        day,
      );
      this.compiled.set(key, found);
    }
    return found;
  }

  /**
   * An item in a given version as the region has it: a case is judged by its version for life.
   * @throws UnknownItem, UnknownRegion
   */
  itemVersion(itemId: string, version: string, divisionCode: string): ItemInForce {
    const county = this.countyOf(divisionCode);
    const layered = this.layersOf(county).items.find(({ item }) => item.id === itemId);
    const wording = layered?.item.versions.find((candidate) => candidate.version === version);
    if (!layered || !wording) {
      throw new UnknownItem(itemId, version, nearest(itemId, this.files.items.keys()));
    }
    return inForce(layered, wording, this.described(county));
  }

  private countyOf(divisionCode: string): string {
    const county = divisionCode.slice(0, 6);
    if (county.length !== 6 || !this.files.regions.has(county)) {
      throw new UnknownRegion(
        divisionCode,
        this.regions.filter(({ level }) => level === 'county').map(({ code }) => code),
      );
    }
    return county;
  }

  /** A county's items, and the days on which any of them changes: between two such days one compiled catalogue serves. */
  private layersOf(county: string): { items: readonly LayeredItem[]; epochs: readonly string[] } {
    let found = this.layered.get(county);
    if (!found) {
      const layers = layerCodes(county).flatMap((code) => this.files.regions.get(code) ?? []);
      const items = layItems(this.files.items, layers);
      found = { items, epochs: [...new Set(items.flatMap(({ changes }) => changes))].sort() };
      this.layered.set(county, found);
    }
    return found;
  }

  private described(county: string): Region {
    return this.regions.find(({ code }) => code === county) as Region;
  }

  private describe(file: RegionFile): Region {
    const layers =
      file.code === '00' ? ['00'] : layerCodes(file.code.padEnd(6, '_')).slice(0, 1 + file.code.length / 2);
    const deepest = <Value>(of: (layer: RegionFile) => Value | undefined): Value | undefined =>
      layers
        .map((code) => this.files.regions.get(code))
        .map((layer) => layer && of(layer))
        .findLast((value) => value !== undefined);
    const level =
      file.code === '00'
        ? 'nation'
        : ({ 2: 'province', 4: 'city', 6: 'county' } as const)[file.code.length as 2 | 4 | 6];
    return {
      code: file.code,
      name: file.name,
      level,
      demo: file.demo,
      certification: deepest(({ certification }) => certification?.mode) ?? null,
      chainPromise: deepest(({ chain }) => chain?.promise) ?? null,
      gapPromise: deepest(({ gaps }) => gaps?.promise) ?? null,
      gapLimit: deepest(({ gaps }) => gaps?.limit) ?? null,
    };
  }
}

function inForce(
  { item, sources, timeline, steps, ofCase, papers }: LayeredItem,
  version: ItemVersion,
  region: Region,
): ItemInForce {
  return {
    id: item.id,
    version: version.version,
    title: item.title,
    domain: item.domain,
    owner: item.owner,
    mode: item.mode,
    period: item.period,
    department: item.department,
    rationed: item.rationed,
    gives: item.gives ?? NOTHING,
    needsCard: restsOnCard(version.conditions),
    steps: version.steps.map((step) => ({ ...step, ...steps[step.id] })),
    materials: version.materials,
    remedies: version.remedies ?? NOTHING,
    publicNotice: version.publicNotice ?? null,
    serveWithin: ofCase.serveWithin ?? version.serveWithin ?? null,
    overall: ofCase.overall ?? version.overall ?? null,
    tellRefusal: ofCase.tellRefusal ?? version.tellRefusal ?? null,
    supplement: papers.supplement ?? version.supplement ?? null,
    acceptIncomplete: papers.acceptIncomplete ?? version.acceptIncomplete ?? null,
    // An invented county has no documents of its own: it shows those of the places that it is modelled on.
    sources: sources.filter(
      ({ place }) => place === undefined || region.demo || region.code.startsWith(place),
    ),
    amounts: version.amounts,
    payment: version.payment,
    review: version.review,
    stops: version.stops,
    reopens: version.reopens,
    choices: version.choices,
    conditions: version.conditions,
    exclusions: version.exclusions,
    region: region.code,
    values: timeline,
  };
}

/** Whether a valid card stands among the conditions that must all hold. */
function restsOnCard(condition: ItemVersion['conditions']): boolean {
  if ('all' in condition) return condition.all.some(restsOnCard);
  return (
    'fact' in condition &&
    condition.fact === 'card.valid' &&
    condition.op === 'eq' &&
    condition.value === true
  );
}

interface Program {
  readonly item: ItemInForce;
  readonly test: Test;
  readonly parameters: Parameters;
  /** Next day on which the item itself changes here. */
  readonly changesOn: string;
}

const NOTHING: readonly never[] = Object.freeze([]);

class CompiledRegion implements RegionCatalogue {
  readonly items: readonly ItemInForce[];
  readonly fingerprint: string;
  private readonly programs: readonly Program[];
  private readonly cardless: readonly Program[];

  constructor(
    readonly region: Region,
    layered: readonly LayeredItem[],
    day: string,
  ) {
    this.programs = layered.map((layer) => program(layer, region, day));
    this.cardless = this.programs.filter(({ item }) => !item.needsCard);
    this.items = this.programs.map(({ item }) => item);
    this.fingerprint = fingerprintOf(this.programs, day);
  }

  determine(subject: Subject, day: string): readonly Determination[] {
    return this.run(this.programs, subject, day);
  }

  determineWithoutCard(subject: Subject, day: string): readonly Determination[] {
    return this.run(this.cardless, subject, day);
  }

  private run(programs: readonly Program[], subject: Subject, day: string): readonly Determination[] {
    const gone = goneBecause(subject, day);
    if (gone) return programs.map(({ item }) => ended(item, gone));
    const scope = Scope.ofPerson(subject, day);
    const leaves = earlier(subject.person.diedOn ?? NEVER, subject.person.movedAwayOn ?? NEVER);
    return programs.map(({ item, test, changesOn }) => {
      const truth = test.truth(scope);
      const next = earlier(earlier(test.changesOn(scope), changesOn), leaves);
      const nextDay = next === NEVER ? null : next;
      if (truth === MAYBE) {
        const needs = new Set<string>();
        test.needs(scope, needs);
        return {
          itemId: item.id,
          itemVersion: item.version,
          outcome: 'needs-fact',
          needs: [...needs],
          reasons: NOTHING,
          nextDay,
        };
      }
      const reasons = new Map<string, FactValue>();
      test.reasons(scope, reasons);
      return {
        itemId: item.id,
        itemVersion: item.version,
        outcome: truth === YES ? 'entitled' : 'not-entitled',
        needs: NOTHING,
        reasons: Array.from(reasons, ([fact, value]) => ({ fact, value })),
        nextDay,
      };
    });
  }

  explain(itemId: string, subject: Subject, day: string): Trace {
    const found = this.programs.find(({ item }) => item.id === itemId);
    if (!found)
      throw new UnknownItem(
        itemId,
        null,
        nearest(
          itemId,
          this.items.map(({ id }) => id),
        ),
      );
    const { item, parameters } = found;
    const gone = goneBecause(subject, day);
    const scope = Scope.ofPerson(subject, day);
    const conditions = explain(item.conditions, scope, parameters);
    const exclusions = item.exclusions.map((exclusion): TraceNode => {
      const child = explain(exclusion.when, scope, parameters);
      return {
        kind: 'exclusion',
        result: child.result,
        zh: exclusion.zh,
        source: exclusion.source,
        children: [child],
      };
    });
    const here: TraceNode = {
      kind: 'person',
      result: gone ? 'no' : 'yes',
      zh: '本人健在且户籍在本地',
      ...(gone ? { fact: gone.fact, actual: gone.value } : {}),
    };
    const children = [here, conditions, ...exclusions];
    const result = allOf([
      here.result,
      conditions.result,
      negate(anyOf(exclusions.map((each) => each.result))),
    ]);
    const outcome = result === 'yes' ? 'entitled' : result === 'no' ? 'not-entitled' : 'needs-fact';
    return {
      itemId,
      itemVersion: item.version,
      region: this.region.code,
      day,
      outcome,
      root: { kind: 'all', result, children },
    };
  }
}

/** Death and leaving end every item, whatever its conditions say. */
function goneBecause({ person }: Subject, day: string): Reason | null {
  if (person.diedOn !== null && person.diedOn <= day) return { fact: 'person.diedOn', value: person.diedOn };
  if (person.movedAwayOn !== null && person.movedAwayOn <= day) {
    return { fact: 'person.movedAwayOn', value: person.movedAwayOn };
  }
  return null;
}

function ended(item: ItemInForce, reason: Reason): Determination {
  return {
    itemId: item.id,
    itemVersion: item.version,
    outcome: 'not-entitled',
    needs: NOTHING,
    reasons: [reason],
    nextDay: null,
  };
}

function program(layer: LayeredItem, region: Region, day: string): Program {
  const version = versionOn(layer.item, day) as ItemVersion;
  const parameters: Parameters = {
    itemId: layer.item.id,
    valueOf: (name) => valueOn(layer.timeline[name], day),
  };
  const conditions = compile(version.conditions, parameters);
  const exclusions = version.exclusions.map(({ when }) => compile(when, parameters));
  return {
    item: inForce(layer, version, region),
    test: exclusions.length === 0 ? conditions : every([conditions, not(some(exclusions))]),
    parameters,
    changesOn: layer.changes.find((on) => on > day) ?? NEVER,
  };
}

function fingerprintOf(programs: readonly Program[], day: string): string {
  const content = programs.map(({ item }) => ({
    ...item,
    values: Object.fromEntries(
      Object.entries(item.values).map(([name, values]) => [name, valueOn(values, day) ?? null]),
    ),
  }));
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
