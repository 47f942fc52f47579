import { Controller, Get, HttpCode, Param, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { csvTemplate, DEFAULT_LIMITS, xlsxTemplate, bytesWithin } from '@app/tabular';
import type { Request } from 'express';
import { z } from 'zod';
import type { ImportReport } from '../../adapters/postgres/card-imports.js';
import { cardTables, type CardTable } from '../../app/card-tables.js';
import { FindImport } from '../../app/find-import.js';
import { ImportCards } from '../../app/import-cards.js';
import { Answers } from '@app/platform';
import { importReport } from './answers.js';
import { idParam } from './schemas.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const CSV = 'text/csv; charset=utf-8';

const tableParam = z.enum(Object.keys(cardTables) as [CardTable, ...CardTable[]]);
const templateParam = z.enum(
  Object.keys(cardTables).flatMap((kind) => [`${kind}.xlsx`, `${kind}.csv`]) as [string, ...string[]],
);

/** Rosters of cards: the living stock (`taken-over`), and the daily file of the system above (`followed`). */
@Controller('certification/imports')
@ApiTags('certification')
@ApiBearerAuth()
@Needs('card:import')
export class ImportsController {
  constructor(
    private readonly cards: ImportCards,
    private readonly found: FindImport,
  ) {}

  @Get('templates/:file')
  @ApiOperation({ summary: 'The empty table of a roster of cards, to be filled in' })
  async template(@Param('file', { schema: templateParam }) file: string): Promise<StreamableFile> {
    const [kind, ending] = file.split('.') as [CardTable, 'xlsx' | 'csv'];
    const table = cardTables[kind];
    return ending === 'xlsx'
      ? download(await xlsxTemplate(table), `${table.name}.xlsx`)
      : download(csvTemplate(table), `${table.name}.csv`);
  }

  @Post(':kind')
  @HttpCode(200)
  @ApiConsumes(XLSX, 'text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Bring cards on file: the good rows once, the bad ones with reason and suggestion',
  })
  @Answers(importReport)
  async import(
    @Param('kind', { schema: tableParam }) kind: CardTable,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ): Promise<ImportReport> {
    return this.cards.run(actor, kind, await bytesWithin(request, DEFAULT_LIMITS.bytes));
  }

  @Get(':id')
  @ApiOperation({ summary: 'What a file did' })
  @Answers(importReport)
  report(@Param('id', { schema: idParam }) id: string, @CurrentActor() actor: Actor): Promise<ImportReport> {
    return this.found.report(actor, id);
  }

  @Get(':id/errors.xlsx')
  @ApiOperation({ summary: 'The rows that were rejected, to be corrected and sent again' })
  async errors(
    @Param('id', { schema: idParam }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    return download(await this.found.workbook(actor, id), 'errors.xlsx');
  }
}

function download(file: Buffer, name: string): StreamableFile {
  return new StreamableFile(file, {
    type: name.endsWith('.xlsx') ? XLSX : CSV,
    disposition: `attachment; filename="${name}"`,
  });
}
