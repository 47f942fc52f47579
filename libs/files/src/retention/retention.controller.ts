import { Body, Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, lookingWith, Needs, type Actor } from '@app/access';
import { Answers, freeText } from '@app/platform';
import { z } from 'zod';
import { FilesRetention, type Proof, type Proposal } from './files-retention.js';
import type { ClassReport } from './due-files.js';

const day = z.iso.date();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const proposal = z
  .object({
    proposalId: z.uuid(),
    class: z.string(),
    years: z.number().int(),
    archive: z.boolean(),
    basis: z.string(),
    asOf: day,
    status: z.enum(['proposed', 'approved']),
    files: z.number().int(),
    bytes: z.number().int(),
    idsHash: hash,
    oldest: day,
    newest: day,
  })
  .meta({ id: 'RetentionProposal' });

const report = z
  .object({
    classes: z.array(
      z.object({
        class: z.string(),
        files: z.number().int(),
        bytes: z.number().int(),
        withoutCase: z.number().int(),
        ofOpenCases: z.number().int(),
        challenged: z.number().int(),
        protected: z.number().int(),
        rule: z.object({ years: z.number().int(), archive: z.boolean(), basis: z.string() }).nullable(),
      }),
    ),
    proposals: z.array(proposal),
    proofs: z.array(
      z.object({
        proofId: z.uuid(),
        proposalId: z.uuid(),
        what: z.enum(['archived', 'deleted', 'contents-removed']),
        class: z.string(),
        years: z.number().int(),
        basis: z.string(),
        count: z.number().int(),
        bytes: z.number().int(),
        idsHash: hash,
        oldest: day.nullable(),
        newest: day.nullable(),
        detail: z.record(z.string(), z.unknown()),
        approvedBy: z.string(),
        approvedAt: z.iso.datetime(),
        at: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'RetentionReport' });

const reportQuery = z.object({ proofs: z.coerce.number().int().min(0).max(1000).default(50) });

const approval = z
  .object({
    /** Of the set that the person has seen; another one is refused. */
    idsHash: hash,
    reason: freeText(2, 500),
  })
  .meta({ id: 'RetentionApproval' });

/** How long the files of a service are kept (保管期限), what is due, and the proof of what went (销毁). */
export function retentionController(service: string): Type {
  @Controller(`${service}/retention`)
  @ApiTags('retention')
  @ApiBearerAuth()
  @Needs('retention:read')
  class RetentionController {
    constructor(private readonly retention: FilesRetention) {}

    @Get()
    @Answers(report)
    @ApiOperation({ summary: 'Classes of files with their periods, sets that wait for approval, and proofs' })
    async report(@Query({ schema: reportQuery }) query: z.infer<typeof reportQuery>): Promise<{
      classes: ClassReport[];
      proposals: Proposal[];
      proofs: Proof[];
    }> {
      const [classes, proposals, proofs] = await Promise.all([
        this.retention.report(),
        this.retention.open(),
        this.retention.proofs(query.proofs),
      ]);
      return { classes, proposals, proofs };
    }

    @Post('proposals/:id/approve')
    @HttpCode(200)
    @Needs('retention:approve')
    @Answers(proposal)
    @ApiOperation({ summary: 'A named person approves that exactly this set is deleted' })
    approve(
      @Param('id', { schema: z.uuid() }) id: string,
      @Body({ schema: approval }) request: z.infer<typeof approval>,
      @CurrentActor() actor: Actor,
    ): Promise<Proposal> {
      return this.retention.approve(
        lookingWith(actor, 'retention:approve'),
        id,
        request.idsHash,
        request.reason,
      );
    }
  }
  return RetentionController;
}
