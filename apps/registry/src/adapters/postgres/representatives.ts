import { Injectable } from '@nestjs/common';
import { ColumnCipher, lookingWith, Sensitive, type Actor } from '@app/access';
import { representativesChangedV1, type RepresentativeKind, type RepresentedAct } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { PersonNotFound } from '../../domain/errors.js';
import type { GuardianBasis } from '../../domain/guardian.js';
import type { OrganisationKind } from '../../domain/organisation.js';
import { contradictions, type Contradiction, type HeldAuthority } from '../../domain/representative.js';

/** SQL: the last day of the guardian `g` of the person `p`: as stated, and of a minor at the latest the day before the eighteenth birthday. */
export const lastDayOf = (g: string, p: string) => `least(${g}.until_on, case when ${g}.basis = 'minor'
  then (${p}.birth_date + interval '18 years')::date - (to_char(${p}.birth_date, 'MM-DD') <> '02-29')::int end)`;

/** Somebody who acts for a person, as a list shows them. */
export interface ExpiringAuthority {
  readonly representativeId: string;
  readonly personId: string;
  readonly kind: RepresentativeKind;
  readonly name: Sensitive;
  readonly relation: string;
  readonly acts: readonly RepresentedAct[];
  readonly lastDay: string;
  readonly isOver: boolean;
}

/** Two entries, or one and the file, that do not go together. */
export interface ContradictionFound {
  readonly finding: Contradiction;
  readonly personId: string;
  readonly representativeId: string;
  readonly otherId: string | null;
  readonly reason: string;
}

/** What is known for the question who may sign. */
export interface SigningFile {
  readonly person: { readonly birthDate: string; readonly diedOn: string | null };
  readonly isSelf: boolean;
  readonly held: readonly HeldAuthority[];
  readonly hasGuardian: boolean;
}

