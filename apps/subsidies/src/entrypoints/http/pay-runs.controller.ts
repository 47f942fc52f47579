import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import { bytesWithin, LARGE_LIMITS } from '@app/tabular';
import type { Request } from 'express';
import type { z } from 'zod';
import { ChangePayRuns } from '../../app/change-pay-runs.js';
import { ExportPayRun } from '../../app/export-pay-run.js';
import { FindPayRuns } from '../../app/find-pay-runs.js';
import { TakeReturnFile, type ReturnReport } from '../../app/take-return-file.js';
import {
  approveRun,
  beginRun,
  cancelRun,
  exportQuery,
  FINDING,
  findingPage,
  findingQuery,
  findingSettled,
  linePage,
  lineQuery,
  returnReport,
  runChanged,
  runDetail,
  runNo,
  runPage,
  runQuery,
  settleFinding,
} from './pay-run-schemas.js';

/** Pay runs: plan, check, approve, order, export, return. */
@Controller('subsidies/pay-runs')
@ApiTags('subsidies: pay runs')
@ApiBearerAuth()
export class PayRunsController {
  constructor(
    private readonly findRuns: FindPayRuns,
    private readonly changeRuns: ChangePayRuns,
    private readonly exportRun: ExportPayRun,
    private readonly takeReturn: TakeReturnFile,
  ) {}

  @Get()
  @Needs('pay-run:read')
  @ApiOperation({ summary: 'Pay runs of your county, the newest first' })
  @Answers(runPage)
  list(@Query({ schema: runQuery }) query: z.infer<typeof runQuery>, @CurrentActor() actor: Actor) {
    return this.findRuns.list(actor, query);
  }

  @Get(':runNo')
  @Needs('pay-run:read')
  @ApiOperation({ summary: 'A run with its totals, why lines are left out, and who did what' })
  @Answers(runDetail)
  one(@Param('runNo', { schema: runNo }) no: number, @CurrentActor() actor: Actor) {
    return this.findRuns.one(actor, no);
  }

  @Get(':runNo/lines')
  @Needs('pay-run:read')
  @ApiOperation({ summary: 'Lines of a run, by state, reason and place' })
  @Answers(linePage)
  lines(
    @Param('runNo', { schema: runNo }) no: number,
    @Query({ schema: lineQuery }) query: z.infer<typeof lineQuery>,
    @CurrentActor() actor: Actor,
  ) {
    return this.findRuns.lines(actor, no, query);
  }

  @Get(':runNo/findings')
  @Needs('pay-run:read')
  @ApiOperation({ summary: 'What is to be looked at before money goes out, and what came of it' })
  @Answers(findingPage)
  findings(
    @Param('runNo', { schema: runNo }) no: number,
    @Query({ schema: findingQuery }) { after, ...query }: z.infer<typeof findingQuery>,
    @CurrentActor() actor: Actor,
  ) {
    const [, personId, check] = (after && FINDING.exec(after)) || [];
    return this.findRuns.findings(actor, no, {
      ...query,
      after: personId && check ? { personId, check } : undefined,
    });
  }

  @Post()
  @Needs('pay-run:plan')
  @ApiOperation({ summary: 'Begin a run of a month for a county; it plans in the background' })
  @Answers(runChanged, 201)
  begin(@Body({ schema: beginRun }) form: z.infer<typeof beginRun>, @CurrentActor() actor: Actor) {
    return this.changeRuns.begin(actor, form);
  }

  @Post(':runNo/findings')
  @HttpCode(200)
  @Needs('pay-run:check')
  @ApiOperation({ summary: 'Settle a finding: the person is paid, or taken out of the run, with a note' })
  @Answers(findingSettled)
  settle(
    @Param('runNo', { schema: runNo }) no: number,
    @Body({ schema: settleFinding }) { outcome, note, ...of }: z.infer<typeof settleFinding>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeRuns.settleFinding(actor, no, of, { outcome, note });
  }

  @Post(':runNo/approve')
  @HttpCode(200)
  @Needs('pay-run:approve')
  @ApiOperation({ summary: 'Approve what you saw, as a second person; the money is ordered' })
  @Answers(runChanged)
  approve(
    @Param('runNo', { schema: runNo }) no: number,
    @Body({ schema: approveRun }) seen: z.infer<typeof approveRun>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeRuns.approve(actor, no, seen);
  }

  @Post(':runNo/cancel')
  @HttpCode(200)
  @Needs('pay-run:plan', 'pay-run:approve')
  @ApiOperation({ summary: 'Cancel a run whose money is not ordered yet, with the reason' })
  @Answers(runChanged)
  cancel(
    @Param('runNo', { schema: runNo }) no: number,
    @Body({ schema: cancelRun }) body: z.infer<typeof cancelRun>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeRuns.cancel(actor, no, body);
  }

  /** A post, since it is written down who took the accounts out. */
  @Post(':runNo/file')
  @HttpCode(200)
  @Needs('pay-run:export')
  @ApiOperation({ summary: 'The file for the payer of money; the same bytes each time' })
  async file(
    @Param('runNo', { schema: runNo }) no: number,
    @Query({ schema: exportQuery }) { format }: z.infer<typeof exportQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const { name, bytes } = await this.exportRun.run(actor, no, format);
    return new StreamableFile(bytes, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${name}"`,
      length: bytes.length,
    });
  }

  /** The file is the body. */
  @Post(':runNo/returns')
  @HttpCode(200)
  @Needs('pay-run:export')
  @ApiConsumes('application/octet-stream', 'text/plain')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Take the answer of the payer of money: each line once, however often it is sent',
  })
  @Answers(returnReport)
  async returns(
    @Param('runNo', { schema: runNo }) no: number,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ): Promise<ReturnReport> {
    return this.takeReturn.run(
      actor,
      no,
      await bytesWithin(request, LARGE_LIMITS.bytes, '请向代发单位取得分开的文件后分别上传。'),
    );
  }
}
