import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, ColumnCipher, lookingWith, type Role } from '@app/access';
import type { RepresentativeKind, RepresentedAct } from '@app/contracts';
import { Database, type Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { GuardianNotFound, PersonNotFound } from '../../domain/errors.js';
import type { GuardianBasis } from '../../domain/guardian.js';
import type { Organisation } from '../../domain/organisation.js';
import { Representatives } from './representatives.js';

interface Ward {
  readonly birthDate: string;
  readonly identityToken: string;
}

export interface GuardianOnForm {
  readonly kind: RepresentativeKind;
  /** Null: an agent. */
  readonly basis: GuardianBasis | null;
  readonly relation: string;
  readonly name: string;
  /** Of an organisation: its code (统一社会信用代码). */
  readonly identityNumber: string;
  /** Null: a person. */
  readonly organisation: Organisation | null;
  readonly phone: string | null;
  readonly since: string;
  readonly until: string | null;
  readonly acts: readonly RepresentedAct[];
  readonly proof: string | null;
}

/** What a roster says of a guardian; it has neither term nor proof. */
type GuardianOnRoster = Omit<GuardianOnForm, 'kind' | 'until' | 'acts' | 'proof' | 'organisation'>;

const NUMBER_COLUMN = 'registry.guardians.identity_number';
const PHONE_COLUMN = 'registry.guardians.phone';

/** Guardians and agents of persons; each change is told with the whole list of who may act. */
@Injectable()
export class GuardianRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly representatives: Representatives,
  ) {}

  /** The same guardian stated again is the one on file. @returns the guardian's id */
  async add(
    actor: Actor,
    needed: readonly Role[],
    personId: string,
    guardian: GuardianOnForm,
    check: (ward: Ward, guardianToken: string) => void,
  ): Promise<string> {
    const [place] = await this.database.query<{ division_code: string; away_to: string | null }>(
      lookingWith(actor, 'person:read'),
      'select division_code, away_to from persons where person_id = $1',
      [personId],
    );
    if (!place) throw new PersonNotFound();
    const who = actingAs(actor, needed, placesIn(place));
    const token = this.cipher.blindIndex('identity', guardian.identityNumber);
    return this.database.command(who, async (tx) => {
      const [ward] = await tx.query<{ birth_date: string; identity_token: string; division_code: string }>(
        'select birth_date, identity_token, division_code from persons where person_id = $1 for update',
        [personId],
      );
      if (!ward) throw new PersonNotFound();
      check({ birthDate: ward.birth_date, identityToken: ward.identity_token }, token);
      const [row] = await tx.query<{ guardian_id: string }>(
        `insert into guardians (guardian_id, person_id, division_code, basis, relation, name, identity_number,
                                identity_token, phone, since, kind, acts, until_on, proof, organisation, officer,
                                created_by, created_role, changed_by, changed_role)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $13, $14, $15, $16, $17, $18, $11, $12, $11, $12)
         on conflict ${
           guardian.kind === 'agent'
             ? `(person_id, identity_token, since, until_on, acts) where ended_on is null and kind = 'agent'`
             : `(person_id, identity_token) where ended_on is null and kind <> 'agent'`
         }
           do update set relation = excluded.relation, basis = excluded.basis, kind = excluded.kind, acts = excluded.acts,
             until_on = excluded.until_on, proof = coalesce(excluded.proof, guardians.proof),
             organisation = excluded.organisation, officer = excluded.officer,
             phone = coalesce(excluded.phone, guardians.phone),
             changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
         returning guardian_id`,
        [
          randomUUID(),
          personId,
          ward.division_code,
          guardian.basis,
          guardian.relation,
          guardian.name,
          this.cipher.encrypt(NUMBER_COLUMN, guardian.identityNumber),
          token,
          guardian.phone === null ? null : this.cipher.encrypt(PHONE_COLUMN, guardian.phone),
          guardian.since,
          who.id,
          who.role,
          guardian.kind,
          guardian.acts,
          guardian.until,
          guardian.proof,
          guardian.organisation?.kind ?? null,
          guardian.organisation?.officer ?? null,
        ],
      );
      await this.representatives.tell(tx, [personId]);
      tx.audit({
        what: 'guardian.recorded',
        personIds: [personId],
        detail: { guardianId: row!.guardian_id },
      });
      return row!.guardian_id;
    });
  }

  /** Guardians that a roster names, set-based. @returns the persons for whom something was new */
  async addMany(
    tx: Tx,
    guardians: readonly (GuardianOnRoster & { personId: string; divisionCode: string })[],
  ) {
    if (guardians.length === 0) return new Set<string>();
    const rows = await tx.query<{ person_id: string }>(
      `insert into guardians (guardian_id, person_id, division_code, basis, relation, name, identity_number,
                              identity_token, phone, since, kind, acts, created_by, created_role, changed_by, changed_role)
       select u.*, 'statutory', '{all}', $11, $12, $11, $12
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::date[]) u
       on conflict (person_id, identity_token) where ended_on is null and kind <> 'agent'
         do update set relation = excluded.relation, basis = excluded.basis, name = excluded.name,
           phone = coalesce(excluded.phone, guardians.phone),
           changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
         where (guardians.relation, guardians.basis, guardians.name)
           is distinct from (excluded.relation, excluded.basis, excluded.name)
       returning person_id`,
      [
        guardians.map(() => randomUUID()),
        guardians.map(({ personId }) => personId),
        guardians.map(({ divisionCode }) => divisionCode),
        guardians.map(({ basis }) => basis),
        guardians.map(({ relation }) => relation),
        guardians.map(({ name }) => name),
        guardians.map(({ identityNumber }) => this.cipher.encrypt(NUMBER_COLUMN, identityNumber)),
        guardians.map(({ identityNumber }) => this.cipher.blindIndex('identity', identityNumber)),
        guardians.map(({ phone }) => (phone === null ? null : this.cipher.encrypt(PHONE_COLUMN, phone))),
        guardians.map(({ since }) => since),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    const told = new Set(rows.map(({ person_id }) => person_id));
    await this.representatives.tell(tx, [...told]);
    if (told.size > 0) tx.audit({ what: 'guardian.recorded', personIds: [...told] });
    return told;
  }

  /** @throws GuardianNotFound if it ended already, or is out of the actor's reach */
  async end(actor: Actor, needed: readonly Role[], guardianId: string, endedOn: string, reason: string) {
    const [place] = await this.database.query<{
      person_id: string;
      division_code: string;
      away_to: string | null;
    }>(
      lookingWith(actor, 'person:read'),
      `select person_id, p.division_code, p.away_to from guardians g join persons p using (person_id) where g.guardian_id = $1`,
      [guardianId],
    );
    if (!place) throw new GuardianNotFound();
    const who = actingAs(actor, needed, placesIn(place));
    await this.database.command(who, async (tx) => {
      const ended = await tx.query(
        `update guardians set ended_on = $2, ended_reason = $3, changed_by = $4, changed_role = $5, changed_at = now()
         where guardian_id = $1 and ended_on is null returning 1`,
        [guardianId, endedOn, reason, who.id, who.role],
      );
      if (ended.length === 0) throw new GuardianNotFound();
      await this.representatives.tell(tx, [place.person_id]);
      tx.audit({ what: 'guardian.ended', personIds: [place.person_id], why: reason, detail: { guardianId } });
    });
  }
}

function placesIn({ division_code, away_to }: { division_code: string; away_to: string | null }): string[] {
  return away_to ? [division_code, away_to] : [division_code];
}
