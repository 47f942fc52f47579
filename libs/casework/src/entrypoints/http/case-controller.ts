import { Body, Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, NeedsRole, roles, type Actor, type Role } from '@app/access';
import type { Owner } from '@app/contracts';
import { Answers } from '@app/platform';
import { z } from 'zod';
import { ApplyForCase } from '../../app/apply-for-case.js';
import {
  caseDetail,
  casePage,
  caseSummary,
  type CaseDetail,
  type CasePage,
  type CaseSummary,
} from '../../app/case-view.js';
import { DoStep } from '../../app/do-step.js';
import { FindCase } from '../../app/find-case.js';
import { GrantCase } from '../../app/grant-case.js';
import { HandOverCase } from '../../app/hand-over-case.js';
import { ListCases } from '../../app/list-cases.js';
import { RecordConsent } from '../../app/record-consent.js';
import { RecordDecline } from '../../app/record-decline.js';
import { RefuseCase } from '../../app/refuse-case.js';
import { ReleaseCase } from '../../app/release-case.js';
import { StopCase } from '../../app/stop-case.js';
import { WaitlistCase } from '../../app/waitlist-case.js';
import { WithdrawCase } from '../../app/withdraw-case.js';
import {
  applyRequest,
  consentRequest,
  declineRequest,
  grantRequest,
  handOverRequest,
  listQuery,
  reasonRequest,
  refuseRequest,
  stepRequest,
  stopRequest,
  waitlistRequest,
  type ListRequest,
} from './case-requests.js';

const caseId = z.uuid();

/** Who does which step is said by the item; whoever keeps the machine running has no business with cases. */
const caseworkers = (Object.keys(roles) as Role[]).filter((role) => role !== 'operator');

/** The cases of one service over HTTP: the same everywhere, under the service's own prefix. */
export function caseController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: cases`)
  @ApiBearerAuth()
  @NeedsRole(...caseworkers)
  class CaseController {
    constructor(
      private readonly listCases: ListCases,
      private readonly findCase: FindCase,
      private readonly applyForCase: ApplyForCase,
      private readonly recordConsent: RecordConsent,
      private readonly recordDecline: RecordDecline,
      private readonly doStep: DoStep,
      private readonly grantCase: GrantCase,
      private readonly refuseCase: RefuseCase,
      private readonly waitlistCase: WaitlistCase,
      private readonly handOverCase: HandOverCase,
      private readonly withdrawCase: WithdrawCase,
      private readonly releaseCase: ReleaseCase,
      private readonly stopCase: StopCase,
    ) {}

    @Get('cases')
    @ApiOperation({ summary: 'The cases that you may look at, oldest first' })
    @Answers(casePage)
    list(@Query({ schema: listQuery }) query: ListRequest, @CurrentActor() actor: Actor): Promise<CasePage> {
      return this.listCases.readable(actor, query);
    }

    @Get('work')
    @ApiOperation({ summary: 'The cases that wait for your role, longest first' })
    @Answers(casePage)
    work(@Query({ schema: listQuery }) query: ListRequest, @CurrentActor() actor: Actor): Promise<CasePage> {
      return this.listCases.waitingFor(actor, query);
    }

    @Get('cases/:id')
    @ApiOperation({ summary: 'A case with its reasons, steps and legal terms' })
    @Answers(caseDetail)
    find(@Param('id', { schema: caseId }) id: string, @CurrentActor() actor: Actor): Promise<CaseDetail> {
      return this.findCase.run(actor, id);
    }

    @Post('cases')
    @ApiOperation({ summary: 'Apply for an item for a person; an open invitation to it is taken up' })
    @Answers(caseSummary, 201)
    apply(
      @Body({ schema: applyRequest }) request: z.infer<typeof applyRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.applyForCase.run(actor, request);
    }

    @Post('cases/:id/consent')
    @HttpCode(200)
    @ApiOperation({ summary: 'The person said yes to the invitation' })
    @Answers(caseSummary)
    consent(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: consentRequest }) request: z.infer<typeof consentRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.recordConsent.run(actor, id, request.consentedOn);
    }

    @Post('cases/:id/decline')
    @HttpCode(200)
    @ApiOperation({ summary: 'The person said no' })
    @Answers(caseSummary)
    decline(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: declineRequest }) request: z.infer<typeof declineRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.recordDecline.run(actor, id, request.declinedOn, request.reason ?? null);
    }

    @Post('cases/:id/steps/:step')
    @HttpCode(200)
    @ApiOperation({ summary: 'You did the next step of the item' })
    @Answers(caseSummary)
    step(
      @Param('id', { schema: caseId }) id: string,
      @Param('step', { schema: z.string().max(100) }) step: string,
      @Body({ schema: stepRequest }) request: z.infer<typeof stepRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.doStep.run(actor, id, step, { note: request.note ?? null, received: request.received });
    }

    @Post('cases/:id/grant')
    @HttpCode(200)
    @ApiOperation({ summary: 'Grant it; not by whom did the step before' })
    @Answers(caseSummary)
    grant(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: grantRequest }) request: z.infer<typeof grantRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.grantCase.run(actor, id, request.effectiveFrom ?? null);
    }

    @Post('cases/:id/refuse')
    @HttpCode(200)
    @ApiOperation({ summary: 'Refuse it, with the reason and how the person may object' })
    @Answers(caseSummary)
    refuse(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: refuseRequest }) request: z.infer<typeof refuseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.refuseCase.run(actor, id, request.reason, request.remedy);
    }

    @Post('cases/:id/waitlist')
    @HttpCode(200)
    @ApiOperation({ summary: 'Entitled, but the quota is used up: a place on the waiting list' })
    @Answers(caseSummary)
    waitlist(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: waitlistRequest }) request: z.infer<typeof waitlistRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.waitlistCase.run(actor, id, request.place);
    }

    @Post('cases/:id/hand-over')
    @HttpCode(200)
    @ApiOperation({ summary: 'Another body took it, and gave a receipt' })
    @Answers(caseSummary)
    handOver(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: handOverRequest }) request: z.infer<typeof handOverRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.handOverCase.run(actor, id, request.to, request.receipt);
    }

    @Post('cases/:id/withdraw')
    @HttpCode(200)
    @ApiOperation({ summary: 'Take back what nobody has taken up' })
    @Answers(caseSummary)
    withdraw(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: reasonRequest }) request: z.infer<typeof reasonRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.withdrawCase.run(actor, id, request.reason);
    }

    @Post('cases/:id/release')
    @HttpCode(200)
    @ApiOperation({ summary: 'Lift the hold: it stands where it stood, and arrears are due' })
    @Answers(caseSummary)
    release(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: reasonRequest }) request: z.infer<typeof reasonRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.releaseCase.run(actor, id, request.reason);
    }

    @Post('cases/:id/stop')
    @HttpCode(200)
    @ApiOperation({ summary: 'Stop what is on hold or runs, with the reason and how the person may object' })
    @Answers(caseSummary)
    stop(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: stopRequest }) request: z.infer<typeof stopRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.stopCase.run(actor, id, request);
    }
  }
  // In all-in-one each service's operations have a name of their own in the API document.
  const prefix = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  Object.defineProperty(CaseController, 'name', { value: `${prefix}CaseController` });
  return CaseController;
}
