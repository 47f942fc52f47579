import { Injectable } from '@nestjs/common';
import { ColumnCipher, type Actor, type Role } from '@app/access';
import { Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { mayAct } from '../../app/roles.js';
import { GuardianNotFound, PersonNotFound } from '../../domain/errors.js';
import type { GuardianBasis } from '../../domain/guardian.js';

interface Ward {
  readonly birthDate: string;
  readonly identityToken: string;
}

interface GuardianOnForm {
  readonly basis: GuardianBasis;
  readonly relation: string;
  readonly name: string;
  readonly identityNumber: string;
  readonly phone: string | null;
  readonly since: string;
}

/** Guardians of persons. Nobody is told: no other service decides by them. */
@Injectable()
export class GuardianRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  /** The same guardian stated again is the one on file. @returns the guardian's id */
  async add(
    actor: Actor,
    needed: readonly Role[],
    personId: string,
    guardian: GuardianOnForm,
    check: (ward: Ward, guardianToken: string) => void,
  ): Promise<string> {
    const [place] = await this.database.query<{ division_code: string }>(
      { id: actor.id, role: 'reader' },
      'select division_code from persons where person_id = $1',
      [personId],
    );
    if (!place) throw new PersonNotFound();
    const who = mayAct(actor, needed, [place.division_code], () => new PersonNotFound());
    const token = this.cipher.blindIndex('identity', guardian.identityNumber);
    return this.database.command(who, async (tx) => {
      const [ward] = await tx.query<{ birth_date: string; identity_token: string; division_code: string }>(
        'select birth_date, identity_token, division_code from persons where person_id = $1 for share',
        [personId],
      );
      if (!ward) throw new PersonNotFound();
      check({ birthDate: ward.birth_date, identityToken: ward.identity_token }, token);
      const [row] = await tx.query<{ guardian_id: string }>(
        `insert into guardians (guardian_id, person_id, division_code, basis, relation, name, identity_number,
                                identity_token, phone, since, created_by, created_role, changed_by, changed_role)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)
         on conflict (person_id, identity_token) where ended_on is null
           do update set relation = excluded.relation, basis = excluded.basis,
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
          this.cipher.encrypt('registry.guardians.identity_number', guardian.identityNumber),
          token,
          guardian.phone === null ? null : this.cipher.encrypt('registry.guardians.phone', guardian.phone),
          guardian.since,
          who.id,
          who.role,
        ],
      );
      return row!.guardian_id;
    });
  }

  /** @throws GuardianNotFound if it ended already, or is out of the actor's reach */
  async end(actor: Actor, needed: readonly Role[], guardianId: string, endedOn: string, reason: string) {
    const [place] = await this.database.query<{ division_code: string }>(
      { id: actor.id, role: 'reader' },
      `select p.division_code from guardians g join persons p using (person_id) where g.guardian_id = $1`,
      [guardianId],
    );
    if (!place) throw new GuardianNotFound();
    const who = mayAct(actor, needed, [place.division_code], () => new GuardianNotFound());
    await this.database.command(who, async (tx) => {
      const ended = await tx.query(
        `update guardians set ended_on = $2, ended_reason = $3, changed_by = $4, changed_role = $5, changed_at = now()
         where guardian_id = $1 and ended_on is null returning 1`,
        [guardianId, endedOn, reason, who.id, who.role],
      );
      if (ended.length === 0) throw new GuardianNotFound();
    });
  }
}
