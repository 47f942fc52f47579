import { Injectable } from '@nestjs/common';
import {
  actingAs,
  ColumnCipher,
  lookingWith,
  permissions,
  Sensitive,
  serviceActor,
  type Actor,
} from '@app/access';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import type { Likeness, Lookalike, LookalikeReason } from '../../domain/lookalike.js';
import { DuplicateNotFound } from '../../domain/merge-errors.js';

/** One of two files that may be of one person. */
export interface LookalikeFile {
  readonly personId: string;
  readonly version: number;
  readonly name: Sensitive;
  /** Null: there is none yet. */
  readonly identityNumber: Sensitive | null;
  readonly birthDate: string;
  readonly divisionCode: string;
}

export interface Duplicate {
  readonly duplicateId: string;
  readonly one: LookalikeFile;
  readonly other: LookalikeFile;
  readonly reasons: readonly LookalikeReason[];
  readonly foundAt: string;
}

interface FileRow {
  person_id: string;
  version: number;
  name: string;
  identity_number: string | null;
  birth_date: string;
  division_code: string;
}

interface Row {
  duplicate_id: string;
  reasons: LookalikeReason[];
  found_at: Date;
  one: FileRow;
  other: FileRow;
}

const NUMBER = 'registry.persons.identity_number';
const AT_ONCE = 500;
const OWN = serviceActor('registry');

const fileOf = (
  alias: string,
) => `json_build_object('person_id', ${alias}.person_id, 'version', ${alias}.version, 'name', ${alias}.name,
  'identity_number', ${alias}.identity_number, 'birth_date', ${alias}.birth_date, 'division_code', ${alias}.division_code)`;

/** Pairs of files that may be of one person, as the last look found them, and those of which somebody said that they are not. */
@Injectable()
export class SuspectedDuplicates {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** Some people of the register after one of them, with what a file may be like another by; numbers are opened in memory only. */
  async some(after: string, limit: number): Promise<Likeness[]> {
    const rows = await this.database.query<
      Pick<FileRow, 'person_id' | 'name' | 'birth_date' | 'identity_number'>
    >(
      OWN,
      `select person_id, name, birth_date, identity_number from persons
       where merged_into is null and person_id > $1 order by person_id limit $2`,
      [after, limit],
    );
    return rows.map((row) => ({
      personId: row.person_id,
      name: row.name,
      birthDate: row.birth_date,
      body: row.identity_number && this.cipher.decrypt(NUMBER, row.identity_number).slice(0, 17),
    }));
  }

  /** What a look over everybody found takes the place of what the one before had; what was set aside stays so. */
  async keep(found: readonly Lookalike[]): Promise<void> {
    const [look, now] = [randomUUID(), this.clock.now()];
    for (let at = 0; at < found.length; at += AT_ONCE) {
      const some = found.slice(at, at + AT_ONCE);
      await this.database.transaction(OWN, (tx) =>
        tx.query(
          `insert into suspected_duplicates as d (duplicate_id, one_id, other_id, division_code, other_division_code, reasons, found_in, found_at)
           select gen_random_uuid(), n.one_id, n.other_id, a.division_code, b.division_code, string_to_array(n.reasons, ','), $4, $5
           from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (one_id, other_id, reasons)
           join persons a on a.person_id = n.one_id join persons b on b.person_id = n.other_id
           on conflict (one_id, other_id) do update set reasons = excluded.reasons, found_in = excluded.found_in, found_at = excluded.found_at,
             division_code = excluded.division_code, other_division_code = excluded.other_division_code`,
          [
            some.map(({ one }) => one),
            some.map(({ other }) => other),
            some.map(({ reasons }) => reasons.join(',')),
            look,
            now,
          ],
        ),
      );
    }
    await this.database.query(
      OWN,
      'delete from suspected_duplicates where set_aside_at is null and found_in <> $1',
      [look],
    );
  }

  /** Pairs of which the actor sees both files, oldest id first. */
  async page(actor: Actor, page: { after: string | null; limit: number }): Promise<Duplicate[]> {
    const rows = await this.database.query<Row>(
      lookingWith(actor, 'person:correct'),
      `select d.duplicate_id, d.reasons, d.found_at, ${fileOf('a')} as one, ${fileOf('b')} as other
       from suspected_duplicates d
       join persons a on a.person_id = d.one_id and a.merged_into is null
       join persons b on b.person_id = d.other_id and b.merged_into is null
       where d.set_aside_at is null and ($1::uuid is null or d.duplicate_id > $1) order by d.duplicate_id limit $2`,
      [page.after, page.limit],
    );
    return rows.map((row) => ({
      duplicateId: row.duplicate_id,
      one: this.toFile(row.one),
      other: this.toFile(row.other),
      reasons: row.reasons,
      foundAt: row.found_at.toISOString(),
    }));
  }

  /** They are different persons: it does not come back. @throws DuplicateNotFound unless both files are in reach, NotAllowed */
  async setAside(actor: Actor, duplicateId: string, reason: string): Promise<void> {
    const [pair] = await this.database.query<{
      one_id: string;
      other_id: string;
      one_at: string;
      other_at: string;
    }>(
      lookingWith(actor, 'person:read'),
      `select d.one_id, d.other_id, a.division_code as one_at, b.division_code as other_at from suspected_duplicates d
       join persons a on a.person_id = d.one_id join persons b on b.person_id = d.other_id where d.duplicate_id = $1`,
      [duplicateId],
    );
    if (!pair) throw new DuplicateNotFound();
    actingAs(actor, permissions['person:correct'], pair.other_at);
    const who = actingAs(actor, permissions['person:correct'], pair.one_at);
    await this.database.command(who, async (tx) => {
      await tx.query(
        `update suspected_duplicates set set_aside_at = $2, set_aside_by = $3, set_aside_role = $4, set_aside_reason = $5
         where duplicate_id = $1`,
        [duplicateId, this.clock.now(), who.id, who.role, reason],
      );
      tx.audit({ what: 'person.not-duplicate', personIds: [pair.one_id, pair.other_id], why: reason });
    });
  }

  private toFile(row: FileRow): LookalikeFile {
    return {
      personId: row.person_id,
      version: row.version,
      name: new Sensitive('name', row.name),
      identityNumber:
        row.identity_number === null ? null : this.cipher.open('identity', NUMBER, row.identity_number),
      birthDate: row.birth_date,
      divisionCode: row.division_code,
    };
  }
}
