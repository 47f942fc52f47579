import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers, holdsNumber } from '@app/platform';
import { z } from 'zod';
import { BankFormats } from '../../app/bank-formats.js';
import { bankFileFormat, type BankFileFormat } from '../../domain/bank-file/index.js';

/** Kept, shown and written down in the clear: a layout is nobody's, so no number of anybody stands in it. */
const keepFormat = bankFileFormat.refine(
  (format) => !holdsNumber(JSON.stringify(format)),
  '格式里不能有证件、电话或账户号码，请删去号码',
);
const formats = z.object({ formats: z.array(bankFileFormat).readonly() }).meta({ id: 'BankFormats' });

/** How payers of money want their files, and how they answer them. */
@Controller('subsidies/bank-formats')
@ApiTags('subsidies: pay runs')
@ApiBearerAuth()
export class BankFormatsController {
  constructor(private readonly bankFormats: BankFormats) {}

  @Get()
  @Needs('pay-run:read')
  @ApiOperation({ summary: 'Formats that are known here' })
  @Answers(formats)
  async list(@CurrentActor() actor: Actor) {
    return { formats: await this.bankFormats.list(actor) };
  }

  @Post()
  @HttpCode(200)
  @Needs('bank-format:keep')
  @ApiOperation({ summary: 'Enter a format, or enter it anew; files that were written keep theirs' })
  @Answers(bankFileFormat)
  keep(@Body({ schema: keepFormat }) format: BankFileFormat, @CurrentActor() actor: Actor) {
    return this.bankFormats.keep(actor, format);
  }
}
