import { Injectable } from '@nestjs/common';
import {
  Catalogue,
  periodOf,
  UnknownRegion,
  type Determination,
  type ItemInForce,
  type RegionCatalogue,
  type Subject,
} from '@app/catalogue';
import type { Envelope, NewEvent } from '@app/contracts';
import { personRegisteredV1 } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import { Chains, type ChainChange } from '../adapters/postgres/chains.js';
import { PersonFiles, type ChangedPerson, type LoadedPerson } from '../adapters/postgres/person-files.js';
import { Sheets, type DecidedSheet } from '../adapters/postgres/sheets.js';
import type { Cause } from '../domain/cause.js';
import { takeBack } from '../domain/follow.js';
import { learn } from '../domain/learn.js';
import { amountsOf, type Amounts } from './amounts.js';
import { bringUpToDate, endedOn, missingFacts } from '../domain/outcomes.js';
import { cardStanding, currentCard, type PersonFile } from '../domain/person-file.js';
import { plan, type Plan, type PlannedItem, type Situation } from '../domain/plan.js';
import { asBelieved, subjectOf, unstopped } from '../domain/subject-of.js';

/** A person at work: what was loaded, the file as it now is, and why they are decided anew. */
interface Person {
  readonly before: LoadedPerson;
  file: PersonFile;
  readonly causes: Cause[];
}

/** A person with what came out. */
interface Decided {
  readonly person: Person;
  readonly after: LoadedPerson;
  readonly sheet: DecidedSheet | null;
  readonly situation: Omit<Situation, 'chainVersion' | 'holdings'> | null;
}

/**
 * Determines persons from the facts on file and plans what follows, in the transaction that brought the facts. However many
 * persons a slice has, the number of statements is the same.
 */
@Injectable()
export class DecidePersons {
  /** The catalogues of a day, null where no region's file covers the county. */
  private regions: { day: string; byCounty: Map<string, RegionCatalogue | null> } = {
    day: '',
    byCounty: new Map(),
  };

