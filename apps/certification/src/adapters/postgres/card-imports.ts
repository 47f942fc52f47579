import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { NewEvent } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { type Caller, Database } from '@app/platform';
import type { BadRow, RowError } from '@app/tabular';
import { identityPartOf } from '../../domain/card-number.js';
import type { Card } from '../../domain/card.js';
import type { RowOutcome } from '../../domain/follow.js';
import { CardRepository, type Change } from './card-repository.js';
import { PersonReadModel, type KnownPerson } from './person-read-model.js';

const BAD_ROWS_COLUMN = 'certification.card_imports.bad_rows';

/** What a file did. */
export interface ImportReport {
  readonly importId: string;
  readonly kind: 'taken-over' | 'followed';
  readonly rows: number;
  readonly applied: number;
  /** Rows that say what is on file already, or were applied before. */
  readonly unchanged: number;
  readonly failed: number;
  readonly errors: readonly RowError[];
}

/** A row to decide. */
export interface ImportRow {
  readonly row: number;
  /** Eighteen characters. */
  readonly identityNumber: string;
  /** Blind index of the identity number. */
  readonly token: string;
  /** Keyed digest of all that the row says. */
  readonly rowToken: string;
  readonly stated: { readonly kind: 'taken-over' | 'followed' };
}

/** What a row's decision rests on; earlier rows of the same chunk count. */
export interface RowGrounds {
  readonly person: KnownPerson | null;
  readonly inForce: Card | null;
  /** The newest card that is no longer in force. */
  readonly last: Card | null;
}

/** Files of cards: applied chunk by chunk in set-based SQL, and what came of each. */
@Injectable()
export class CardImports {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly outbox: Outbox,
    private readonly persons: PersonReadModel,
    private readonly cards: CardRepository,
  ) {}

  /** One transaction: locks, decisions in memory, cards, history, digests and facts. */
  async applyChunk<Row extends ImportRow, Fault extends string>(
    actor: Caller,
    importId: string,
    rows: readonly Row[],
    decide: (row: Row, grounds: RowGrounds) => RowOutcome | Fault,
  ): Promise<{
    applied: number;
    unchanged: number;
    refused: { row: number; fault: Fault | Extract<RowOutcome, { kind: 'refused' }>['fault'] }[];
  }> {
    const [kind] = rows.map(({ stated }) => stated.kind);
    return this.database.transaction(actor, async (tx) => {
      tx.audit({ what: 'cards.imported', detail: { importId, kind } });
      const people = await this.persons.lockMany(tx, [...new Set(rows.map(({ token }) => token))]);
      const ids = [...people.values()].map(({ personId }) => personId);
      // Of people in reach, wherever their cards stand: a card that was transferred out is at another place than its holder.
      const [done, living, last] = await tx.asService(() =>
        Promise.all([
          tx.query<{ row_token: string }>(
            'select row_token from applied_card_rows where kind = $1 and row_token = any($2::text[])',
            [kind, rows.map(({ rowToken }) => rowToken)],
          ),
          this.cards.lockLiving(tx, ids),
          this.cards.lastCancelled(tx, ids),
        ]),
      );
      const known = new Set(done.map(({ row_token }) => row_token));
      const onFile = new Set([...living.values()].flat().map(({ cardId }) => cardId));
      const standing = new Map<string, Card>();
      const history: Change[] = [];
      const events: NewEvent[] = [];
      const remembered: { rowToken: string; cardId: string }[] = [];
      const refused: { row: number; fault: Fault | Extract<RowOutcome, { kind: 'refused' }>['fault'] }[] = [];
      let unchanged = 0;
      for (const row of rows) {
        if (known.has(row.rowToken)) {
          unchanged += 1;
          continue;
        }
        const person = people.get(row.token) ?? null;
        const personId = person?.personId ?? '';
        const cards = living.get(personId) ?? [];
        // Since files were merged there may be two: the row is about the one that has its number.
        const inForce =
          cards.find(({ number }) => identityPartOf(number) === row.identityNumber) ?? cards[0] ?? null;
        const grounds = { person, inForce, last: last.get(personId) ?? null };
        const outcome = decide(row, grounds);
        if (typeof outcome === 'string') {
          refused.push({ row: row.row, fault: outcome });
          continue;
        }
        if (outcome.kind === 'refused') {
          refused.push({ row: row.row, fault: outcome.fault });
          continue;
        }
        known.add(row.rowToken);
        if (outcome.kind === 'unchanged') {
          unchanged += 1;
          continue;
        }
        const { state } = outcome.decision;
        standing.set(state.cardId, state);
        const others = cards.filter(({ cardId }) => cardId !== state.cardId);
        if (state.status === 'cancelled') {
          living.set(personId, others);
          last.set(personId, state);
        } else
          living.set(personId, cards[0]?.cardId === state.cardId ? [state, ...others] : [...others, state]);
        const evidence = [{ kind: 'import', reference: importId }];
        history.push({ card: state, because: { action: kind!, reason: null, note: null, evidence } });
        events.push(...outcome.decision.events);
        remembered.push({ rowToken: row.rowToken, cardId: state.cardId });
      }
      const cards = [...standing.values()];
      await tx.asService(async () => {
        await this.cards.save(tx, {
          inserted: cards.filter(({ cardId }) => !onFile.has(cardId)),
          updated: cards.filter(({ cardId }) => onFile.has(cardId)),
          history,
        });
        if (remembered.length === 0) return;
        await tx.query(
          `insert into applied_card_rows (kind, row_token, card_id, import_id)
           select $1, n.row_token, n.card_id, $4 from unnest($2::text[], $3::uuid[]) as n (row_token, card_id)`,
          [
            kind,
            remembered.map(({ rowToken }) => rowToken),
            remembered.map(({ cardId }) => cardId),
            importId,
          ],
        );
      });
      this.outbox.append(tx, events);
      return { applied: remembered.length, unchanged, refused };
    });
  }

  async remember(actor: Caller, report: ImportReport, bad: readonly BadRow[]): Promise<void> {
    await this.database.transaction(actor, async (tx) => {
      const { importId, applied, unchanged, failed } = report;
      tx.audit({ what: 'cards.sent', detail: { importId, applied, unchanged, failed } });
      await tx.query(
        `insert into card_imports (import_id, kind, rows, applied, unchanged, failed, errors, bad_rows, created_by, created_role)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          report.importId,
          report.kind,
          report.rows,
          report.applied,
          report.unchanged,
          report.failed,
          JSON.stringify(report.errors),
          bad.length > 0 ? this.cipher.encrypt(BAD_ROWS_COLUMN, JSON.stringify(bad)) : null,
          actor.id,
          actor.role,
        ],
      );
    });
  }

  /** An import is its sender's: a file may reach over several places. */
  async find(
    actor: Caller,
    importId: string,
  ): Promise<{ report: ImportReport; bad: readonly BadRow[] } | null> {
    const [row] = await this.database.query<
      Omit<ImportReport, 'importId'> & { import_id: string; bad_rows: string | null }
    >(
      actor,
      `select import_id, kind, rows, applied, unchanged, failed, errors, bad_rows
       from card_imports where import_id = $1`,
      [importId],
    );
    if (!row) return null;
    const { import_id, bad_rows, ...counts } = row;
    return {
      report: { importId: import_id, ...counts },
      bad: bad_rows ? (JSON.parse(this.cipher.decrypt(BAD_ROWS_COLUMN, bad_rows)) as BadRow[]) : [],
    };
  }
}
