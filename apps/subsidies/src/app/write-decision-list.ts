import { Injectable } from '@nestjs/common';
import { actingAs, ColumnCipher, lookingWith, permissions, type Actor } from '@app/access';
import { Database } from '@app/platform';
import { DecisionListRepository } from '../adapters/postgres/decision-list-repository.js';
import { DecisionListDone, openStates, PersonsMissing } from '../domain/decision-list.js';
import { SheetTokens, writeSheet, type SheetPerson } from './decision-list-sheet.js';

/** A list as a file, as it is handed over. */
export interface WrittenList {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Writes the sheet of what still waits on a list. Names and numbers are registry's: whoever takes the list out has asked for each with a
 * purpose, and gives them here for the sheet. Kept of them are only keyed hashes; the sheet itself is kept nowhere.
 */
@Injectable()
export class WriteDecisionList {
  private readonly tokens: SheetTokens;

  constructor(
    private readonly database: Database,
    private readonly lists: DecisionListRepository,
    cipher: ColumnCipher,
  ) {
    this.tokens = new SheetTokens(cipher);
  }

  /** @throws DecisionListNotFound, NotAllowed, DecisionListDone, PersonsMissing */
  async run(
    actor: Actor,
    listNo: number,
    form: {
      readonly purpose: string;
      readonly persons: readonly (SheetPerson & { readonly personId: string })[];
    },
  ): Promise<WrittenList> {
    const reader = lookingWith(actor, 'decision-list:read');
    const list = await this.lists.find(reader, listNo);
    const caller = actingAs(actor, permissions['decision-list:keep'], list.divisionCode);
    const kept = await this.database.read(reader, (tx) => this.lists.rows(tx, listNo));
    const waiting = kept.filter(({ state }) => (openStates as readonly string[]).includes(state));
    if (waiting.length === 0) throw new DecisionListDone();
    const persons = new Map(form.persons.map((person) => [person.personId, person]));
    const missing = waiting.filter(({ personId }) => !persons.has(personId));
    if (missing.length > 0) throw new PersonsMissing(missing.map(({ personId }) => personId));
    const rows = waiting.map((row) => ({ ...row, ...persons.get(row.personId)! }));
    const { receipt, day } = list;
    const { bytes, hash } = await writeSheet(this.tokens, { receipt, day, by: caller.id }, rows);
    await this.database.transaction(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      await this.lists.keepTokens(
        tx,
        listNo,
        rows.map(({ lineNo, name, identityNumber }) => ({
          lineNo,
          nameToken: this.tokens.name(name),
          identityToken: this.tokens.identity(identityNumber),
        })),
      );
      await this.lists.keepFile(tx, listNo, { hash, rows: rows.length, purpose: form.purpose });
      tx.audit({
        what: 'decision-list.file-taken',
        personIds: rows.map(({ personId }) => personId),
        caseIds: rows.map(({ caseId }) => caseId),
        why: form.purpose,
        detail: { listNo, receipt, hash, rows: rows.length },
      });
    });
    return { name: `${receipt}.xlsx`, bytes };
  }
}
