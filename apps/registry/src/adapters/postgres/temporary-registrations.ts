import { Injectable } from '@nestjs/common';
import { actingAs, lookingWith, permissions, Sensitive, temporaryReference, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { PersonNotFound } from '../../domain/errors.js';
import { NoTemporaryRegistration } from '../../domain/number-errors.js';
import type { TemporaryReason } from '../../domain/person-number.js';

/** Under what somebody came on file who has no identity number (临时登记). */
export interface TemporaryRegistration {
  readonly reference: string;
  readonly reason: TemporaryReason;
  /** Who vouches for it that the person is who they are said to be, and as what: 监护人, 村委会, 救助管理站. */
  readonly vouchedBy: string;
  readonly vouchedAs: string;
  readonly proofReference: string | null;
  readonly birthDateEstimated: boolean;
  readonly registeredOn: string;
  /** On this day somebody looks again whether there is a number by now. */
  readonly reviewOn: string;
  /** While the file has no number. */
  readonly isOpen: boolean;
}

/** As the list of open ones shows it. */
export interface TemporaryLine extends Omit<TemporaryRegistration, 'isOpen'> {
  readonly personId: string;
  readonly version: number;
  readonly name: Sensitive;
  readonly sex: 'male' | 'female';
  readonly birthDate: string;
  readonly divisionCode: string;
  readonly isDue: boolean;
}

/** People without a number: how they came on file, and the list of those who have none yet. */
@Injectable()
export class TemporaryRegistrations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Under the next reference that registry issues. */
  async add(
    tx: Tx,
    personId: string,
    registration: Omit<TemporaryRegistration, 'reference' | 'registeredOn' | 'isOpen'>,
  ): Promise<void> {
    const today = this.clock.today();
    const [next] = await tx.query<{ nth: number }>(
      `select nextval('temporary_reference_seq')::int as nth`,
      [],
    );
    const reference = temporaryReference(today.slice(0, 4), next!.nth);
    await tx.query(
      `insert into temporary_registrations (person_id, reference, reason, vouched_by, vouched_as, proof_reference, birth_date_estimated,
         review_on, registered_on, registered_by, registered_role, changed_by, changed_role)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)`,
      [
        personId,
        reference,
        registration.reason,
        registration.vouchedBy,
        registration.vouchedAs,
        registration.proofReference,
        registration.birthDateEstimated,
        registration.reviewOn,
        today,
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  async referenceOf(actor: Actor, personId: string): Promise<string> {
    const [row] = await this.database.query<{ reference: string }>(
      lookingWith(actor, 'person:read'),
      'select reference from temporary_registrations where person_id = $1',
      [personId],
    );
    return row!.reference;
  }

  /** Who is on file without a number in the actor's reach: first whose day of review is first. */
  async open(
    actor: Actor,
    asked: { readonly dueBy: string | null; readonly after: string | null; readonly limit: number },
  ): Promise<TemporaryLine[]> {
    const rows = await this.database.query<Omit<TemporaryLine, 'name' | 'isDue'> & { name: string }>(
      lookingWith(actor, 'person:read'),
      `select p.person_id as "personId", p.version, p.name, p.sex, p.birth_date as "birthDate", p.division_code as "divisionCode",
              t.reference, t.reason, t.vouched_by as "vouchedBy", t.vouched_as as "vouchedAs", t.proof_reference as "proofReference",
              t.birth_date_estimated as "birthDateEstimated", t.registered_on as "registeredOn", t.review_on as "reviewOn"
       from temporary_registrations t
       join persons a on a.person_id = t.person_id
       join persons p on p.person_id = coalesce(a.merged_into, a.person_id)
       where p.identity_token like 'temporary:%' and p.died_on is null and ($1::date is null or t.review_on <= $1)
         and (a.merged_into is null or not exists (select from temporary_registrations o where o.person_id = a.merged_into))
         and ($2::text is null or (t.review_on, t.reference) > ((select s.review_on from temporary_registrations s where s.reference = $2), $2))
       order by t.review_on, t.reference limit $3`,
      [asked.dueBy, asked.after, asked.limit],
    );
    const today = this.clock.today();
    return rows.map(({ name, ...row }) => ({
      ...row,
      name: new Sensitive('name', name),
      isDue: row.reviewOn <= today,
    }));
  }

  /** Somebody looked again, and there is still no number: the next day of review. @throws NoTemporaryRegistration, NotAllowed */
  async review(actor: Actor, personId: string, next: { reviewOn: string; reason: string }): Promise<void> {
    const [person] = await this.database.query<{ division_code: string; away_to: string | null }>(
      lookingWith(actor, 'person:read'),
      'select division_code, away_to from persons where person_id = $1 and merged_into is null',
      [personId],
    );
    if (!person) throw new PersonNotFound();
    const places = person.away_to ? [person.division_code, person.away_to] : [person.division_code];
    const who = actingAs(actor, permissions['person:register'], places);
    await this.database.command(who, async (tx) => {
      const [row] = await tx.query<{ reference: string }>(
        `update temporary_registrations t set review_on = $2, reviewed_reason = $3, changed_by = $4, changed_role = $5, changed_at = now()
         where t.person_id in (select $1::uuid union all select a.person_id from persons a where a.merged_into = $1)
           and exists (select from persons p where p.person_id = $1 and p.identity_token like 'temporary:%')
         returning t.reference`,
        [personId, next.reviewOn, next.reason, tx.actor.id, tx.actor.role],
      );
      if (!row) throw new NoTemporaryRegistration();
      tx.audit({ what: 'person.temporary-reviewed', personIds: [personId], why: next.reason });
    });
  }
}
