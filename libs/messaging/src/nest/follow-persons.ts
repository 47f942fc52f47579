import { Controller, Inject, type Provider, type Type } from '@nestjs/common';
import { personMergedV1, personSplitV1, type Cause, type Envelope } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { Slice } from '../consumers/consumer-definition.js';
import { currentPerson } from '../consumers/person-aliases.js';
import { OnEvents } from './on-events.js';

/** What a person has goes to another id. */
export interface PersonMove {
  readonly from: string;
  readonly to: string;
  /** Division code of the person told of. */
  readonly divisionCode: string;
  /** The fact that says so. */
  readonly cause: Cause;
}

/** Part of what a person has goes to another id. */
export interface PersonPart extends PersonMove {
  /** Ids of cases, cards, applications, benefits, files, accounts that go; what else there is stays. */
  readonly subjects: readonly string[];
}

/** What a service does with what it keeps of people when two files were of one person, or one was of two. */
export abstract class PersonFollower {
  /** Everything goes to the other id. Done again it finds nothing. */
  abstract merge(tx: Tx, move: PersonMove): Promise<void>;
  abstract split(tx: Tx, part: PersonPart): Promise<void>;
}

/** A table with a `person_id`. */
export interface FollowedTable {
  readonly table: string;
  /** Columns (uuid) under which a split may name a row: its own id, its case's. None: its rows stay with the person they are of. */
  readonly ids: readonly string[];
}

/** Moves everything of a person in these tables, in their order. Names are those of the code, never of a request. */
export async function moveRows(
  tx: Tx,
  tables: readonly FollowedTable[],
  { from, to }: Pick<PersonMove, 'from' | 'to'>,
): Promise<void> {
  for (const { table } of tables) {
    await tx.query(`update ${table} set person_id = $2 where person_id = $1`, [from, to]);
  }
}

/** Moves the rows that a split names, whosever they are meanwhile said to be. */
export async function partRows(
  tx: Tx,
  tables: readonly FollowedTable[],
  { to, subjects }: Pick<PersonPart, 'to' | 'subjects'>,
): Promise<void> {
  for (const { table, ids } of tables) {
    if (ids.length === 0) continue;
    const named = ids.map((column) => `${column} = any($1::uuid[])`).join(' or ');
    await tx.query(`update ${table} set person_id = $2 where ${named}`, [subjects, to]);
  }
}

interface Merged {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly absorbedId: string;
}

interface Split {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly newPersonId: string;
  readonly aliasId: string | null;
  readonly subjects: readonly string[];
}

/**
 * The consumer by which a service follows merges and splits of persons. It remembers for whom each id stands, so that facts that come
 * later are taken as theirs, and lets the service's follower move what there is.
 */
export function personConsumer(service: string): Type {
  @Controller()
  class FollowPersonOnMergedOrSplit {
    constructor(@Inject(PersonFollower) private readonly follower: PersonFollower) {}

    @OnEvents({
      service,
      name: 'follow-person-on-merged-or-split',
      events: [personMergedV1, personSplitV1],
    })
    async handle(events: readonly Envelope[], { tx }: Slice): Promise<void> {
      // One by one and in their order: each rests on who is whom after the one before, and they are rare.
      for (const event of events) {
        if (event.type === personMergedV1.type) await this.merge(tx, event as Envelope<Merged>);
        else await this.split(tx, event as Envelope<Split>);
      }
    }

    private async merge(tx: Tx, event: Envelope<Merged>): Promise<void> {
      const { absorbedId, personId, divisionCode, version } = event.data;
      const to = await currentPerson(tx, personId);
      await remember(tx, [absorbedId], to, version);
      await this.follower.merge(tx, { from: absorbedId, to, divisionCode, cause: event });
    }

    private async split(tx: Tx, event: Envelope<Split>): Promise<void> {
      const { personId, newPersonId, aliasId, subjects, divisionCode, version } = event.data;
      const to = await currentPerson(tx, newPersonId);
      await remember(tx, [...subjects, ...(aliasId ? [aliasId] : [])], to, version);
      await this.follower.split(tx, { from: personId, to, subjects, divisionCode, cause: event });
    }
  }
  return FollowPersonOnMergedOrSplit;
}

/** The consumer's dependency, where a module wants it of its own class. */
export function personFollower(follower: Type<PersonFollower>): Provider {
  return { provide: PersonFollower, useClass: follower };
}

/** These ids stand for a person from now on, and so does whatever stood for them; a newer fact is not overwritten by an older one. */
export async function remember(
  tx: Tx,
  ids: readonly string[],
  personId: string,
  version: number,
): Promise<void> {
  const subjects = [...new Set(ids)].filter((id) => id !== personId);
  if (subjects.length === 0) return;
  await tx.query(
    `update person_aliases set person_id = $2, version = $3, told_at = now()
     where person_id = any($1::uuid[]) and subject_id <> $2 and version < $3`,
    [subjects, personId, version],
  );
  await tx.query(
    `insert into person_aliases as a (subject_id, person_id, version)
     select s, $2, $3 from unnest($1::uuid[]) s
     on conflict (subject_id) do update set person_id = excluded.person_id, version = excluded.version, told_at = now()
     where excluded.version > a.version`,
    [subjects, personId, version],
  );
}
