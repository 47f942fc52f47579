import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Actor, ColumnCipher, lookingWith } from '@app/access';
import { Clock } from '@app/kernel';
import { readTable, type BadRow, type RowError } from '@app/tabular';
import type { Caller } from '@app/platform';
import { CardImports, type ImportReport } from '../adapters/postgres/card-imports.js';
import type { KnownPerson } from '../adapters/postgres/person-read-model.js';
import { RegionModes } from '../adapters/region-modes.js';
import { CardAlreadyInForce } from '../domain/errors.js';
import {
  decideDailyRow,
  decideStockRow,
  type DailyRow,
  type Holder,
  type RowFault,
  type RowOutcome,
  type StockRow,
} from '../domain/follow.js';
import { cardTables, readDailyRow, readStockRow, type CardTable, type ReadRow } from './card-tables.js';

/** Rows of one transaction: at 1 ms or less each it stays well under the 300 ms that a relay may be held back. */
const CHUNK_ROWS = 500;

const FAULTS: Record<RowFault | 'person-not-on-file' | 'issued-here' | 'in-use', [string, string]> = {
  'person-not-on-file': [
    '人口信息中没有此人',
    '请先导入人口名册或登记此人；身份证号变更过的，请先在其档案中变更号码。再重新上传，已导入的行不会重复处理。',
  ],
  'issued-here': [
    '此人所在地区的残疾人证在本系统核发',
    '请删除此行，并在本系统办理；或请管理员核对地区参数。',
  ],
  'in-use': ['同一证号已登记在另一人名下', '请核对身份证号和残疾人证号；身份证号更正过的请先核对人口信息。'],
  'former-number': [
    '此行是曾用身份证号的原证，系统中已按现号码换证',
    '请核对这项变动是否针对现在的证：是的请改为现在的证号后上传，不是的请删除此行。',
  ],
  'another-card-in-force': [
    '此人已有另一张有效或冻结的残疾人证',
    '请核对是否漏了原证的注销；先导入注销，再导入新办。',
  ],
  'card-not-on-file': ['系统中没有此人的残疾人证', '请先用“存量残疾人证名册”导入原证，再重新上传变动。'],
  'card-differs': ['与系统中的残疾人证不一致', '请核对证号、类别、等级和日期；确有变化的请按变动办理。'],
  'card-cancelled': ['这张残疾人证在系统中已注销', '请核对证号；注销有误的请先更正注销。'],
};

type Stated = { kind: 'taken-over'; row: StockRow } | { kind: 'followed'; row: DailyRow };

interface Work extends ReadRow<Stated> {
  readonly token: string;
}

/** What one chunk did. */
interface Tally {
  applied: number;
  unchanged: number;
  errors: RowError[];
}

/**
 * Applies the good rows of a file, each once, however often it is sent: a row that had its effect is known by its digest, and
 * is remembered in the transaction of the effect.
 */
@Injectable()
export class ImportCards {
  constructor(
    private readonly imports: CardImports,
    private readonly regions: RegionModes,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, kind: CardTable, file: Buffer): Promise<ImportReport> {
    const { rows, work, errors } = await this.read(kind, file);
    // Only the places where the user may send a roster count, so a person who is found is in reach.
    const by = lookingWith(actor, 'card:import');
    const importId = randomUUID();
    const tally: Tally = { applied: 0, unchanged: 0, errors };
    for (let at = 0; at < work.length; at += CHUNK_ROWS) {
      await this.applyTogether(by, importId, work.slice(at, at + CHUNK_ROWS), tally);
    }
    const found = tally.errors.sort((a, b) => a.row - b.row);
    const failedRows = new Set(found.map(({ row }) => row));
    const bad: BadRow[] = rows
      .filter(({ row }) => failedRows.has(row))
      .map(({ row, cells }) => ({ row, cells, errors: found.filter((error) => error.row === row) }));
    const report: ImportReport = {
      importId,
      kind,
      rows: rows.length,
      applied: tally.applied,
      unchanged: tally.unchanged,
      failed: failedRows.size,
      errors: found,
    };
    await this.imports.remember(by, report, bad);
    return report;
  }