  constructor(
    private readonly files: PersonFiles,
    private readonly sheets: Sheets,
    private readonly chains: Chains,
    private readonly outbox: Outbox,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /** Takes facts into the files of their persons, and decides these and whoever shares a household with them. */
  async onFacts(tx: Tx, facts: readonly Envelope[]): Promise<void> {
    const wanted = new Map<string, string>();
    const households = new Set<string>();
    for (const { type, divisionCode, data } of facts) {
      wanted.set((data as { personId: string }).personId, divisionCode);
      if (type === personRegisteredV1.type) {
        const { householdId } = data as { householdId: string | null };
        if (householdId) households.add(householdId);
      }
    }
    const persons = await this.load(
      tx,
      [...wanted].map(([personId, divisionCode]) => ({ personId, divisionCode })),
      [...households],
    );
    for (const fact of facts) {
      const person = persons.get((fact.data as { personId: string }).personId) as Person;
      const learnt = learn(person.file, fact);
      if (!learnt) continue;
      person.file = learnt.file;
      person.causes.push(learnt.cause);
    }
    tellHouseholds(persons);
    await this.decide(tx, persons);
  }

  /** Decides persons again for a reason that is no fact about them: a day has come, or the rules have changed. */
  async again(
    tx: Tx,
    personIds: readonly string[],
    because: (person: LoadedPerson) => Cause | null,
  ): Promise<void> {
    const persons = await this.load(
      tx,
      // They are on file; the division code is that of a stub which is not made.
      personIds.map((personId) => ({ personId, divisionCode: '000000000000' })),
      [],
    );
    for (const personId of personIds) {
      const person = persons.get(personId);
      const cause = person && because(person.before);
      if (cause) person.causes.push(cause);
    }
    await this.decide(tx, persons);
  }

  private async load(
    tx: Tx,
    wanted: readonly { personId: string; divisionCode: string }[],
    households: readonly string[],
  ): Promise<Map<string, Person>> {
    const loaded = await this.files.lock(tx, wanted, households);
    return new Map([...loaded].map(([id, before]) => [id, { before, file: before.file, causes: [] }]));
  }

  private async decide(tx: Tx, persons: ReadonlyMap<string, Person>): Promise<void> {
    const concerned = [...persons.values()].filter(({ causes }) => causes.length > 0);
    if (concerned.length === 0) return;
    const ids = concerned.map(({ file }) => file.personId);
    const stored = Promise.all([this.chains.versions(tx, ids), this.chains.holdings(tx, ids)]);
    stored.catch(() => undefined);
    const households = byHousehold(persons);
    const day = this.clock.today();
    const decided = concerned.map((person) => this.determine(person, households, day));
    const [versions, holdings] = await stored;
    const plans: { decided: Decided; plan: Plan }[] = [];
    for (const one of decided) {
      if (!one.situation) continue;
      const { personId } = one.situation;
      const made = plan({
        ...one.situation,
        chainVersion: versions.get(personId) ?? 0,
        holdings: holdings.get(personId) ?? [],
      });
      if (made.rounds.length > 0 || made.holdings.length > 0 || made.events.length > 0) {
        plans.push({ decided: one, plan: made });
      }
    }
    const events: NewEvent[] = [];
    const changes = await this.toChanges(tx, plans, events);
    await Promise.all([
      this.files.save(
        tx,
        decided.map(({ person, after }): ChangedPerson => ({
          before: person.before,
          after,
          by: (person.causes.at(-1) as Cause).by,
        })),
      ),
      this.sheets.save(
        tx,
        decided.flatMap(({ sheet }) => sheet ?? []),
      ),
      this.chains.save(tx, changes),
    ]);
    this.outbox.append(tx, events);
  }

  /** What the plans come to in the tables, with the rounds that end because a plan took their parts back. */
  private async toChanges(
    tx: Tx,
    plans: readonly { decided: Decided; plan: Plan }[],
    events: NewEvent[],
  ): Promise<ChainChange[]> {
    const back = plans.filter(({ plan: { takenBack } }) => takenBack.length > 0);
    const open =
      back.length > 0
        ? await this.chains.openRounds(
            tx,
            back.map(({ decided: { person } }) => person.file.personId),
          )
        : null;
    return plans.map(({ decided: { person }, plan: made }) => {
      const { personId, divisionCode } = person.file;
      const last = person.causes.at(-1) as Cause;
      const ended = takeBack(
        { rounds: open?.rounds.get(personId) ?? [], items: open?.items.get(personId) ?? [] },
        made.takenBack,
        made.chainVersion,
        last.message,
      );
      events.push(...made.events, ...ended.events);
      return {
        personId,
        divisionCode,
        version: made.events.length + ended.events.length > 0 ? ended.chainVersion : null,
        by: last.by,
        rounds: [...made.rounds, ...ended.completed],
        items: [...made.items, ...ended.items],
        holdings: made.holdings,
      };
    });
  }

  private determine(person: Person, households: ReadonlyMap<string, PersonFile[]>, day: string): Decided {
    const { before, file } = person;
    const household = households.get(file.householdId ?? '') ?? [file];
    const subject = subjectOf(file, household, day);
    const region = subject && this.regionOf(file.divisionCode, day);
    if (!subject || !region) {
      // What must become a round waits for the registry's record, or for the region's file.
      const waiting = person.causes.filter(({ round }) => round === 'always');
      const pending = waiting.length > 0 ? [...before.pending, ...waiting] : before.pending;
      const unchanged = file === before.file && pending === before.pending && before.nextDay === null;
      return {
        person,
        after: unchanged ? before : { ...before, file, pending, nextDay: null },
        sheet: null,
        situation: null,
      };
    }
    const causes = before.pending.length > 0 ? [...before.pending, ...person.causes] : person.causes;
    const items = itemsOf(region);
    const card = cardStanding(file);
    const look = lookAt(region, items, card, before);
    const determined = look(subject, day);
    const ended = endedOn(day, file);
    const next = before.decision + 1;
    const baseless = baselessItems(determined, asBelieved(subject, file), look, day);
    const amounts = amountsOf(region, determined, subject, day);
    const { outcomes, changes, rates } = bringUpToDate(before.outcomes, determined, {
      decision: next,
      hasCard: card !== 'none',
      baseless,
      groundless: groundlessItems(before, subject, determined, {
        former: () => subjectOf({ ...before.file, householdId: file.householdId }, household, day),
        stopped: ended !== null || card === 'stopped',
        look,
        day,
      }),
      ended,
      month: day.slice(0, 7),
      rateOf: amounts.rateOf,
      takenOver: takenOverBy(before, file, causes),
    });
    const decision = changes.length > 0 ? next : before.decision;
    const nextDay = nextDayOf(determined, region, amounts, outcomes, card, day);
    const moved = file.divisionCode !== before.file.divisionCode;
    const isSame = file === before.file && decision === before.decision && nextDay === before.nextDay;
    return {
      person,
      after:
        isSame && before.pending.length === 0 ? before : { ...before, file, decision, nextDay, pending: [] },
      sheet:
        changes.length > 0 || moved || region.fingerprint !== before.fingerprint
          ? {
              personId: file.personId,
              divisionCode: file.divisionCode,
              decision,
              decidedOn: day,
              fingerprint: region.fingerprint,
              outcomes,
              missing: card === 'valid' ? missingFacts(outcomes) : [],
              changes,
              subject,
              cause: (causes.at(-1) as Cause).cause,
              causeKey: (causes.at(-1) as Cause).key,
            }
          : null,
      situation: {
        personId: file.personId,
        divisionCode: file.divisionCode,
        day,
        decision,
        card,
        ended,
        outcomes,
        baseless,
        rates,
        reasons: amounts.reasons,
        causes,
        item: (itemId) => items.get(itemId),
        periodOf: (itemId, roundId) => periodOf(items.get(itemId) as PlannedItem, day, roundId),
      },
    };
  }

  private regionOf(divisionCode: string, day: string): RegionCatalogue | null {
    if (this.regions.day !== day) this.regions = { day, byCounty: new Map() };
    const county = divisionCode.slice(0, 6);
    let region = this.regions.byCounty.get(county);
    if (region === undefined) {
      region = this.findRegion(divisionCode, day);
      this.regions.byCounty.set(county, region);
    }
    return region;
  }

  private findRegion(divisionCode: string, day: string): RegionCatalogue | null {
    try {
      return this.catalogue.region(divisionCode, day);
    } catch (error) {
      if (error instanceof UnknownRegion) return null;
      throw error;
    }
  }
}

const itemMaps = new WeakMap<RegionCatalogue, ReadonlyMap<string, ItemInForce>>();

function itemsOf(region: RegionCatalogue): ReadonlyMap<string, ItemInForce> {
  let items = itemMaps.get(region);
  if (!items) {
    items = new Map(region.items.map((item) => [item.id, item]));
    itemMaps.set(region, items);
  }
  return items;
}

/** A look at one person with some facts or others, always at the same items. */
type Look = (subject: Subject, day: string) => readonly Determination[];

/**
 * At every item in force; of somebody without a card only at those that need none, unless more had been found for them under other rules.
 * A county's people come before their cards.
 */
function lookAt(
  region: RegionCatalogue,
  items: ReadonlyMap<string, ItemInForce>,
  card: Situation['card'],
  before: LoadedPerson,
): Look {
  const enough =
    card === 'none' && Object.keys(before.outcomes).every((itemId) => items.get(itemId)?.needsCard !== true);
  return enough
    ? (subject, day) => region.determineWithoutCard(subject, day)
    : (subject, day) => region.determine(subject, day);
}

/** What changes in one person may change what the others of the household are entitled to. */
function tellHouseholds(persons: ReadonlyMap<string, Person>): void {
  const told = new Map<string, Cause>();
  for (const { before, file, causes } of persons.values()) {
    const cause = causes.at(-1);
    if (!cause) continue;
    for (const household of [before.file.householdId, file.householdId])
      if (household) told.set(household, cause);
  }
  if (told.size === 0) return;
  for (const person of persons.values()) {
    const { file, causes } = person;
    const cause = file.householdId && causes.length === 0 ? told.get(file.householdId) : undefined;
    if (!cause) continue;
    causes.push({
      ...cause,
      cause: 'fact-changed',
      // What is taken over with the living stock begins nothing, with the others of the household neither.
      round: cause.round === 'never' ? 'never' : 'if-planned',
      undoes: cause.undoes === null ? null : 'facts',
    });
  }
}

function byHousehold(persons: ReadonlyMap<string, Person>): Map<string, PersonFile[]> {
  const households = new Map<string, PersonFile[]>();
  for (const { file } of persons.values()) {
    if (!file.householdId) continue;
    const list = households.get(file.householdId);
    if (list) list.push(file);
    else households.set(file.householdId, [file]);
  }
  return households;
}

/**
 * Whether what a person is entitled to belongs to the take-over of the living stock: it starts nothing, a reconciliation looks
 * after it. It ends with the first round that the card itself starts.
 */
function takenOverBy(
  before: LoadedPerson,
  file: PersonFile,
  causes: readonly Cause[],
): Parameters<typeof bringUpToDate>[2]['takenOver'] {
  const takenOverAt = currentCard(file)?.takenOverAt;
  if (!takenOverAt || causes.some(({ round }) => round === 'always')) return () => false;
  const first = cardStanding(before.file) === 'none' || Object.keys(before.outcomes).length === 0;
  const older = causes.every(({ at, round }) => round === 'never' || at <= takenOverAt);
  return (old) => first || (old?.outcome === 'entitled' ? old.takenOver : older);
}

const NONE: ReadonlySet<string> = new Set();

/** What is not known now and was due while withdrawn facts were believed: it had been granted on what turned out wrong. */
function baselessItems(
  determined: readonly Determination[],
  believed: Subject | null,
  look: Look,
  day: string,
): ReadonlySet<string> {
  if (!believed || determined.every(({ outcome }) => outcome !== 'needs-fact')) return NONE;
  const then = look(believed, day);
  return new Set(
    determined
      .filter(({ outcome }, place) => outcome === 'needs-fact' && then[place]?.outcome === 'entitled')
      .map(({ itemId }) => itemId),
  );
}

/**
 * What the person's own facts of before grant and those of now leave open: not because of a day, nor because of others, whom they may
 * have begun to live with. A card that is stopped, a death or a move is looked through, so that it cannot hide what changed meanwhile.
 */
function groundlessItems(
  before: LoadedPerson,
  subject: Subject,
  determined: readonly Determination[],
  at: {
    readonly former: () => Subject | null;
    readonly stopped: boolean;
    readonly look: Look;
    readonly day: string;
  },
): ReadonlySet<string> {
  const { stopped, look, day } = at;
  const seems = ({ itemId, outcome }: Determination) =>
    outcome === 'needs-fact' && before.outcomes[itemId]?.outcome === 'entitled';
  const former = before.decision > 0 && (stopped || determined.some(seems)) ? at.former() : null;
  if (!former) return NONE;
  const then = look(unstopped(former), day);
  const now = stopped ? look(unstopped(subject), day) : determined;
  return new Set(
    now
      .filter(({ outcome }, place) => outcome === 'needs-fact' && then[place]?.outcome === 'entitled')
      .map(({ itemId }) => itemId),
  );
}

/** The next day on which the person must be looked at though nobody records anything. */
function nextDayOf(
  determined: readonly Determination[],
  region: RegionCatalogue,
  amounts: Amounts,
  outcomes: Situation['outcomes'],
  card: Situation['card'],
  day: string,
): string | null {
  let next: string | null = null;
  for (const found of determined) {
    if (!(found.itemId in outcomes) && card === 'none') continue;
    next = soonest(next, found.nextDay);
    if (found.outcome === 'entitled') next = soonest(next, amounts.nextDay(found.itemId));
  }
  // A yearly item is opened anew with the year.
  const yearly =
    card === 'valid' &&
    region.items.some((item) => item.period === 'year' && outcomes[item.id]?.outcome === 'entitled');
  const newYear = `${Number(day.slice(0, 4)) + 1}-01-01`;
  return yearly ? soonest(next, newYear) : next;
}

function soonest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}
