import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, lookingWith, Needs, type Actor } from '@app/access';
import { Answers, freeText } from '@app/platform';
import type { Response } from 'express';
import { z } from 'zod';
import { sendFile } from '../send-file.js';
import { ArchivedFiles, type Bundle } from './archived-files.js';
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

const bundleQuery = z.object({
  personId: z.uuid().optional(),
  caseId: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const bundle = z
  .object({
    proposalId: z.uuid(),
    count: z.number().int().describe('How many files answer the question; `files` are the first of them.'),
    files: z
      .array(
        z.object({
          fileId: z.uuid(),
          personId: z.uuid().nullable().describe('null: it is of no single person.'),
          caseId: z.uuid().nullable().describe('null: it is of no case.'),
          class: z.string(),
          endedOn: day,
          type: z.string(),
          bytes: z.number().int(),
          sha256: hash,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ArchiveBundle' });

const opening = z.object({ reason: freeText(2, 500) }).meta({ id: 'ArchiveOpening' });

/** How long the files and records of a service are kept (保管期限), what is due, and the proof of what went (销毁). */
export function retentionController(service: string): Type {
  @Controller(`${service}/retention`)
  @ApiTags('retention')
  @ApiBearerAuth()
  @Needs('retention:read')
  class RetentionController {
    constructor(
      private readonly retention: FilesRetention,
      private readonly archived: ArchivedFiles,
    ) {}

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

    @Get('proposals/:id/files')
    @Needs('retention:open')
    @Answers(bundle)
    @ApiOperation({ summary: 'What the archive bundle of a deleted set holds' })
    bundle(
      @Param('id', { schema: z.uuid() }) id: string,
      @Query({ schema: bundleQuery }) query: z.infer<typeof bundleQuery>,
    ): Promise<Bundle> {
      return this.archived.list(id, query);
    }

    @Post('proposals/:id/files/:fileId/open')
    @HttpCode(200)
    @Needs('retention:open')
    @ApiOperation({ summary: 'One archived file, as a download, with the reason for which it is opened' })
    async open(
      @Param('id', { schema: z.uuid() }) id: string,
      @Param('fileId', { schema: z.uuid() }) fileId: string,
      @Body({ schema: opening }) { reason }: z.infer<typeof opening>,
      @CurrentActor() actor: Actor,
      @Res() response: Response,
    ): Promise<void> {
      await sendFile(
        response,
        await this.archived.open(lookingWith(actor, 'retention:open'), id, fileId, reason),
      );
    }
  }
  return RetentionController;
}