  private async read(kind: CardTable, file: Buffer) {
    const today = this.clock.today();
    const errors: RowError[] = [];
    const work: Work[] = [];
    const take = (row: number, identityNumber: string, stated: Stated) =>
      work.push({ row, identityNumber, stated, token: this.cipher.blindIndex('identity', identityNumber) });
    if (kind === 'taken-over') {
      const { rows } = await readTable(file, cardTables['taken-over']);
      for (const row of rows) {
        const read = readStockRow(row, today);
        if (read.ok) take(row.row, read.row.identityNumber, { kind, row: read.row.stated });
        else errors.push(...read.errors);
      }
      return { rows, work, errors };
    }
    const { rows } = await readTable(file, cardTables.followed);
    for (const row of rows) {
      const read = readDailyRow(row, today);
      if (read.ok) take(row.row, read.row.identityNumber, { kind, row: read.row.stated });
      else errors.push(...read.errors);
    }
    // In the order in which the changes happened; rows of one day in the order of the file.
    const dayOf = ({ stated }: Work) => (stated.kind === 'followed' ? stated.row.changedOn : '');
    work.sort((a, b) => (dayOf(a) === dayOf(b) ? a.row - b.row : dayOf(a) < dayOf(b) ? -1 : 1));
    return { rows, work, errors };
  }

  /** One transaction; when a number in it is taken, its halves, down to the row that it is. */
  private async applyTogether(
    by: Caller,
    importId: string,
    work: readonly Work[],
    tally: Tally,
  ): Promise<void> {
    try {
      const done = await this.apply(by, importId, work);
      tally.applied += done.applied;
      tally.unchanged += done.unchanged;
      tally.errors.push(...done.errors);
    } catch (error) {
      if (!(error instanceof CardAlreadyInForce)) throw error;
      if (work.length === 1) {
        tally.errors.push(rowError(work[0]!.row, 'in-use'));
        return;
      }
      const middle = Math.ceil(work.length / 2);
      await this.applyTogether(by, importId, work.slice(0, middle), tally);
      await this.applyTogether(by, importId, work.slice(middle), tally);
    }
  }

  private apply(by: Caller, importId: string, work: readonly Work[]): Promise<Tally> {
    const today = this.clock.today();
    const keyed = work.map((one) => ({ ...one, rowToken: this.rowTokenOf(one) }));
    return this.imports
      .applyChunk(by, importId, keyed, (one, grounds): RowOutcome | keyof typeof FAULTS => {
        const { person } = grounds;
        if (!person) return 'person-not-on-file';
        const holder = { ...holderOf(person), byFormerNumber: person.identityToken !== one.token };
        if (one.stated.kind === 'taken-over') {
          return decideStockRow(holder, grounds.inForce, grounds.last, one.stated.row, today);
        }
        if (this.regions.of(person.divisionCode) !== 'followed') return 'issued-here';
        return decideDailyRow(holder, grounds.inForce, grounds.last, one.stated.row);
      })
      .then(({ applied, unchanged, refused }) => ({
        applied,
        unchanged,
        errors: refused.map(({ row, fault }) => rowError(row, fault)),
      }));
  }

  private rowTokenOf({ identityNumber, stated }: Work): string {
    return this.cipher.blindIndex('card', `row:${JSON.stringify([identityNumber, stated.kind, stated.row])}`);
  }
}

function rowError(row: number, fault: keyof typeof FAULTS): RowError {
  const [reason, suggestion] = FAULTS[fault];
  return { row, column: null, reason, suggestion };
}

function holderOf(person: KnownPerson): Omit<Holder, 'byFormerNumber'> {
  return { cardId: randomUUID(), personId: person.personId, divisionCode: person.divisionCode };
}
