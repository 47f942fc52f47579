import { Body, Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, lookingAs, Needs, type Actor } from '@app/access';
import { Clock, DomainError } from '@app/kernel';
import { Answers, Database, givenId } from '@app/platform';
import { z } from 'zod';
import {
  dryRunView,
  escalationRule,
  noticePage,
  noticeViewOf,
  type NoticePageView,
  type RuleView,
} from './escalation-views.js';
import { KeepRules } from './keep-rules.js';
import { Notices } from './notices.js';
import { ruleText, type RuleText } from './rules.js';

/** There is no such notice for who asks. */
export class NoticeNotFound extends DomainError {
  readonly slug = 'notice-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有发给您的这条通知。');
  }
}

const id = givenId();
const noticeQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const dryRunQuery = z.object({ days: z.coerce.number().int().min(1).max(31).default(7) });
const newRule = ruleText.meta({ id: 'NewEscalationRule' });
const version = z.int().min(1).describe('The version that you saw.');
const changedRule = ruleText.extend({ version }).meta({ id: 'ChangedEscalationRule' });
const retiredRule = z.object({ version }).meta({ id: 'RetiredEscalationRule' });

/** Who is told of a service's terms: one's own notices, and the rules by which others are told. */
export function escalationController(service: string): Type {
  @Controller(service)
  @ApiTags(`${service}: escalation`)
  @ApiBearerAuth()
  class EscalationController {
    constructor(
      private readonly database: Database,
      private readonly clock: Clock,
      private readonly notices: Notices,
      private readonly rules: KeepRules,
    ) {}

    @Get('notices')
    @Needs('own-notice:read')
    @ApiOperation({ summary: 'What you, your roles, or whom you act for are told of terms; unread first' })
    @Answers(noticePage)
    async list(
      @Query({ schema: noticeQuery }) { limit }: z.infer<typeof noticeQuery>,
      @CurrentActor() actor: Actor,
    ): Promise<NoticePageView> {
      const { rows, unread } = await this.notices.ofCaller(lookingAs(actor), limit);
      return { unread, notices: rows.map(noticeViewOf) };
    }

    @Post('notices/:id/read')
    @HttpCode(204)
    @Needs('own-notice:read')
    @ApiOperation({ summary: 'You have read it' })
    async read(@Param('id', { schema: id }) noticeId: string, @CurrentActor() actor: Actor): Promise<void> {
      await this.database.command(lookingAs(actor), async (tx) => {
        if (!(await this.notices.read(tx, noticeId, this.clock.now()))) throw new NoticeNotFound();
      });
    }

    @Get('escalation-rules')
    @Needs('escalation-rule:read')
    @ApiOperation({
      summary: 'Who else is told, with when each rule was last tried, last fired, and comes next',
    })
    @Answers(z.array(escalationRule))
    listRules(@CurrentActor() actor: Actor): Promise<RuleView[]> {
      return this.rules.list(actor);
    }

    @Post('escalation-rules')
    @Needs('escalation-rule:write')
    @ApiOperation({ summary: 'Have others told too; a rule that can never match is refused with the reason' })
    @Answers(escalationRule, 201)
    addRule(@Body({ schema: newRule }) text: RuleText, @CurrentActor() actor: Actor): Promise<RuleView> {
      return this.rules.add(actor, text);
    }

    @Get('escalation-rules/:id')
    @Needs('escalation-rule:read')
    @ApiOperation({ summary: 'One rule' })
    @Answers(escalationRule)
    findRule(@Param('id', { schema: id }) ruleId: string, @CurrentActor() actor: Actor): Promise<RuleView> {
      return this.rules.find(actor, ruleId);
    }

    @Get('escalation-rules/:id/dry-run')
    @Needs('escalation-rule:read')
    @ApiOperation({ summary: 'What the rule would have done in the last days' })
    @Answers(dryRunView)
    async dryRun(
      @Param('id', { schema: id }) ruleId: string,
      @Query({ schema: dryRunQuery }) { days }: z.infer<typeof dryRunQuery>,
      @CurrentActor() actor: Actor,
    ): Promise<z.infer<typeof dryRunView>> {
      const { count, first, cut } = await this.rules.dryRun(actor, ruleId, days);
      return {
        days,
        count,
        cut,
        first: first.map(({ firedAt, ...rung }) => ({ ...rung, firedAt: firedAt.toISOString() })),
      };
    }

    @Post('escalation-rules/:id/change')
    @HttpCode(200)
    @Needs('escalation-rule:write')
    @ApiOperation({ summary: 'Change a rule' })
    @Answers(escalationRule)
    changeRule(
      @Param('id', { schema: id }) ruleId: string,
      @Body({ schema: changedRule }) { version: seen, ...text }: z.infer<typeof changedRule>,
      @CurrentActor() actor: Actor,
    ): Promise<RuleView> {
      return this.rules.change(actor, ruleId, seen, text);
    }

    @Post('escalation-rules/:id/retire')
    @HttpCode(200)
    @Needs('escalation-rule:write')
    @ApiOperation({ summary: 'The rule tells nobody any more' })
    @Answers(escalationRule)
    retireRule(
      @Param('id', { schema: id }) ruleId: string,
      @Body({ schema: retiredRule }) { version: seen }: z.infer<typeof retiredRule>,
      @CurrentActor() actor: Actor,
    ): Promise<RuleView> {
      return this.rules.retire(actor, ruleId, seen);
    }
  }
  // In all-in-one each service's operations have a name of their own in the API document.
  const prefix = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  Object.defineProperty(EscalationController, 'name', { value: `${prefix}EscalationController` });
  return EscalationController;
}
