import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { OpenIdProvider, ProviderRefused } from '../../adapters/oidc/openid-provider.js';
import { SignIn } from '../../app/sign-in.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { newSecret } from '../../domain/browser-secret.js';
import { SignInRefused } from '../../domain/sign-in-errors.js';
import { browserOf, clearCookie, cookieOf, ownOrigin, setCookie } from './browser.js';
import { AtTheDoor } from './own-pages.guard.js';

/** Pages of the portal. */
const HOME = '/';
const SIGN_IN = '/sign-in';

/** Sign-in at an OpenID provider: browsers are sent there and come back; what is wrong is shown by the portal's sign-in page. */
@Controller('workbench/oidc')
@ApiTags('sign-in')
@AtTheDoor()
export class OidcController {
  constructor(
    private readonly provider: OpenIdProvider,
    private readonly signIn: SignIn,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  @Get('start')
  @ApiOperation({ summary: 'Send the browser to the OpenID provider' })
  async start(@Req() request: Request, @Res() response: Response): Promise<void> {
    const secret = newSecret();
    try {
      const address = await this.provider.startAddress(secret);
      setCookie(response, 'oidc', this.isSecure(request), secret);
      response.redirect(303, address.href);
    } catch (error) {
      this.showRefusal(response, error, 'provider-away');
    }
  }

  @Get('callback')
  @ApiOperation({ summary: 'The browser comes back from the OpenID provider' })
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    const secure = this.isSecure(request);
    const secret = cookieOf(request, 'oidc', secure);
    clearCookie(response, 'oidc', secure);
    if (!secret) return response.redirect(303, `${SIGN_IN}?refused=not-begun`);
    try {
      const query = request.originalUrl.split('?')[1] ?? '';
      const userId = await this.provider.userOf(secret, query);
      const step = await this.signIn.byProvider(userId, browserOf(request));
      if (step.next === 'done') {
        setCookie(response, 'session', secure, step.session);
        return response.redirect(303, HOME);
      }
      setCookie(response, 'half', secure, step.half);
      response.redirect(303, `${SIGN_IN}?next=${step.next}`);
    } catch (error) {
      this.showRefusal(response, error, 'provider');
    }
  }

  private showRefusal(response: Response, error: unknown, reason: string): void {
    if (error instanceof SignInRefused) return response.redirect(303, `${SIGN_IN}?refused=no-account`);
    if (error instanceof ProviderRefused) return response.redirect(303, `${SIGN_IN}?refused=${reason}`);
    throw error;
  }

  private isSecure(request: Request): boolean {
    return ownOrigin(request, this.config.PUBLIC_URL).protocol === 'https:';
  }
}
