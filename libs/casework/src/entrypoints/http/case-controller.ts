import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseInterceptors,
  type Type,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { sendFile, uploadedName } from '@app/files';
import { Answers, givenId } from '@app/platform';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { ApplyForCase } from '../../app/apply-for-case.js';
import { AskForPapers } from '../../app/ask-for-papers.js';
import {
  caseDetail,
  casePage,
  caseSummary,
  type CaseDetail,
  type CasePage,
  type CaseSummary,
} from '../../app/case-view.js';
import { ClaimCase } from '../../app/claim-case.js';
import { DoStep } from '../../app/do-step.js';
import { FindCase } from '../../app/find-case.js';
import { GrantCase } from '../../app/grant-case.js';
import { HandOverCase } from '../../app/hand-over-case.js';
import { ListCases } from '../../app/list-cases.js';
import { OpenMaterial } from '../../app/open-material.js';
import { PlaceCase } from '../../app/place-case.js';
import { RecordConsent } from '../../app/record-consent.js';
import { RecordDecline } from '../../app/record-decline.js';
import { RefuseCase } from '../../app/refuse-case.js';
import { ReleaseCase } from '../../app/release-case.js';
import { StopCase } from '../../app/stop-case.js';
import { TakeMaterial } from '../../app/take-material.js';
import { WaitlistCase } from '../../app/waitlist-case.js';
import { WithdrawCase } from '../../app/withdraw-case.js';
import {
  acceptIncompleteRequest,
  applyRequest,
  claimHandOverRequest,
  consentRequest,
  declineRequest,
  fileQuery,
  grantRequest,
  handOverRequest,
  listQuery,
  materialName,
  placeRequest,
  reasonRequest,
  refuseRequest,
  stepRequest,
  stopRequest,
  supplementRequest,
  usePaperRequest,
  waitlistRequest,
  withdrawRequest,
  type ListRequest,
} from './case-requests.js';
import { named } from './named.js';
import { TellVersion } from './tell-version.js';

const caseId = givenId();
/** Anything: what it is, its content tells. */
const UPLOADS = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'application/octet-stream'];

