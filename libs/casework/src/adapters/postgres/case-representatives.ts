import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { Tx } from '@app/platform';
import type { Representative } from '../../domain/representative.js';

/** Who may act for a person, as registry told it. */
export interface RepresentativesFact {
  readonly personId: string;
  /** Of the list, not of the person's file. */
  readonly version: number;
  readonly representatives: readonly Representative[];
}

/** Who may act for a person: the last list that registry told, whichever order the lists came in. */
@Injectable()
export class CaseRepresentatives {
  constructor(private readonly cipher: ColumnCipher) {}

  /** Keyed token of a name, as the list has it. */
  tokenOf(name: string): string {
    return this.cipher.blindIndex('name', name.trim());
  }

  /**
   * Whoever asks may change something of the person's; the person may live out of their reach meanwhile.
   * @returns null: registry has told nothing, of nobody
   */
  async of(tx: Tx, personId: string): Promise<readonly Representative[] | null> {
    const [row] = await tx.asService(() =>
      tx.query<{ representatives: readonly Representative[] }>(
        `select representatives from case_representatives
         where person_id = coalesce((select person_id from person_aliases where subject_id = $1), $1)`,
        [personId],
      ),
    );
    return row?.representatives ?? null;
  }

  async follow(tx: Tx, lists: readonly RepresentativesFact[]): Promise<void> {
    if (lists.length === 0) return;
    const latest = new Map<string, RepresentativesFact>();
    for (const list of lists) {
      if (list.version > (latest.get(list.personId)?.version ?? 0)) latest.set(list.personId, list);
    }
    const rows = [...latest.values()];
    await tx.query(
      `insert into case_representatives as r (person_id, version, representatives)
       select u.person_id, u.version, u.representatives::jsonb from unnest($1::uuid[], $2::int[], $3::text[]) as u (person_id, version, representatives)
       on conflict (person_id) do update set version = excluded.version, representatives = excluded.representatives
       where excluded.version > r.version`,
      [
        rows.map(({ personId }) => personId),
        rows.map(({ version }) => version),
        rows.map(({ representatives }) => JSON.stringify(representatives)),
      ],
    );
  }
}
