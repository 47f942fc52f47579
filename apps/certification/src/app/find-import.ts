import { Injectable } from '@nestjs/common';
import { type Actor, lookingWith } from '@app/access';
import { DomainError } from '@app/kernel';
import { errorWorkbook } from '@app/tabular';
import { CardImports, type ImportReport } from '../adapters/postgres/card-imports.js';
import { cardTables } from './card-tables.js';

export class ImportNotFound extends DomainError {
  readonly slug = 'import-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这次导入，请核对编号；只有上传的人可以查看。');
  }
}

/** What a file did, for the one who sent it. */
@Injectable()
export class FindImport {
  constructor(private readonly imports: CardImports) {}

  async report(actor: Actor, importId: string): Promise<ImportReport> {
    return (await this.find(actor, importId)).report;
  }

  /** The rejected rows with reasons, to be corrected and sent again. */
  async workbook(actor: Actor, importId: string): Promise<Buffer> {
    const { report, bad } = await this.find(actor, importId);
    return errorWorkbook(cardTables[report.kind], bad);
  }

  private async find(actor: Actor, importId: string) {
    const found = await this.imports.find(lookingWith(actor, 'card:import'), importId);
    if (!found) throw new ImportNotFound();
    return found;
  }
}
