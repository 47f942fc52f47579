import { Injectable } from '@nestjs/common';
import { actingAs, lookingWith, permissions, type Actor } from '@app/access';
import type { MessageChannel } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { wayTo, type ContactPreference, type Way } from '../../domain/contact.js';
import { GuardianNotFound, PersonNotFound } from '../../domain/errors.js';

/** How a person is told, as the file shows it. */
export interface ContactView {
  readonly personId: string;
  readonly language: 'zh';
  /** What was said; null: nothing, and nobody is asked for it. */
  readonly preference: (ContactPreference & { readonly by: string; readonly at: string }) | null;
  /** The way that a message takes today. */
  readonly way: Way;
}

interface Row {
  readonly has_phone: boolean;
  readonly channel: MessageChannel | null;
  readonly guardian_id: string | null;
  readonly changed_by: string;
  readonly changed_at: Date;
  readonly guardians: readonly { guardianId: string; hasPhone: boolean }[];
}

/** SQL: the guardians of the person `p` today (an agent acts in what the power of attorney names, and is told nothing else), the earliest first, as JSON with what `more` adds. */
export const guardiansOf = (more: string) =>
  `coalesce((select jsonb_agg(jsonb_build_object('guardianId', g.guardian_id, ${more}) order by g.since, g.guardian_id)
     from guardians g where g.person_id = p.person_id and g.ended_on is null and g.kind <> 'agent'), '[]'::jsonb) as guardians`;

/** By which channel people are told, and whom to tell. */
@Injectable()
export class ContactPreferences {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound */
  async of(actor: Actor, personId: string): Promise<ContactView> {
    const [row] = await this.database.query<Row>(
      lookingWith(actor, 'person:read'),
      `select p.phone is not null as has_phone, c.channel, c.guardian_id, c.changed_by, c.changed_at,
         ${guardiansOf(`'hasPhone', g.phone is not null`)}
       from persons p left join contact_preferences c using (person_id) where p.person_id = $1`,
      [personId],
    );
    if (!row) throw new PersonNotFound();
    const said: ContactPreference | null = row.channel && {
      channel: row.channel,
      guardianId: row.guardian_id,
    };
    return {
      personId,
      language: 'zh',
      preference: said && { ...said, by: row.changed_by, at: row.changed_at.toISOString() },
      way: wayTo(said, { hasPhone: row.has_phone, guardians: row.guardians }),
    };
  }

  /** @throws PersonNotFound, NotAllowed; GuardianNotFound for one who does not act for the person today */
  async set(
    actor: Actor,
    personId: string,
    { channel, guardianId }: ContactPreference,
  ): Promise<ContactView> {
    const [place] = await this.database.query<{ division_code: string; away_to: string | null }>(
      lookingWith(actor, 'person:read'),
      'select division_code, away_to from persons where person_id = $1',
      [personId],
    );
    if (!place) throw new PersonNotFound();
    const places = place.away_to ? [place.division_code, place.away_to] : [place.division_code];
    const who = actingAs(actor, permissions['contact:record'], places);
    await this.database.command(who, async (tx) => {
      if (guardianId !== null) {
        const acting = await tx.query(
          `select 1 from guardians where guardian_id = $1 and person_id = $2 and ended_on is null and kind <> 'agent' for share`,
          [guardianId, personId],
        );
        if (acting.length === 0) throw new GuardianNotFound();
      }
      await tx.query(
        `insert into contact_preferences (person_id, channel, guardian_id, changed_by, changed_role, changed_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (person_id) do update set channel = excluded.channel, guardian_id = excluded.guardian_id,
           changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = excluded.changed_at`,
        [personId, channel, guardianId, who.id, who.role, this.clock.now()],
      );
      tx.audit({ what: 'contact.recorded', personIds: [personId], detail: { channel, guardianId } });
    });
    return this.of(actor, personId);
  }
}
