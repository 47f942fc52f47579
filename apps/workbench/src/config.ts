import { parseEnvironment } from '@app/platform';
import { z } from 'zod';

const onOff = z.enum(['on', 'off']).transform((word) => word === 'on');

/** `a=A,b=B` as a list. */
function accountsOf(text: string): { userId: string; title: string }[] {
  return text
    .split(',')
    .filter((pair) => pair.includes('='))
    .map((pair) => ({ userId: pair.slice(0, pair.indexOf('=')), title: pair.slice(pair.indexOf('=') + 1) }));
}

/** What the portal's server reads beside what every process reads. */
const workbenchEnvironment = z
  .object({
    /** Where users find the portal, e.g. `https://portal.example`; absent: as their browser says it. Needed for OIDC. */
    PUBLIC_URL: z
      .url({ protocol: /^https?$/ })
      .transform((url) => new URL(url).origin)
      .optional(),
    /** Addresses or subnets of reverse proxies whose `X-Forwarded-For` is believed, comma separated. */
    TRUSTED_PROXIES: z.string().min(1).optional(),
    /** Whether everybody needs a code beside the password. `optional` is for trying the system out. */
    SECOND_FACTOR: z.enum(['required', 'optional']).default('required'),
    SESSION_IDLE_MINUTES: z.coerce.number().int().min(5).max(240).default(30),
    SESSION_HOURS: z.coerce.number().int().min(1).max(24).default(12),
    /** Age at which the key that signs tokens is followed by another. */
    SIGNING_KEY_DAYS: z.coerce.number().int().min(1).max(365).default(30),
    /** How long a service may take to begin its answer, and how long nothing may move in a body. */
    GATEWAY_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(600).default(60),
    /** The same for a file: a county's roster is read row by row before it is answered. */
    GATEWAY_FILE_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(3600).default(900),
    GATEWAY_BODY_MB: z.coerce.number().min(0.001).max(200).default(25),
    /** Requests that one session may send to the gateway in a minute. */
    GATEWAY_PER_MINUTE: z.coerce.number().int().min(10).max(100_000).default(1200),
    /** Requests to sign in, of whatever kind, that one network address may send in a minute. */
    SIGN_IN_PER_MINUTE: z.coerce.number().int().min(5).max(100_000).default(120),
    /** Off: accounts sign in at the OpenID provider only. */
    PASSWORD_SIGN_IN: onOff.default(true),
    OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET_FILE: z.string().min(1).optional(),
    /** Claim of the ID token that holds the user id of an account of ours. */
    OIDC_ACCOUNT_CLAIM: z.string().min(1).default('preferred_username'),
    OIDC_SCOPE: z.string().default('openid profile'),
    /** `ours`: our code is asked for after the provider's sign-in too; `theirs`: the provider asks for two factors itself. */
    OIDC_SECOND_FACTOR: z.enum(['ours', 'theirs']).default('ours'),
    /** Where the built portal lies; absent: `apps/portal/dist` of this tree. */
    PORTAL_DIR: z.string().min(1).optional(),
    /** `user id=title,…`: shown on the sign-in page. Only `up` sets it, where it has filled the invented county. */
    DEMO_ACCOUNTS: z.string().default('').transform(accountsOf),
  })
  .refine(
    (env) => !env.OIDC_ISSUER || (env.OIDC_CLIENT_ID && env.OIDC_CLIENT_SECRET_FILE && env.PUBLIC_URL),
    {
      path: ['OIDC_ISSUER'],
      message: 'needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE and PUBLIC_URL',
    },
  )
  .refine((env) => env.PASSWORD_SIGN_IN || env.OIDC_ISSUER, {
    path: ['PASSWORD_SIGN_IN'],
    message: 'can be off only where there is an OIDC_ISSUER',
  });

export type WorkbenchConfig = z.output<typeof workbenchEnvironment>;

export function workbenchConfig(): WorkbenchConfig {
  return parseEnvironment(workbenchEnvironment, process.env);
}

/** Injection token of this service's configuration. */
export const WORKBENCH_CONFIG = Symbol('WORKBENCH_CONFIG');