/** The cases of one service over HTTP: the same everywhere, under the service's own prefix. */
export function caseController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: cases`)
  @ApiBearerAuth()
  @Needs('case:work')
  @UseInterceptors(TellVersion)
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
      private readonly placeCase: PlaceCase,
      private readonly claimCase: ClaimCase,
      private readonly takeMaterial: TakeMaterial,
      private readonly askForPapers: AskForPapers,
      private readonly openMaterial: OpenMaterial,
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
    @ApiOperation({ summary: 'A case with its reasons, steps, legal terms, documents and challenges' })
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
      return this.recordConsent.run(actor, id, request.consentedOn, request.onBehalf ?? null);
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
      return this.recordDecline.run(
        actor,
        id,
        request.declinedOn,
        request.reason ?? null,
        request.onBehalf ?? null,
      );
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
      return this.refuseCase.run(actor, id, request.reason, request.remedy ?? null);
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
      @Body({ schema: withdrawRequest }) request: z.infer<typeof withdrawRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.withdrawCase.run(actor, id, request.reason, request.onBehalf ?? null);
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
      return this.stopCase.run(actor, id, { ...request, remedy: request.remedy ?? null });
    }

    @Post('cases/:id/place')
    @HttpCode(200)
    @Needs('case:place')
    @ApiOperation({
      summary: 'Find the institution that does the next steps; its users see the case from now on',
    })
    @Answers(caseSummary)
    place(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: placeRequest }) request: z.infer<typeof placeRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.placeCase.run(actor, id, request.unitId, request.since ?? null);
    }

    @Post('cases/:id/place/end')
    @HttpCode(200)
    @Needs('case:place')
    @ApiOperation({ summary: 'The institution has no more to do with it, and does not see it any more' })
    @Answers(caseSummary)
    endPlacement(
      @Param('id', { schema: caseId }) id: string,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.placeCase.end(actor, id);
    }

    @Post('cases/:id/claim')
    @HttpCode(200)
    @ApiOperation({ summary: 'Take the open task: nobody else does it meanwhile' })
    @Answers(caseSummary)
    claim(@Param('id', { schema: caseId }) id: string, @CurrentActor() actor: Actor): Promise<CaseSummary> {
      return this.claimCase.claim(actor, id);
    }

    @Post('cases/:id/claim/release')
    @HttpCode(200)
    @ApiOperation({ summary: 'Let the task go; a supervisor also somebody else’s' })
    @Answers(caseSummary)
    releaseClaim(
      @Param('id', { schema: caseId }) id: string,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.claimCase.release(actor, id);
    }

    @Post('cases/:id/claim/hand-over')
    @HttpCode(200)
    @ApiOperation({ summary: 'Give the task to another user; a supervisor also somebody else’s' })
    @Answers(caseSummary)
    handOverClaim(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: claimHandOverRequest }) request: z.infer<typeof claimHandOverRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.claimCase.handOn(actor, id, request.to);
    }

    @Post('cases/:id/supplement')
    @HttpCode(200)
    @ApiOperation({ summary: 'Tell the person, once, of everything that is missing or not in order' })
    @Answers(caseSummary)
    supplement(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: supplementRequest }) { note, by }: z.infer<typeof supplementRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.askForPapers.ask(actor, id, { note: note ?? null, day: by ?? null });
    }

    @Post('cases/:id/accept-incomplete')
    @HttpCode(200)
    @ApiOperation({ summary: 'Accept it without papers that may come later, where its rule says so' })
    @Answers(caseSummary)
    acceptIncomplete(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: acceptIncompleteRequest }) request: z.infer<typeof acceptIncompleteRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      const obligations = request.obligations.map(({ material, who, from, by }) => ({
        material,
        who,
        from: from ?? null,
        day: by ?? null,
      }));
      return this.askForPapers.acceptIncomplete(actor, id, { obligations, reason: request.reason });
    }

    @Post('cases/:id/deem-withdrawn')
    @HttpCode(200)
    @ApiOperation({ summary: 'The papers asked for did not come, and the law takes that for a withdrawal' })
    @Answers(caseSummary)
    deemWithdrawn(
      @Param('id', { schema: caseId }) id: string,
      @Body({ schema: refuseRequest }) request: z.infer<typeof refuseRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.askForPapers.deemWithdrawn(actor, id, request.reason, request.remedy ?? null);
    }

    /** The file is the body, its name stands in the header `x-file-name`. */
    @Post('cases/:id/materials/:material/file')
    @HttpCode(200)
    @ApiConsumes(...UPLOADS)
    @ApiBody({ schema: { type: 'string', format: 'binary' } })
    @ApiOperation({ summary: 'A scan of a paper that the item asks for' })
    @Answers(caseSummary)
    uploadMaterial(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @Req() request: Request,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.takeMaterial.upload(actor, id, material, { name: uploadedName(request), content: request });
    }

    @Get('cases/:id/materials/:material/file')
    @ApiOperation({ summary: 'The scan of a paper, as a download' })
    async materialFile(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @Query({ schema: fileQuery }) { variant, purpose }: z.infer<typeof fileQuery>,
      @CurrentActor() actor: Actor,
      @Res() response: Response,
    ): Promise<void> {
      await sendFile(
        response,
        await this.openMaterial.run(actor, id, material, { variant, purpose: purpose ?? null }),
      );
    }

    @Post('cases/:id/materials/:material/receive')
    @HttpCode(200)
    @ApiOperation({ summary: 'The original was seen at the counter' })
    @Answers(caseSummary)
    receiveMaterial(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.takeMaterial.receive(actor, id, material);
    }

    @Post('cases/:id/materials/:material/use')
    @HttpCode(200)
    @ApiOperation({ summary: 'Take over a paper that the person gave for an earlier case' })
    @Answers(caseSummary)
    usePaper(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @Body({ schema: usePaperRequest }) request: z.infer<typeof usePaperRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.takeMaterial.use(actor, id, material, request.paperId);
    }

    @Post('cases/:id/materials/:material/check')
    @HttpCode(200)
    @ApiOperation({ summary: 'The paper is in order, and need not be brought again' })
    @Answers(caseSummary)
    checkMaterial(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.takeMaterial.check(actor, id, material);
    }

    @Post('cases/:id/materials/:material/waive')
    @HttpCode(200)
    @ApiOperation({ summary: 'The paper need not come: it is not for this case, or is known otherwise' })
    @Answers(caseSummary)
    waiveMaterial(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @Body({ schema: reasonRequest }) request: z.infer<typeof reasonRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.askForPapers.waive(actor, id, material, request.reason);
    }

    @Post('cases/:id/materials/:material/refuse')
    @HttpCode(200)
    @ApiOperation({ summary: 'The paper is not in order: what to bring instead' })
    @Answers(caseSummary)
    refuseMaterial(
      @Param('id', { schema: caseId }) id: string,
      @Param('material', { schema: materialName }) material: string,
      @Body({ schema: reasonRequest }) request: z.infer<typeof reasonRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.takeMaterial.refuse(actor, id, material, request.reason);
    }
  }
  return named(service, CaseController, 'CaseController');
}
