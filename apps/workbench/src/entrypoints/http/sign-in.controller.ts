import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers } from '@app/platform';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { CompleteSignIn } from '../../app/complete-sign-in.js';
import { Passwords } from '../../app/passwords.js';
import { SignIn, type SignInStep } from '../../app/sign-in.js';
import type { Enrolment } from '../../app/second-factors.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { csrfTokenOf } from '../../domain/browser-secret.js';
import { browserOf, clearCookie, cookieOf, ownOrigin, setCookie } from './browser.js';
import { AtTheDoor } from './own-pages.guard.js';
import {
  activationRequest,
  codeRequest,
  confirmedStep,
  enrolment,
  factorProof,
  signInRequest,
  signInStep,
} from './sign-in-schemas.js';

interface Step {
  readonly next: SignInStep['next'];
  readonly csrfToken: string | null;
}

/** The door: sign in with the password, then with a code; activate an account. */
@Controller('workbench')
@ApiTags('sign-in')
@AtTheDoor()
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly complete: CompleteSignIn,
    private readonly passwords: Passwords,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  @ApiOperation({ summary: 'First step: user and password. The answer says what comes next' })
  @Answers(signInStep)
  async begin(
    @Body({ schema: signInRequest }) { userId, password }: z.infer<typeof signInRequest>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Step> {
    const step = await this.signIn.byPassword(userId, password, browserOf(request));
    if (step.next === 'done') return this.signedIn(request, response, step.session);
    setCookie(response, 'half', this.isSecure(request), step.half);
    return { next: step.next, csrfToken: null };
  }

  @Post('sign-in/second-factor')
  @HttpCode(200)
  @ApiOperation({ summary: 'Second step: the code of the authenticator, or a recovery code' })
  @Answers(signInStep)
  async secondFactor(
    @Body({ schema: factorProof }) proof: z.infer<typeof factorProof>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Step> {
    const session = await this.complete.byCode(this.halfOf(request), proof, browserOf(request));
    return this.signedIn(request, response, session);
  }

  @Post('sign-in/enrolment')
  @HttpCode(200)
  @ApiOperation({ summary: 'Second step of an account without authenticator: what the app needs to know' })
  @Answers(enrolment)
  enrol(@Req() request: Request): Promise<Enrolment> {
    return this.complete.enrol(this.halfOf(request), browserOf(request));
  }

  @Post('sign-in/enrolment/confirmation')
  @HttpCode(200)
  @ApiOperation({ summary: 'The first code of the new authenticator; answers the recovery codes, once' })
  @Answers(confirmedStep)
  async confirm(
    @Body({ schema: codeRequest }) { code }: z.infer<typeof codeRequest>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Step & { recoveryCodes: string[] }> {
    const { session, recoveryCodes } = await this.complete.confirm(
      this.halfOf(request),
      code,
      browserOf(request),
    );
    return { ...this.signedIn(request, response, session), recoveryCodes };
  }

  @Post('activate')
  @HttpCode(204)
  @ApiOperation({ summary: 'Set the first password with the code that the administrator handed over' })
  async activate(
    @Body({ schema: activationRequest }) { userId, code, password }: z.infer<typeof activationRequest>,
    @Req() request: Request,
  ): Promise<void> {
    await this.passwords.activate(userId, code, password, browserOf(request));
  }

  /** What the browser carried before is worthless: the session has a value of its own. */
  private signedIn(request: Request, response: Response, session: string): Step {
    const secure = this.isSecure(request);
    clearCookie(response, 'half', secure);
    setCookie(response, 'session', secure, session);
    return { next: 'done', csrfToken: csrfTokenOf(session) };
  }

  private halfOf(request: Request): string | null {
    return cookieOf(request, 'half', this.isSecure(request));
  }

  private isSecure(request: Request): boolean {
    return ownOrigin(request, this.config.PUBLIC_URL).protocol === 'https:';
  }
}