/** Who may act for persons: asked about, listed, and told to the other services. */
@Injectable()
export class Representatives {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly cipher: ColumnCipher,
  ) {}

  /** @throws PersonNotFound */
  async signing(actor: Actor, personId: string, identityNumber: string, on: string): Promise<SigningFile> {
    const reader = lookingWith(actor, 'person:read');
    const token = this.cipher.blindIndex('identity', identityNumber);
    const [person] = await this.database.query<{
      person_id: string;
      birth_date: string;
      died_on: string | null;
      is_self: boolean;
      has_guardian: boolean;
    }>(
      reader,
      `select p.person_id, p.birth_date, p.died_on, p.identity_token is not distinct from $2 as is_self,
         exists (select from guardians g where g.person_id = p.person_id and g.basis in ('mental', 'intellectual') and g.since <= $3
           and (g.ended_on is null or g.ended_on > $3) and (g.until_on is null or g.until_on >= $3)) as has_guardian
       from persons p where p.person_id = coalesce((select merged_into from persons where person_id = $1), $1)`,
      [personId, token, on],
    );
    if (!person) throw new PersonNotFound();
    const held = await this.database.query<{
      guardian_id: string;
      kind: RepresentativeKind;
      basis: GuardianBasis | null;
      acts: RepresentedAct[];
      since: string;
      until_on: string | null;
      proof: string | null;
      ended_on: string | null;
      last_day: string | null;
      organisation: OrganisationKind | null;
      officer: string | null;
    }>(
      reader,
      `select g.guardian_id, g.kind, g.basis, g.acts, g.since, g.until_on, g.proof, g.ended_on, g.organisation, g.officer, ${lastDayOf('g', 'p')} as last_day
       from guardians g join persons p using (person_id) where g.person_id = $1 and g.identity_token = $2`,
      [person.person_id, token],
    );
    return {
      person: { birthDate: person.birth_date, diedOn: person.died_on },
      isSelf: person.is_self,
      hasGuardian: person.has_guardian,
      held: held.map((row) => ({
        representativeId: row.guardian_id,
        kind: row.kind,
        basis: row.basis,
        acts: row.acts,
        since: row.since,
        until: row.until_on,
        proof: row.proof,
        endedOn: row.ended_on,
        lastDay: row.last_day,
        organisation: row.organisation === null ? null : { kind: row.organisation, officer: row.officer! },
      })),
    };
  }

  /** Authorities whose last day is within so many days from today, or has passed, of the living, and that nobody has ended; in the order of their ids. */
  async expiring(
    actor: Actor,
    {
      today,
      withinDays,
      after,
      limit,
    }: { today: string; withinDays: number; after: string | null; limit: number },
  ): Promise<ExpiringAuthority[]> {
    const rows = await this.database.query<{
      guardian_id: string;
      person_id: string;
      kind: RepresentativeKind;
      name: string;
      relation: string;
      acts: RepresentedAct[];
      last_day: string;
    }>(
      lookingWith(actor, 'guardian:record'),
      `select * from (
         select g.guardian_id, g.person_id, g.kind, g.name, g.relation, g.acts, ${lastDayOf('g', 'p')} as last_day
         from guardians g join persons p using (person_id)
         where g.ended_on is null and p.merged_into is null and p.died_on is null) e
       where last_day <= $1::date + $4::int and ($2::uuid is null or guardian_id > $2) order by guardian_id limit $3`,
      [today, after, limit, withinDays],
    );
    return rows.map((row) => ({
      representativeId: row.guardian_id,
      personId: row.person_id,
      kind: row.kind,
      name: new Sensitive('name', row.name),
      relation: row.relation,
      acts: row.acts,
      lastDay: row.last_day,
      isOver: row.last_day < today,
    }));
  }

  /** What does not go together today, in the order of ids and findings. */
  async contradictions(
    actor: Actor,
    {
      today,
      after,
      limit,
    }: {
      today: string;
      after: { representativeId: string; finding: string } | null;
      limit: number;
    },
  ): Promise<ContradictionFound[]> {
    const rows = await this.database.query<Omit<ContradictionFound, 'reason'>>(
      lookingWith(actor, 'guardian:record'),
      `with standing as (
         select g.guardian_id, g.person_id, g.kind, g.basis, g.acts, g.since, g.identity_token, ${lastDayOf('g', 'p')} as last_day
         from guardians g join persons p using (person_id)
         where g.ended_on is null and p.merged_into is null and p.died_on is null),
       acting as (select * from standing where since <= $1 and (last_day is null or last_day >= $1)),
       found as (
         select 'guardian-dead' as finding, a.person_id, a.guardian_id, null::uuid as other_id
         from acting a join persons o on o.identity_token = a.identity_token where o.died_on is not null
         union all
         select 'guardian-has-guardian', a.person_id, a.guardian_id, (array_agg(b.guardian_id order by b.guardian_id))[1]
         from acting a join persons o on o.identity_token = a.identity_token
           join acting b on b.person_id = o.person_id and b.kind <> 'agent'
         group by a.person_id, a.guardian_id
         union all
         select 'grown-up', person_id, guardian_id, null from standing where basis = 'minor' and last_day < $1
         union all
         select 'agents-overlap', a.person_id, a.guardian_id, (array_agg(b.guardian_id order by b.guardian_id))[1]
         from acting a join acting b on b.person_id = a.person_id and b.identity_token <> a.identity_token
           and a.guardian_id < b.guardian_id and (a.acts && b.acts or 'all' = any(a.acts) or 'all' = any(b.acts))
         where a.kind = 'agent' and b.kind = 'agent' group by a.person_id, a.guardian_id
         union all
         select 'agent-beside-guardian', a.person_id, a.guardian_id, (array_agg(b.guardian_id order by b.guardian_id))[1]
         from acting a join acting b on b.person_id = a.person_id and b.kind <> 'agent'
         where a.kind = 'agent' group by a.person_id, a.guardian_id)
       select finding, person_id as "personId", guardian_id as "representativeId", other_id as "otherId" from found
       where $2::uuid is null or (guardian_id, finding) > ($2::uuid, $3::text)
       order by guardian_id, finding limit $4`,
      [today, after?.representativeId ?? null, after?.finding ?? '', limit],
    );
    return rows.map((row) => ({ ...row, reason: contradictions[row.finding] }));
  }

  /** Tells of the next so many persons whose guardians nobody was told of yet. @returns how many */
  async tellUntold(tx: Tx, limit: number): Promise<number> {
    const untold = await tx.query<{ person_id: string }>(
      `select person_id from persons p
       where representatives_version = 0 and merged_into is null
         and exists (select from guardians g where g.person_id = p.person_id and g.ended_on is null)
       order by person_id limit $1 for update`,
      [limit],
    );
    await this.tell(
      tx,
      untold.map(({ person_id }) => person_id),
    );
    return untold.length;
  }

  /**
   * Others are told who may act for these persons now, each list as a whole under a version of its own.
   * @param above a file that was merged into the one person: the version is above that of its list, too
   */
  async tell(tx: Tx, personIds: readonly string[], above: string | null = null): Promise<void> {
    if (personIds.length === 0) return;
    const told = await tx.query<{ person_id: string; division_code: string; version: number }>(
      `update persons p set representatives_version =
         greatest(p.representatives_version, (select a.representatives_version from persons a where a.person_id = $2)) + 1
       where p.person_id = any($1::uuid[])
         and (exists (select from guardians g where g.person_id = p.person_id and g.ended_on is null)
           or p.representatives_version > 0 or exists (select from persons a where a.person_id = $2 and a.representatives_version > 0))
       returning p.person_id, p.division_code, p.representatives_version as version`,
      [personIds, above],
    );
    if (told.length === 0) return;
    const acting = await tx.query<{
      guardian_id: string;
      person_id: string;
      kind: RepresentativeKind;
      acts: RepresentedAct[];
      since: string;
      last_day: string | null;
      name: string;
      officer: string | null;
    }>(
      `select g.guardian_id, g.person_id, g.kind, g.acts, g.since, g.name, g.officer, ${lastDayOf('g', 'p')} as last_day
       from guardians g join persons p using (person_id)
       where g.person_id = any($1::uuid[]) and g.ended_on is null order by g.since, g.guardian_id`,
      [told.map(({ person_id }) => person_id)],
    );
    this.outbox.append(
      tx,
      told.map(({ person_id, division_code, version }) =>
        representativesChangedV1.of({
          personId: person_id,
          divisionCode: division_code,
          version,
          representatives: acting
            .filter((one) => one.person_id === person_id)
            .map((one) => ({
              representativeId: one.guardian_id,
              kind: one.kind,
              acts: one.acts,
              from: one.since,
              until: one.last_day,
              nameToken: this.cipher.blindIndex('name', one.name),
              ...(one.officer === null ? {} : { officerToken: this.cipher.blindIndex('name', one.officer) }),
            })),
        }),
      ),
    );
  }
}
