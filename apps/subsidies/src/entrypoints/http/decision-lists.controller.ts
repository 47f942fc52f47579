import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import { bytesWithin } from '@app/tabular';
import type { Request } from 'express';
import type { z } from 'zod';
import { ConfirmDecisionReturn } from '../../app/confirm-decision-return.js';
import { MOST_BYTES } from '../../app/decision-list-sheet.js';
import { FindDecisionLists } from '../../app/find-decision-lists.js';
import { OpenDecisionList } from '../../app/open-decision-list.js';
import { TakeDecisionReturn } from '../../app/take-decision-return.js';
import { WriteDecisionList } from '../../app/write-decision-list.js';
import * as schemas from './decision-list-schemas.js';

type Of<Schema extends z.ZodType> = z.infer<Schema>;

const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Civil affairs decides by a returned list, where it does not work in this system. */
@Controller('subsidies/decision-lists')
@ApiTags('subsidies: decisions by list')
@ApiBearerAuth()
export class DecisionListsController {
  constructor(
    private readonly found: FindDecisionLists,
    private readonly openList: OpenDecisionList,
    private readonly writeList: WriteDecisionList,
    private readonly takeReturn: TakeDecisionReturn,
    private readonly confirmReturn: ConfirmDecisionReturn,
  ) {}

  @Get()
  @Needs('decision-list:read')
  @ApiOperation({
    summary: 'Lists that went out, with how long they are waited for and how many have not been answered',
  })
  @Answers(schemas.listPage)
  async list(
    @Query({ schema: schemas.listQuery }) query: Of<typeof schemas.listQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return { lists: await this.found.list(actor, query) };
  }

  @Get(':listNo')
  @Needs('decision-list:read')
  @ApiOperation({ summary: 'A list, and the files that came back' })
  @Answers(schemas.listDetail)
  one(@Param('listNo', { schema: schemas.listNo }) no: number, @CurrentActor() actor: Actor) {
    return this.found.one(actor, no);
  }

  @Get(':listNo/rows')
  @Needs('decision-list:read')
  @ApiOperation({
    summary:
      'Cases of a list, by what became of them: `sent` is who has not been answered, `to-settle` waits for a person',
  })
  @Answers(schemas.rowPage)
  rows(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Query({ schema: schemas.rowQuery }) query: Of<typeof schemas.rowQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return this.found.rows(actor, no, query);
  }

  @Post()
  @Needs('decision-list:keep')
  @ApiOperation({
    summary:
      'Put the cases of a place that wait for civil affairs on a list; their steps and terms stay as they are',
  })
  @Answers(schemas.opened, 201)
  open(@Body({ schema: schemas.openList }) form: Of<typeof schemas.openList>, @CurrentActor() actor: Actor) {
    return this.openList.run(actor, { ...form, itemId: form.itemId ?? null });
  }

  /** A post, since it is written down who took names and numbers out, and for what. */
  @Post(':listNo/file')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('decision-list:keep')
  @ApiOperation({ summary: 'The workbook of what still waits on a list' })
  async file(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Body({ schema: schemas.writeList }) form: Of<typeof schemas.writeList>,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    return download(await this.writeList.run(actor, no, form));
  }

  /** The file is the body. */
  @Post(':listNo/returns')
  @HttpCode(200)
  @Needs('decision-list:keep')
  @ApiConsumes(SHEET, 'text/csv', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary:
      'Enter what came back: it is read, compared and kept; nothing is decided yet. The same file again changes nothing',
  })
  @Answers(schemas.report)
  async returns(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ) {
    return this.takeReturn.run(
      actor,
      no,
      await bytesWithin(request, MOST_BYTES, '请只保留名单所在的工作表后重新上传。'),
    );
  }

  @Get(':listNo/returns/:returnNo')
  @Needs('decision-list:read')
  @ApiOperation({ summary: 'What a file says, against how its cases stand now' })
  @Answers(schemas.report)
  return(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Param('returnNo', { schema: schemas.returnNo }) returned: number,
    @CurrentActor() actor: Actor,
  ) {
    return this.takeReturn.one(actor, no, returned);
  }

  @Post(':listNo/returns/:returnNo/confirm')
  @HttpCode(200)
  @Needs('decision-list:confirm')
  @ApiOperation({
    summary: 'As a second person, confirm that this is what was decided: it is recorded, each case once',
  })
  @Answers(schemas.report)
  confirm(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Param('returnNo', { schema: schemas.returnNo }) returned: number,
    @Body({ schema: schemas.confirmReturn }) { sha256 }: Of<typeof schemas.confirmReturn>,
    @CurrentActor() actor: Actor,
  ) {
    return this.confirmReturn.run(actor, no, returned, sha256);
  }

  @Post(':listNo/returns/:returnNo/file')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('decision-list:keep', 'decision-list:confirm')
  @ApiOperation({ summary: 'The file as it came back, the proof of what it decided' })
  async content(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Param('returnNo', { schema: schemas.returnNo }) returned: number,
    @Body({ schema: schemas.readReturn }) { purpose }: Of<typeof schemas.readReturn>,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    return download(await this.takeReturn.content(actor, no, returned, purpose));
  }

  @Post(':listNo/rows/:lineNo/settle')
  @HttpCode(200)
  @Needs('decision-list:keep', 'decision-list:confirm')
  @ApiOperation({
    summary:
      'Settle what came back otherwise than it went out: its answer counts, or the case leaves the list',
  })
  @Answers(schemas.settled)
  settle(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Param('lineNo', { schema: schemas.lineNo }) line: number,
    @Body({ schema: schemas.settleRow }) { outcome, note, remedy }: Of<typeof schemas.settleRow>,
    @CurrentActor() actor: Actor,
  ) {
    return this.confirmReturn.settle(actor, no, line, { outcome, note, remedy: remedy ?? null });
  }

  @Post(':listNo/close')
  @HttpCode(200)
  @Needs('decision-list:keep')
  @ApiOperation({ summary: 'A list that is waited for no longer: what is on it leaves it, undecided' })
  @Answers(schemas.closed)
  close(
    @Param('listNo', { schema: schemas.listNo }) no: number,
    @Body({ schema: schemas.closeList }) { reason }: Of<typeof schemas.closeList>,
    @CurrentActor() actor: Actor,
  ) {
    return this.confirmReturn.close(actor, no, reason);
  }
}

function download({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): StreamableFile {
  return new StreamableFile(bytes, {
    type: name.endsWith('.xlsx') ? SHEET : 'text/csv',
    disposition: `attachment; filename="${name}"`,
    length: bytes.length,
  });
}
