import { readFileSync } from 'node:fs';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as openid from 'openid-client';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { derivedFrom } from '../../domain/browser-secret.js';
import { WayNotOpen } from '../../domain/sign-in-errors.js';

/** The provider does not answer, or answers what it should not. */
export class ProviderRefused extends Error {
  constructor(cause: unknown) {
    super('the OpenID provider did not vouch for anybody', { cause });
    this.name = 'ProviderRefused';
  }
}

const CALLBACK = '/workbench/oidc/callback';

/**
 * The OpenID provider at which users may sign in: authorisation code with PKCE. State, nonce and verifier follow from one random value in
 * the browser's cookie, so that an answer is good in the browser that asked, and nothing is kept here.
 */
@Injectable()
export class OpenIdProvider {
  private readonly logger = new Logger('openid-provider');
  private discovered: Promise<openid.Configuration> | null = null;

  constructor(@Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig) {}

  /** Where the browser is sent. @throws WayNotOpen where there is no provider; ProviderRefused */
  async startAddress(secret: string): Promise<URL> {
    const provider = await this.configuration();
    return openid.buildAuthorizationUrl(provider, {
      redirect_uri: this.callbackAddress().href,
      scope: this.config.OIDC_SCOPE,
      state: derivedFrom(secret, 'state'),
      nonce: derivedFrom(secret, 'nonce'),
      code_challenge: await openid.calculatePKCECodeChallenge(derivedFrom(secret, 'verifier')),
      code_challenge_method: 'S256',
    });
  }

  /** The user id that the provider vouches for. @param query of the callback. @throws ProviderRefused */
  async userOf(secret: string, query: string): Promise<string> {
    const provider = await this.configuration();
    const answer = this.callbackAddress();
    answer.search = query;
    try {
      const tokens = await openid.authorizationCodeGrant(provider, answer, {
        pkceCodeVerifier: derivedFrom(secret, 'verifier'),
        expectedState: derivedFrom(secret, 'state'),
        expectedNonce: derivedFrom(secret, 'nonce'),
        idTokenExpected: true,
      });
      const userId = tokens.claims()?.[this.config.OIDC_ACCOUNT_CLAIM];
      if (typeof userId !== 'string' || userId === '') {
        throw new Error(`the ID token has no claim ${this.config.OIDC_ACCOUNT_CLAIM}`);
      }
      return userId;
    } catch (error) {
      throw this.refused(error);
    }
  }

  private async configuration(): Promise<openid.Configuration> {
    const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE } = this.config;
    if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET_FILE) throw new WayNotOpen();
    const issuer = new URL(OIDC_ISSUER);
    this.discovered ??= openid.discovery(
      issuer,
      OIDC_CLIENT_ID,
      undefined,
      openid.ClientSecretBasic(readFileSync(OIDC_CLIENT_SECRET_FILE, 'utf8').trim()),
      // Plain HTTP only to a provider on this machine.
      isLoopback(issuer.hostname)
        ? { execute: [openid.allowInsecureRequests], timeout: 10 }
        : { timeout: 10 },
    );
    try {
      return await this.discovered;
    } catch (error) {
      this.discovered = null;
      throw this.refused(error);
    }
  }

  private callbackAddress(): URL {
    return new URL(CALLBACK, this.config.PUBLIC_URL);
  }

  private refused(error: unknown): ProviderRefused {
    // The code alone: messages of the provider may hold what a user typed.
    const code = (error as { code?: unknown }).code;
    this.logger.warn(
      `sign-in at the OpenID provider failed: ${typeof code === 'string' ? code : 'unexpected answer'}`,
    );
    return new ProviderRefused(error);
  }
}

function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
