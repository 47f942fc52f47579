import type { Provider, Type } from '@nestjs/common';
import { Argon2Passwords } from './adapters/argon2-passwords.js';
import { CommonPasswords } from './adapters/common-passwords.js';
import { ServiceAddresses } from './adapters/http/service-addresses.js';
import { ServiceClient } from './adapters/http/service-client.js';
import { OpenIdProvider } from './adapters/oidc/openid-provider.js';
import { CredentialRepository } from './adapters/postgres/credential-repository.js';
import { HalfSignInRepository } from './adapters/postgres/half-sign-in-repository.js';
import { SecondFactorRepository } from './adapters/postgres/second-factor-repository.js';
import { SessionRepository } from './adapters/postgres/session-repository.js';
import { SignInAttempts } from './adapters/postgres/sign-in-attempts.js';
import { SigningKeyRepository } from './adapters/postgres/signing-key-repository.js';
import { RequestLimits } from './adapters/redis/request-limits.js';
import { SessionCache } from './adapters/redis/session-cache.js';
import { WorkbenchRedis } from './adapters/redis/workbench-redis.js';
import { ActingUser } from './app/acting-user.js';
import { CompleteSignIn } from './app/complete-sign-in.js';
import { EndAllSessions } from './app/end-all-sessions.js';
import { EndSessions } from './app/end-sessions.js';
import { Gateway } from './app/gateway.js';
import { IssueActivation } from './app/issue-activation.js';
import { IssueActivationCode } from './app/issue-activation-code.js';
import { OwnSessions } from './app/own-sessions.js';
import { Passwords } from './app/passwords.js';
import { ResetSecondFactor } from './app/reset-second-factor.js';
import { SecondFactors } from './app/second-factors.js';
import { SignIn } from './app/sign-in.js';
import { SigningKeys } from './app/signing-keys.js';
import { workbenchConfig, WORKBENCH_CONFIG } from './config.js';
import { TrustedProxies } from './entrypoints/http/trusted-proxies.js';
import { DoorController } from './entrypoints/http/door.controller.js';
import { GatewayController } from './entrypoints/http/gateway.controller.js';
import { KeysController } from './entrypoints/http/keys.controller.js';
import { OidcController } from './entrypoints/http/oidc.controller.js';
import { OwnAccountController } from './entrypoints/http/own-account.controller.js';
import { SignInController } from './entrypoints/http/sign-in.controller.js';

export const signInControllers: Type[] = [
  DoorController,
  SignInController,
  OidcController,
  OwnAccountController,
  KeysController,
  GatewayController,
];

export const signInProviders: Provider[] = [
  { provide: WORKBENCH_CONFIG, useFactory: workbenchConfig },
  TrustedProxies,
  WorkbenchRedis,
  SessionCache,
  RequestLimits,
  Argon2Passwords,
  CommonPasswords,
  CredentialRepository,
  SecondFactorRepository,
  HalfSignInRepository,
  SessionRepository,
  SignInAttempts,
  SigningKeyRepository,
  OpenIdProvider,
  ServiceAddresses,
  ServiceClient,
  ActingUser,
  SignIn,
  CompleteSignIn,
  SecondFactors,
  Passwords,
  OwnSessions,
  ResetSecondFactor,
  SigningKeys,
  Gateway,
  { provide: EndSessions, useClass: EndAllSessions },
  { provide: IssueActivation, useClass: IssueActivationCode },
];
