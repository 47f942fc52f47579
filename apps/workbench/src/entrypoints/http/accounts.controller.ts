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
import { DEFAULT_LIMITS, FileNotReadable, xlsxTemplate, bytesWithin } from '@app/tabular';
import type { Request } from 'express';
import type { z } from 'zod';
import { ChangeAccounts } from '../../app/change-accounts.js';
import { FindAccounts } from '../../app/find-accounts.js';
import { accountTable, ImportAccounts } from '../../app/import-accounts.js';
import { LeaveAccount } from '../../app/leave-account.js';
import {
  accountChanged,
  accountImport,
  accountLeft,
  accountPage,
  accountView,
  activated,
} from './organisation-answers.js';
import {
  accountQuery,
  correctAccountRequest,
  importQuery,
  leaveRequest,
  lockAccountRequest,
  openAccountRequest,
  uuid,
} from './organisation-requests.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const FILE_TYPES = [XLSX, 'text/csv', 'application/octet-stream'];

/** Who works here: opened, corrected, locked, left; singly or by a file. */
@Controller('workbench/accounts')
@ApiTags('workbench: accounts')
@ApiBearerAuth()
export class AccountsController {
  constructor(
    private readonly changeAccounts: ChangeAccounts,
    private readonly importAccounts: ImportAccounts,
    private readonly leaveAccount: LeaveAccount,
    private readonly findAccounts: FindAccounts,
  ) {}

  @Get()
  @Needs('account:read')
  @ApiOperation({ summary: 'Accounts in reach' })
  @Answers(accountPage)
  list(@Query({ schema: accountQuery }) filter: z.infer<typeof accountQuery>, @CurrentActor() actor: Actor) {
    return this.findAccounts.list(actor, filter);
  }

  @Get('template.xlsx')
  @Needs('account:keep')
  @ApiOperation({ summary: 'The empty table of accounts, to be filled in' })
  async template(): Promise<StreamableFile> {
    const file = await xlsxTemplate(accountTable);
    return new StreamableFile(file, {
      type: XLSX,
      disposition: 'attachment; filename="accounts.xlsx"',
      length: file.length,
    });
  }

  @Get(':id')
  @Needs('account:read')
  @ApiOperation({ summary: 'An account with its posts and deputies' })
  @Answers(accountView)
  view(@Param('id', { schema: uuid }) id: string, @CurrentActor() actor: Actor) {
    return this.findAccounts.view(actor, id);
  }

  @Post()
  @Needs('account:keep')
  @ApiOperation({ summary: 'Open an account; it may do nothing until it is given a post' })
  @Answers(accountChanged, 201)
  open(
    @Body({ schema: openAccountRequest }) wanted: z.infer<typeof openAccountRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeAccounts.open(actor, wanted);
  }

  /** The file is the body, so that no name of a file (which may be a person's) is written down. */
  @Post('imports')
  @HttpCode(200)
  @Needs('account:keep')
  @Header('cache-control', 'no-store')
  @ApiConsumes(...FILE_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({
    summary: 'Open the accounts of a file: the good rows once, the bad ones with reason and suggestion',
  })
  @Answers(accountImport)
  async import(
    @Query({ schema: importQuery }) options: z.infer<typeof importQuery>,
    @Req() request: Request,
    @CurrentActor() actor: Actor,
  ) {
    return this.importAccounts.run(actor, await bodyOf(request), options.dryRun === 'true');
  }

  @Post(':id/correct')
  @HttpCode(200)
  @Needs('account:keep')
  @ApiOperation({ summary: 'Another name or phone' })
  @Answers(accountChanged)
  correct(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: correctAccountRequest }) wanted: z.infer<typeof correctAccountRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeAccounts.correct(actor, id, wanted);
  }

  @Post(':id/activation')
  @HttpCode(200)
  @Needs('account:keep')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A new code with which the user sets a password, once; it is shown this once' })
  @Answers(activated)
  activate(@Param('id', { schema: uuid }) id: string, @CurrentActor() actor: Actor) {
    return this.changeAccounts.activate(actor, id);
  }

  @Post(':id/lock')
  @HttpCode(200)
  @Needs('account:lock')
  @ApiOperation({ summary: 'Lock an account: it is signed out everywhere' })
  @Answers(accountChanged)
  lock(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: lockAccountRequest }) { reason }: z.infer<typeof lockAccountRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeAccounts.lock(actor, id, reason);
  }

  @Post(':id/unlock')
  @HttpCode(200)
  @Needs('account:lock')
  @ApiOperation({ summary: 'Unlock an account' })
  @Answers(accountChanged)
  unlock(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: lockAccountRequest }) { reason }: z.infer<typeof lockAccountRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeAccounts.unlock(actor, id, reason);
  }

  @Post(':id/leave')
  @HttpCode(200)
  @Needs('account:leave')
  @ApiOperation({
    summary: 'Somebody leaves: posts, deputies and sessions end, and their work passes on, in one act',
  })
  @Answers(accountLeft)
  leave(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: leaveRequest }) wanted: z.infer<typeof leaveRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.leaveAccount.run(actor, id, wanted);
  }
}

/** @throws FileTooLarge as soon as more has come than one file may have */
function bodyOf(request: Request): Promise<Buffer> {
  if (request.is('json') || request.is('multipart')) {
    throw new FileNotReadable('请把 .xlsx 或 .csv 文件作为请求正文直接上传，不要放在表单或 JSON 里。');
  }
  return bytesWithin(request, DEFAULT_LIMITS.bytes);
}
