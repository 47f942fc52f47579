import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { z } from 'zod';
import { AdvanceApplication } from '../../app/advance-application.js';
import {
  FindApplications,
  type ApplicationDetail,
  type ApplicationView,
} from '../../app/find-applications.js';
import { SubmitApplication } from '../../app/submit-application.js';
import type { Application } from '../../domain/application.js';
import { Answers } from '@app/platform';
import { applicationDetail, applicationList, applicationStep, type ApplicationStep } from './answers.js';
import {
  acceptance,
  applicationFilter,
  applicationForm,
  approval,
  assessment,
  idParam,
  notice,
  objection,
  objectionFinding,
  placement,
  rejection,
} from './schemas.js';

/** Applications for a card, a renewal or a re-grading, step by step (残疾人证管理办法 §9). */
@Controller('certification/applications')
@ApiTags('certification')
@ApiBearerAuth()
export class ApplicationsController {
  constructor(
    private readonly submission: SubmitApplication,
    private readonly steps: AdvanceApplication,
    private readonly found: FindApplications,
  ) {}

  @Post()
  @Needs('application:submit')
  @ApiOperation({ summary: 'Apply for a card, a renewal or a re-grading' })
  @Answers(applicationStep, 201)
  async submit(
    @Body({ schema: applicationForm }) form: z.infer<typeof applicationForm>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.submission.run(actor, form));
  }

  @Get()
  @Needs('application:read')
  @ApiOperation({ summary: 'Applications in your reach' })
  @Answers(applicationList)
  list(
    @Query({ schema: applicationFilter }) filter: z.infer<typeof applicationFilter>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationView[]> {
    const { status, after, limit } = filter;
    return this.found.list(actor, { status: status ?? null, after: after ?? null, limit });
  }

  @Get(':id')
  @Needs('application:read')
  @ApiOperation({ summary: 'An application with its steps and legal terms' })
  @Answers(applicationDetail)
  show(
    @Param('id', { schema: idParam }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationDetail> {
    return this.found.byId(actor, id);
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Needs('application:handle')
  @ApiOperation({ summary: 'The papers are complete: it goes to the assessment' })
  @Answers(applicationStep)
  async accept(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: acceptance }) body: z.infer<typeof acceptance>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.accept(actor, id, body));
  }

  @Post(':id/place')
  @HttpCode(200)
  @Needs('application:handle')
  @ApiOperation({ summary: 'It is given to the institution whose physicians assess' })
  @Answers(applicationStep)
  async place(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: placement }) body: z.infer<typeof placement>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.place(actor, id, body.unitId));
  }

  @Post(':id/assessment')
  @HttpCode(200)
  @Needs('application:assess')
  @ApiOperation({ summary: 'A physician of the assigned institution has assessed' })
  @Answers(applicationStep)
  async assess(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: assessment }) body: z.infer<typeof assessment>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.assess(actor, id, body));
  }

  @Post(':id/notice')
  @HttpCode(200)
  @Needs('application:handle')
  @ApiOperation({ summary: 'It hangs out for public notice; that of a minor does not' })
  @Answers(applicationStep)
  async notice(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: notice }) body: z.infer<typeof notice>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.notice(actor, id, body));
  }

  @Post(':id/objections')
  @HttpCode(200)
  @Needs('application:handle')
  @ApiOperation({ summary: 'Somebody objected during the notice' })
  @Answers(applicationStep)
  async object(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: objection }) body: z.infer<typeof objection>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.object(actor, id, body.text));
  }

  @Post(':id/objections/settle')
  @HttpCode(200)
  @Needs('application:settle')
  @ApiOperation({ summary: 'An objection was looked into' })
  @Answers(applicationStep)
  async settle(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: objectionFinding }) body: z.infer<typeof objectionFinding>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.settle(actor, id, body.number, body.finding, body.note));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Needs('application:decide')
  @ApiOperation({ summary: 'Approve it: the card is numbered, and the chain starts' })
  @Answers(applicationStep)
  async approve(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: approval }) body: z.infer<typeof approval>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.approve(actor, id, body.validFrom, body.identityNumber));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Needs('application:decide')
  @ApiOperation({ summary: 'Reject it, with the reason and how the person may object' })
  @Answers(applicationStep)
  async reject(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: rejection }) body: z.infer<typeof rejection>,
    @CurrentActor() actor: Actor,
  ): Promise<ApplicationStep> {
    return toStep(await this.steps.reject(actor, id, body.reason, body.remedy));
  }
}

function toStep({ applicationId, status, version, cardId, notice }: Application): ApplicationStep {
  return {
    applicationId,
    status,
    version,
    cardId,
    notice: notice && { published: notice.published, from: notice.from, to: notice.to },
  };
}
