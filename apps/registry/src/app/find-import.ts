import { Injectable } from '@nestjs/common';
import { type Actor, lookingWith, permissions } from '@app/access';
import { errorWorkbook } from '@app/tabular';
import {
  ImportRepository,
  type ImportCounts,
  type ImportRecord,
} from '../adapters/postgres/import-repository.js';
import { ImportNotFound } from '../domain/errors.js';
import { Rosters } from './rosters/rosters.js';

/** An import as it stands: while it runs, `done` grows towards `rows`. */
export type ImportView = Omit<ImportRecord, 'createdBy'> & ImportCounts & { readonly done: number };

/** Looks at imports. A member unit sees its own; an officer those whose reach lies within theirs. */
@Injectable()
export class FindImport {
  constructor(
    private readonly imports: ImportRepository,
    private readonly rosters: Rosters,
  ) {}

  async view(actor: Actor, importId: string): Promise<ImportView> {
    const { createdBy: _, ...record } = await this.visible(actor, importId);
    const counts = await this.imports.counts(lookingWith(actor, 'roster:import'), importId);
    const { applied, unchanged, failed, undecided } = counts;
    return { ...record, ...counts, done: applied + unchanged + failed + undecided };
  }

  /** The rows that are wrong still, to be corrected and sent again. */
  async errorWorkbook(actor: Actor, importId: string): Promise<Buffer> {
    const record = await this.visible(actor, importId);
    const rows = await this.imports.badRows(lookingWith(actor, 'roster:import'), importId);
    return errorWorkbook(this.rosters.of(record.kind).table, rows);
  }

  private async visible(actor: Actor, importId: string): Promise<ImportRecord> {
    const record = await this.imports.find(lookingWith(actor, 'roster:import'), importId);
    if (!record) throw new ImportNotFound();
    const sees = actor.grants.some(
      ({ role, from, to }) =>
        permissions['roster:import'].includes(role) &&
        from <= record.reach.from &&
        record.reach.to <= to &&
        (role !== 'member-unit' || record.createdBy === actor.id),
    );
    if (!sees) throw new ImportNotFound();
    return record;
  }
}
