import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { actingAs, callerOf, permissions, type Actor } from '@app/access';
import {
  changedDays,
  changedOfficeHours,
  checkCalendar,
  withPublished,
  WorkingCalendar,
  type ChangedDay,
  type CheckedCalendar,
} from '@app/clocks';
import { calendarPublishedV1 } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Caller } from '@app/platform';
import { CalendarRepository, type Publication } from '../adapters/postgres/calendar-repository.js';
import { CalendarUnchanged } from '../domain/calendar-errors.js';

/** What a calendar would change of the one in force. */
export interface CalendarChecked {
  readonly kind: CheckedCalendar['kind'];
  readonly key: string;
  readonly days: readonly ChangedDay[];
  /** Divisions whose offices would close at another time. */
  readonly officeHours: readonly string[];
  readonly coveredTo: string;
}

const WHOLE_COUNTRY = '000000000000';

/** Calendars of years and places are published: the notice of a new year, or an amendment of one in force. */
@Injectable()
export class PublishCalendar {
  /** The files of the release, under what was published. */
  private readonly released = WorkingCalendar.load();

  constructor(
    private readonly database: Database,
    private readonly calendars: CalendarRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The calendar in force, and every publication, the newest first. */
  async inForce(): Promise<{ calendar: WorkingCalendar; published: readonly Publication[] }> {
    const published = await this.calendars.all();
    return { calendar: inForceOf(this.released, published), published };
  }

  /** @throws CalendarRefused with every wrong place; NotAllowed for a place that is not the actor's */
  async check(actor: Actor, content: unknown): Promise<CalendarChecked> {
    const { calendar } = await this.inForce();
    const checked = checkCalendar(content, calendar);
    callerFor(actor, checked);
    return changeOf(calendar, checked);
  }

  /**
   * Publishes it, whole: what was said of the year or the place before holds no longer.
   * @throws CalendarRefused, CalendarUnchanged; NotAllowed for a place that is not the actor's
   */
  async publish(
    actor: Actor,
    content: unknown,
    basis: string,
  ): Promise<CalendarChecked & { readonly number: number }> {
    // Looked at once before the lock, so that a bad file holds up nobody.
    const caller = callerFor(actor, checkCalendar(content, (await this.inForce()).calendar));
    return this.database.command(caller, async (tx) => {
      const published = await this.calendars.lockAll(tx);
      const calendar = inForceOf(this.released, published);
      const checked = checkCalendar(content, calendar);
      const change = changeOf(calendar, checked);
      const { kind, key, file } = checked;
      if (isDeepStrictEqual(file, fileOf(calendar, checked))) throw new CalendarUnchanged();
      const number = (published[0]?.number ?? 0) + 1;
      const publishedAt = this.clock.now();
      await this.calendars.add(tx, {
        number,
        kind,
        key,
        content: file,
        basis,
        publishedBy: tx.actor.id,
        publishedAt,
      });
      this.outbox.append(tx, [factOf(checked, number, basis, this.clock.today())]);
      tx.audit({ what: 'calendar.publish', why: basis, detail: { number, kind, key } });
      return { ...change, number };
    });
  }
}

/** The newest publication of each key over the files of the release. @param published the newest first */
function inForceOf(released: WorkingCalendar, published: readonly Publication[]): WorkingCalendar {
  const newest = new Map([...published].reverse().map((each) => [`${each.kind} ${each.key}`, each]));
  return withPublished(released, [...newest.values()]);
}

/** A year holds in the whole country, so whoever may publish may publish it; a place's calendar is for who has the place. */
function callerFor(actor: Actor, { kind, key }: CheckedCalendar): Caller {
  const may = permissions['calendar:publish'];
  return kind === 'local'
    ? actingAs(actor, may, key)
    : callerOf(
        actor,
        actor.grants.find(({ role }) => may.includes(role)),
      );
}

/** What is in force of the same year or place. */
function fileOf({ files: { years, local } }: WorkingCalendar, { key }: CheckedCalendar) {
  return (
    years.find(({ year }) => String(year) === key) ?? local.find(({ division }) => division === key) ?? null
  );
}

function changeOf(before: WorkingCalendar, { kind, key, file }: CheckedCalendar): CalendarChecked {
  const after = before.with(file);
  return {
    kind,
    key,
    days: changedDays(before, after),
    officeHours: changedOfficeHours(before, after),
    coveredTo: after.coveredTo,
  };
}

function factOf({ kind, key, file }: CheckedCalendar, number: number, basis: string, publishedOn: string) {
  const ofPlace = 'division' in file;
  return calendarPublishedV1.of({
    number,
    divisionCode: ofPlace ? key : WHOLE_COUNTRY,
    kind,
    key,
    basis: ofPlace ? basis : file.source.basis,
    publishedOn,
    days: ofPlace
      ? Object.entries(file.days).map(([day, { name, source }]) => ({ day, type: '地方', name, source }))
      : Object.entries(file.days).map(([day, { type, name }]) => ({
          day,
          type,
          name,
          source: file.source.basis,
        })),
    officeHours: ofPlace ? (file.officeHours ?? null) : null,
  });
}
