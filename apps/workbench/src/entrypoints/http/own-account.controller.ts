import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, permissionsOf, roles, type Actor } from '@app/access';
import { Answers, type Caller, givenId } from '@app/platform';
import type { Response } from 'express';
import { z } from 'zod';
import { CredentialRepository } from '../../adapters/postgres/credential-repository.js';
import { SessionRepository } from '../../adapters/postgres/session-repository.js';
import { OwnSessions } from '../../app/own-sessions.js';
import { Passwords } from '../../app/passwords.js';
import { SecondFactors, type Enrolment } from '../../app/second-factors.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { idleEndOf, type Session } from '../../domain/session-terms.js';
import { NotSignedIn } from '../../domain/sign-in-errors.js';
import { clearCookie, ownOrigin } from './browser.js';
import { BySession, CurrentCaller, CurrentSession, type SessionRequest } from './session.guard.js';
import {
  codeRequest,
  confirmed,
  endedSessions,
  enrolment,
  enrolmentRequest,
  me,
  ownSessions,
  passwordChange,
  removalRequest,
  type Me,
} from './sign-in-schemas.js';

/** What belongs to whoever is signed in: who one is, where one is signed in, password and second factor. */
@Controller('workbench')
@ApiTags('own account')
@BySession()
export class OwnAccountController {
  constructor(
    private readonly own: OwnSessions,
    private readonly sessions: SessionRepository,
    private readonly credentials: CredentialRepository,
    private readonly passwords: Passwords,
    private readonly factors: SecondFactors,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'Who is signed in, with posts, permissions, and when the session ends' })
  @Answers(me)
  async me(
    @CurrentActor() actor: Actor,
    @CurrentSession() session: Session,
    @Req() request: SessionRequest,
  ): Promise<Me> {
    const account = await this.credentials.ofAccount(session.accountId);
    if (!account || !request.csrfToken) throw new NotSignedIn();
    return {
      userId: account.userId,
      name: account.name,
      posts: actor.grants.map((grant) => ({ ...grant, title: roles[grant.role].title })),
      permissions: [...new Set(actor.grants.flatMap(({ role }) => permissionsOf(role)))].sort(),
      secondFactor: account.secondFactorSince !== null,
      csrfToken: request.csrfToken,
      session: { ...session, idleEndsAt: idleEndOf(session, this.sessions.terms) },
    };
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session' })
  async signOut(
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
    @Req() request: SessionRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.own.signOut(caller, session);
    clearCookie(response, 'session', ownOrigin(request, this.config.PUBLIC_URL).protocol === 'https:');
  }

  @Get('sessions')
  @ApiOperation({ summary: 'Where one is signed in' })
  @Answers(ownSessions)
  async list(@CurrentSession() session: Session) {
    const open = await this.own.list(session);
    return open.map((each) => ({ ...each, current: each.sessionId === session.sessionId }));
  }

  @Delete('sessions/:sessionId')
  @HttpCode(204)
  @ApiOperation({ summary: 'End one of one’s sessions' })
  async endOne(
    @Param('sessionId', { schema: givenId() }) sessionId: string,
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await this.own.endOne(caller, session, sessionId);
  }

  @Delete('sessions')
  @ApiOperation({ summary: 'End all of one’s other sessions' })
  @Answers(endedSessions)
  async endOthers(@CurrentCaller() caller: Caller, @CurrentSession() session: Session) {
    return { ended: await this.own.endOthers(caller, session) };
  }

  @Post('password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Change the password; ends the other sessions' })
  async changePassword(
    @Body({ schema: passwordChange }) { current, password }: z.infer<typeof passwordChange>,
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await this.passwords.change(caller, session, current, password);
  }

  @Post('second-factor')
  @HttpCode(200)
  @ApiOperation({ summary: 'Register an authenticator; it counts once a code of it has been confirmed' })
  @Answers(enrolment)
  async enrol(
    @Body({ schema: enrolmentRequest }) { password }: z.infer<typeof enrolmentRequest>,
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
  ): Promise<Enrolment> {
    await this.passwords.proven(caller, session.accountId, password);
    return this.factors.enrol(caller, session.accountId, session.userId);
  }

  @Post('second-factor/confirmation')
  @HttpCode(200)
  @ApiOperation({ summary: 'The first code of the new authenticator; answers the recovery codes, once' })
  @Answers(confirmed)
  async confirm(
    @Body({ schema: codeRequest }) { code }: z.infer<typeof codeRequest>,
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
  ): Promise<{ recoveryCodes: string[] }> {
    return { recoveryCodes: await this.factors.confirm(caller, session.accountId, code) };
  }

  @Post('second-factor/removal')
  @HttpCode(204)
  @ApiOperation({ summary: 'Give the second factor up, where this installation does not require one' })
  async remove(
    @Body({ schema: removalRequest }) { password, proof }: z.infer<typeof removalRequest>,
    @CurrentCaller() caller: Caller,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await this.passwords.proven(caller, session.accountId, password);
    await this.factors.disable(caller, session.accountId, proof);
  }
}
