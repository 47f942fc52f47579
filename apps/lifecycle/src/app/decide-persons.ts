import { Injectable } from '@nestjs/common';
import { periodOf, type Determination, type RegionCatalogue } from '@app/catalogue';
import type { Envelope, NewEvent } from '@app/contracts';
import { personRegisteredV1 } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import { Chains, type ChainChange } from '../adapters/postgres/chains.js';
import { PersonFiles, type ChangedPerson, type LoadedPerson } from '../adapters/postgres/person-files.js';
import { Sheets, type DecidedSheet } from '../adapters/postgres/sheets.js';
import { isOfOld, type Cause } from '../domain/cause.js';
import { takeBack } from '../domain/follow.js';
import { learn } from '../domain/learn.js';
import type { Amounts } from './amounts.js';
import { byHousehold, determinePerson } from './determine-person.js';
import { RegionsOfDay } from './regions-of-day.js';
import { missingFacts } from '../domain/outcomes.js';
import type { PersonFile } from '../domain/person-file.js';
import { plan, type Plan, type PlannedItem, type Situation } from '../domain/plan.js';
import { subjectOf } from '../domain/subject-of.js';

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
  constructor(
    private readonly files: PersonFiles,
    private readonly sheets: Sheets,
    private readonly chains: Chains,
    private readonly outbox: Outbox,
    private readonly regions: RegionsOfDay,
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
    const households = byHousehold([...persons.values()].map(({ file }) => file));
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
    const region = subject && this.regions.of(file.divisionCode, day);
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
    const determined = determinePerson({ before, file, household, subject, region, causes, day });
    const { items, card, ended, baseless, amounts, outcomes, changes, rates, next } = determined;
    const decision = changes.length > 0 ? next : before.decision;
    const nextDay = nextDayOf(determined.all, region, amounts, outcomes, card, day);
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
      round: isOfOld(cause) ? 'never' : 'if-planned',
      undoes: cause.undoes === null ? null : 'facts',
    });
  }
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
