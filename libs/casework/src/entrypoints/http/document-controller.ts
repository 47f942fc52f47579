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
import { caseSummary, type CaseSummary } from '../../app/case-view.js';
import {
  foundDocuments,
  unservedPage,
  type FoundDocuments,
  type UnservedPage,
} from '../../app/document-view.js';
import { FindDocuments } from '../../app/find-documents.js';
import { ListUnserved } from '../../app/list-unserved.js';
import { ServeDocument } from '../../app/serve-document.js';
import { fileQuery } from './case-requests.js';
import {
  documentsQuery,
  electronicRequest,
  serviceRequest,
  servingOf,
  unservedQuery,
} from './document-requests.js';
import { named } from './named.js';
import { TellVersion } from './tell-version.js';

const id = givenId();
const UPLOADS = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'application/octet-stream'];

/** The documents of one service's cases, and how they reach the persons (送达). */
export function documentController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: documents`)
  @ApiBearerAuth()
  @Needs('case:work')
  @UseInterceptors(TellVersion)
  class DocumentController {
    constructor(
      private readonly listUnserved: ListUnserved,
      private readonly findDocuments: FindDocuments,
      private readonly serveDocument: ServeDocument,
    ) {}

    @Get('unserved-documents')
    @ApiOperation({ summary: 'Documents that still have to be brought to persons, oldest first' })
    @Answers(unservedPage)
    unserved(
      @Query({ schema: unservedQuery }) query: z.infer<typeof unservedQuery>,
      @CurrentActor() actor: Actor,
    ): Promise<UnservedPage> {
      return this.listUnserved.run(actor, query);
    }

    @Get('documents')
    @ApiOperation({ summary: 'The document of this number, if it is in your reach' })
    @Answers(foundDocuments)
    numbered(
      @Query({ schema: documentsQuery }) { number }: z.infer<typeof documentsQuery>,
      @CurrentActor() actor: Actor,
    ): Promise<FoundDocuments> {
      return this.findDocuments.run(actor, service, number);
    }

    @Post('cases/:id/electronic-service')
    @HttpCode(200)
    @ApiOperation({ summary: 'The person agrees to be served electronically, or takes it back' })
    @Answers(caseSummary)
    electronic(
      @Param('id', { schema: id }) caseId: string,
      @Body({ schema: electronicRequest }) request: z.infer<typeof electronicRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.serveDocument.agree(actor, caseId, request.since);
    }

    @Post('cases/:id/documents/:documentId/service')
    @HttpCode(200)
    @ApiOperation({ summary: 'The document reached the person: the terms of the person begin' })
    @Answers(caseSummary)
    serve(
      @Param('id', { schema: id }) caseId: string,
      @Param('documentId', { schema: id }) documentId: string,
      @Body({ schema: serviceRequest }) request: z.infer<typeof serviceRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      return this.serveDocument.serve(
        actor,
        caseId,
        documentId,
        servingOf(request),
        request.receiverName ?? null,
      );
    }

    /** The file is the body, its name stands in the header `x-file-name`. */
    @Post('cases/:id/documents/:documentId/service/proof')
    @HttpCode(200)
    @ApiConsumes(...UPLOADS)
    @ApiBody({ schema: { type: 'string', format: 'binary' } })
    @ApiOperation({ summary: 'Proof of the service: signed receipt, postal receipt, photograph' })
    @Answers(caseSummary)
    prove(
      @Param('id', { schema: id }) caseId: string,
      @Param('documentId', { schema: id }) documentId: string,
      @Req() request: Request,
      @CurrentActor() actor: Actor,
    ): Promise<CaseSummary> {
      const upload = { name: uploadedName(request), content: request };
      return this.serveDocument.prove(actor, caseId, documentId, upload);
    }

    @Get('cases/:id/documents/:documentId/service/proof')
    @ApiOperation({ summary: 'The proof of the service, as a download' })
    async proof(
      @Param('id', { schema: id }) caseId: string,
      @Param('documentId', { schema: id }) documentId: string,
      @Query({ schema: fileQuery }) { variant, purpose }: z.infer<typeof fileQuery>,
      @CurrentActor() actor: Actor,
      @Res() response: Response,
    ): Promise<void> {
      const options = { variant, purpose: purpose ?? null };
      await sendFile(response, await this.serveDocument.openProof(actor, caseId, documentId, options));
    }
  }
  return named(service, DocumentController, 'DocumentController');
}
