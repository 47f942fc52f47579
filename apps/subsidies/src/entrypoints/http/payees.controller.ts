import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, sensitive, type Actor } from '@app/access';
import { calendarDay } from '@app/contracts';
import { Answers, freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { payeeChecks, type PayeeCheck } from '../../adapters/postgres/payee-checks.js';
import type { ShownPayee } from '../../adapters/postgres/payee-queries.js';
import type { PayeeChange } from '../../adapters/postgres/payee-repository.js';
import { ChangePayees } from '../../app/change-payees.js';
import { FindPayees, type FindingPage } from '../../app/find-payees.js';

const status = z.enum(['pending', 'confirmed', 'refused', 'withdrawn', 'replaced']);
const month = z.string().meta({ description: '`YYYY-MM`' });
const version = z.int().min(1).describe('The version that you saw.');
const accountNumber = z
  .string()
  .min(1)
  .max(64)
  .describe('账号，可含空格和连字符 · Digits, with or without spaces.');

const payeeQuery = z.object({
  personId: givenId().optional(),
  status: status.optional(),
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** A finding by its person and check, as `next` names it. */
const FINDING = new RegExp(`^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\.(${payeeChecks.join('|')})$`);
const findingQuery = z.object({
  since: calendarDay.optional().describe('First day of the changes that are shown; absent: of this month.'),
  after: z.string().regex(FINDING).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const account = {
  personId: givenId(),
  holderName: freeText(1, 50).describe('户名 · Name on the account.'),
  bank: freeText(2, 100).describe('开户银行 · Bank and branch.'),
  accountNumber,
  phone: z
    .string()
    .max(30)
    .optional()
    .describe(
      '领款人联系电话 · Telephone that the payee leaves; it is held against those of other accounts.',
    ),
};
const proof = {
  relation: freeText(1, 20).describe('与残疾人的关系 · What they are to the person.'),
  proof: freeText(2, 100).describe('证明材料名称及文号 · Paper that shows it, with its number in the file.'),
  validUntil: calendarDay.describe('Last day on which the proof counts.'),
};
const enterPayee = z
  .discriminatedUnion('holder', [
    z.strictObject({ holder: z.literal('self'), ...account }),
    z.strictObject({ holder: z.literal('guardian'), ...account, ...proof }),
    z.strictObject({ holder: z.literal('agent'), ...account, ...proof }),
  ])
  .meta({ id: 'EnterPayee' });
const confirmPayee = z
  .strictObject({
    version,
    accountNumber: accountNumber.describe(
      '复核人对照存折或银行卡重新录入的账号 · Entered again from the paper.',
    ),
  })
  .meta({ id: 'ConfirmPayee' });
const endPayee = z
  .strictObject({ version, reason: freeText(2, 200).describe('理由 · Why.') })
  .meta({ id: 'EndPayee' });

const payeeFields = {
  accountId: z.uuid(),
  personId: z.uuid(),
  holder: z.enum(['self', 'guardian', 'agent']),
  holderName: sensitive('name'),
  relation: z.string().nullable(),
  proof: z.string().nullable(),
  validUntil: calendarDay.nullable(),
  bank: z.string(),
  accountNumber: sensitive('account'),
  phone: sensitive('phone').nullable(),
  status,
  heldUntilMonth: month.nullable().describe('No run of this month or an earlier one pays to it.'),
  replaces: z.uuid().nullable(),
  enteredBy: z.string(),
  version: z.int(),
};
const payeePage = z
  .object({ payees: z.array(z.object(payeeFields).meta({ id: 'Payee' })), next: z.uuid().nullable() })
  .meta({ id: 'PayeePage' });
const payeeDetail = z
  .object({
    ...payeeFields,
    history: z.array(
      z.object({
        version: z.int(),
        status,
        heldUntilMonth: month.nullable(),
        reason: z.string().nullable(),
        day: calendarDay,
        by: z.string(),
        role: z.string(),
      }),
    ),
  })
  .meta({ id: 'PayeeDetail' });
const payeeChanged = z
  .object({ accountId: z.uuid(), status, heldUntilMonth: month.nullable(), version: z.int() })
  .meta({ id: 'PayeeChanged' });
const findingPage = z
  .object({
    findings: z
      .array(
        z.object({
          check: z.enum(payeeChecks),
          personId: z.uuid(),
          accountId: z.uuid(),
          reason: z.string(),
          since: calendarDay.nullable().describe('自何时起 · Day since when.'),
          owner: z.string().describe('谁来办 · Role that looks after it.'),
          todo: z.string().describe('怎么办 · What there is to do.'),
        }),
      )
      .readonly(),
    next: z.string().nullable(),
  })
  .meta({ id: 'PayeeFindings' }) satisfies z.ZodType<FindingPage>;

const id = givenId();

/** To which account a person's benefits are paid. */
@Controller('subsidies/payees')
@ApiTags('subsidies: payees')
@ApiBearerAuth()
export class PayeesController {
  constructor(
    private readonly findPayees: FindPayees,
    private readonly changePayees: ChangePayees,
  ) {}

  @Get()
  @Needs('payee:read')
  @ApiOperation({
    summary: 'Payee accounts in your place, of one person or page by page, with what was before',
  })
  @Answers(payeePage)
  async list(@Query({ schema: payeeQuery }) query: z.infer<typeof payeeQuery>, @CurrentActor() actor: Actor) {
    const { payees, next } = await this.findPayees.list(actor, query);
    return { payees: payees.map(viewOf), next };
  }

  @Get('findings')
  @Needs('payee:check')
  @ApiOperation({
    summary: 'What is to be looked at before the persons in your place are paid, with the reason',
  })
  @Answers(findingPage)
  findings(
    @Query({ schema: findingQuery }) { after, ...query }: z.infer<typeof findingQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<FindingPage> {
    const [, personId, check] = (after && FINDING.exec(after)) || [];
    return this.findPayees.findings(actor, {
      ...query,
      ...(personId && check ? { after: { personId, check: check as PayeeCheck } } : {}),
    });
  }

  @Get(':id')
  @Needs('payee:read')
  @ApiOperation({ summary: 'A payee account with its history' })
  @Answers(payeeDetail)
  async one(@Param('id', { schema: id }) accountId: string, @CurrentActor() actor: Actor) {
    const { history, ...payee } = await this.findPayees.one(actor, accountId);
    return { ...viewOf(payee), history };
  }

  @Post()
  @Needs('payee:enter')
  @ApiOperation({ summary: 'Enter an account for a person who has a benefit; it waits for a second person' })
  @Answers(payeeChanged, 201)
  enter(
    @Body({ schema: enterPayee }) form: z.infer<typeof enterPayee>,
    @CurrentActor() actor: Actor,
  ): Promise<PayeeChange> {
    const { personId, holder, holderName, bank, accountNumber: number, phone } = form;
    const shown =
      form.holder === 'self'
        ? null
        : { relation: form.relation, reference: form.proof, validUntil: form.validUntil };
    return this.changePayees.enter(actor, {
      personId,
      holder,
      holderName,
      bank,
      accountNumber: number,
      phone: phone ?? null,
      proof: shown,
    });
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Needs('payee:confirm')
  @ApiOperation({
    summary:
      'Confirm it as a second person, by entering the number again; a change holds payment for a cycle',
  })
  @Answers(payeeChanged)
  confirm(
    @Param('id', { schema: id }) accountId: string,
    @Body({ schema: confirmPayee }) body: z.infer<typeof confirmPayee>,
    @CurrentActor() actor: Actor,
  ): Promise<PayeeChange> {
    return this.changePayees.confirm(actor, accountId, body);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @Needs('payee:confirm')
  @ApiOperation({ summary: 'Refuse what waits, with the reason' })
  @Answers(payeeChanged)
  refuse(
    @Param('id', { schema: id }) accountId: string,
    @Body({ schema: endPayee }) body: z.infer<typeof endPayee>,
    @CurrentActor() actor: Actor,
  ): Promise<PayeeChange> {
    return this.changePayees.refuse(actor, accountId, body);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Needs('payee:enter', 'payee:confirm')
  @ApiOperation({ summary: 'Take back what waits, or stop what is paid, with the reason' })
  @Answers(payeeChanged)
  withdraw(
    @Param('id', { schema: id }) accountId: string,
    @Body({ schema: endPayee }) body: z.infer<typeof endPayee>,
    @CurrentActor() actor: Actor,
  ): Promise<PayeeChange> {
    return this.changePayees.withdraw(actor, accountId, body);
  }
}

function viewOf({ id: accountId, proof: shown, enteredBy, ...payee }: ShownPayee) {
  return {
    ...payee,
    accountId,
    relation: shown?.relation ?? null,
    proof: shown?.reference ?? null,
    validUntil: shown?.validUntil ?? null,
    enteredBy: enteredBy.id,
  };
}
