import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  auditPage,
  auditQuery,
  CurrentActor,
  lookingWith,
  Needs,
  readAudit,
  type Actor,
  type AuditPage,
  type AuditQuery,
} from '@app/access';
import { Answers } from '@app/platform';
import { ServiceNotHere } from '../ops/service-not-here.js';
import { AuditOfServices } from './audit-of-services.js';

/** What users did, for those who stand over them: the auditor, and the lead and the chair of the place. Never for who runs the system. */
@Controller('audit')
@ApiTags('audit')
@ApiBearerAuth()
@Needs('audit:read')
export class AuditController {
  constructor(private readonly audit: AuditOfServices) {}

  @Get('services/:service/entries')
  @Answers(auditPage)
  @ApiOperation({
    summary: 'Who did what, newest first, by person, user, case and time; the look is logged too',
  })
  async entries(
    @Param('service') service: string,
    @Query({ schema: auditQuery }) query: AuditQuery,
    @CurrentActor() actor: Actor,
  ): Promise<AuditPage> {
    const database = this.audit.databaseOf(service);
    if (!database) throw new ServiceNotHere(service);
    return readAudit(database, lookingWith(actor, 'audit:read'), query);
  }
}
