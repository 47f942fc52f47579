import { Controller, Get, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { calendarDay } from '@app/contracts';
import { csvTemplate, DEFAULT_LIMITS, FileNotReadable, xlsxTemplate, bytesWithin } from '@app/tabular';
import type { Request } from 'express';
import { z } from 'zod';
import { FindImport, type ImportView } from '../../app/find-import.js';
import { ImportRoster, type ImportReport } from '../../app/import-roster.js';
import { Answers, givenId } from '@app/platform';
import { importReport, importView } from './answers.js';
import { rosterKinds, Rosters } from '../../app/rosters/rosters.js';

const kind = z.enum(rosterKinds);
const templateFile = z.string().regex(new RegExp(`^(${rosterKinds.join('|')})\\.(xlsx|csv)$`));

const importOptions = z.object({
  full: z.enum(['true', 'false']).default('false'),
  asOf: calendarDay.optional(),
  confirmRemovals: z.coerce.number().int().positive().optional(),
});

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const FILE_TYPES = [XLSX, 'text/csv', 'application/octet-stream'];

/** Rosters: templates to fill in, files that are sent, what became of their rows. */
@Controller('registry/imports')
@ApiTags('registry')
@ApiBearerAuth()
@Needs('roster:import')
export class ImportsController {
  constructor(
    private readonly importRoster: ImportRoster,
    private readonly imports: FindImport,
    private readonly rosters: Rosters,
  ) {}

  /** The file is the body, so that no name of a file (which may be a person's) is written down. */
  @Post(':kind')
  @HttpCode(200)
  @ApiConsumes(...FILE_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Bring a roster on file: the good rows once, the bad ones with reason and suggestion',
  })
  @Answers(importReport)
  async send(
    @Param('kind', { schema: kind }) roster: z.infer<typeof kind>,
    @Query({ schema: importOptions }) options: z.infer<typeof importOptions>,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ): Promise<ImportReport> {
    const file = await bodyOf(request);
    return this.importRoster.run(actor, roster, file, { ...options, full: options.full === 'true' });
  }

  @Get('templates/:file')
  @ApiOperation({ summary: 'The empty table of a roster, to be filled in' })
  async template(@Param('file', { schema: templateFile }) file: string): Promise<StreamableFile> {
    const [name, type] = file.split('.') as [string, 'xlsx' | 'csv'];
    const { table } = this.rosters.of(name);
    return type === 'csv'
      ? download(csvTemplate(table), 'text/csv; charset=utf-8', file)
      : download(await xlsxTemplate(table), XLSX, file);
  }

  @Get(':id')
  @ApiOperation({ summary: 'An import as it stands' })
  @Answers(importView)
  view(@Param('id', { schema: givenId() }) id: string, @CurrentActor() actor: Actor): Promise<ImportView> {
    return this.imports.view(actor, id);
  }

  @Get(':id/errors.xlsx')
  @ApiOperation({ summary: 'The rows that are wrong still, to be corrected and sent again' })
  async errors(
    @Param('id', { schema: givenId() }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    return download(await this.imports.errorWorkbook(actor, id), XLSX, `${id}-errors.xlsx`);
  }
}

function download(file: Buffer, type: string, name: string): StreamableFile {
  return new StreamableFile(file, {
    type,
    disposition: `attachment; filename="${name}"`,
    length: file.length,
  });
}

/** @throws FileTooLarge as soon as more has come than one file may have */
function bodyOf(request: Request): Promise<Buffer> {
  if (request.is('json') || request.is('multipart')) {
    throw new FileNotReadable('请把 .xlsx 或 .csv 文件作为请求正文直接上传，不要放在表单或 JSON 里。');
  }
  return bytesWithin(request, DEFAULT_LIMITS.bytes);
}
