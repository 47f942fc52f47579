import { departments, roles, type Department, type Role } from '@app/access';
import { freeText, writtenInstant } from '@app/platform';
import { z } from 'zod';

/** What is typed at the door: nothing but its length is judged before it is compared. */
const typed = (most: number) => z.string().min(1).max(most);

const userId = typed(100).transform((text) => text.normalize('NFKC').trim().toLowerCase());
/** More than a password may have, so that a long one is refused with its reason. */
const password = typed(1000);
const code = z
  .string()
  .transform((text) => text.normalize('NFKC').replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, '应为 6 位数字'));
const oneTimeCode = typed(40);

export const signInRequest = z.strictObject({ userId, password }).meta({ id: 'SignInRequest' });
export const codeRequest = z.strictObject({ code }).meta({ id: 'CodeRequest' });
export const factorProof = z
  .union([z.strictObject({ code }), z.strictObject({ recoveryCode: oneTimeCode })])
  .meta({ id: 'FactorProof' });
export const activationRequest = z
  .strictObject({ userId, code: oneTimeCode, password })
  .meta({ id: 'ActivationRequest' });
export const passwordChange = z.strictObject({ current: password, password }).meta({ id: 'PasswordChange' });
/** The password once more; absent for accounts that sign in at the OpenID provider. */
const again = { password: password.default('') };
export const enrolmentRequest = z.strictObject(again).meta({ id: 'EnrolmentRequest' });
export const removalRequest = z
  .strictObject({ ...again, proof: factorProof })
  .meta({ id: 'SecondFactorRemoval' });
export const resetRequest = z.strictObject({ reason: freeText(5, 200) }).meta({ id: 'SecondFactorReset' });
export const rotationRequest = z
  .strictObject({
    reason: freeText(5, 200),
    /** The keys before are believed no longer, from now on: whoever is at work may have to repeat a request. */
    compromised: z.boolean().default(false),
  })
  .meta({ id: 'KeyRotation' });

export const signInStep = z
  .object({
    next: z.enum(['done', 'second-factor', 'enrol-second-factor']),
    /** For the header `x-csrf-token`, once signed in. */
    csrfToken: z.string().nullable(),
  })
  .meta({ id: 'SignInStep' });
export const enrolment = z
  .object({ secret: z.string(), address: z.string() })
  .meta({ id: 'SecondFactorEnrolment' });
const recoveryCodes = z.array(z.string());
export const confirmed = z.object({ recoveryCodes }).meta({ id: 'SecondFactorConfirmed' });
export const confirmedStep = signInStep.extend({ recoveryCodes }).meta({ id: 'SecondFactorConfirmedStep' });

const sessionTimes = { startedAt: writtenInstant, lastSeenAt: writtenInstant, endsAt: writtenInstant };
export const ownSession = z
  .object({
    sessionId: z.string(),
    ...sessionTimes,
    method: z.enum(['password', 'oidc']),
    address: z.string().nullable(),
    browser: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'OwnSession' });
export const ownSessions = z.array(ownSession);
export const endedSessions = z.object({ ended: z.number() }).meta({ id: 'EndedSessions' });

export const me = z
  .object({
    userId: z.string(),
    name: z.string(),
    posts: z.array(
      z.object({
        role: z.enum(Object.keys(roles) as [Role, ...Role[]]),
        title: z.string(),
        department: z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable(),
        from: z.string(),
        to: z.string(),
        unit: z.string().nullable(),
        onBehalfOf: z.string().nullable(),
      }),
    ),
    permissions: z.array(z.string()),
    secondFactor: z.boolean(),
    csrfToken: z.string(),
    session: z.object({ sessionId: z.string(), ...sessionTimes, idleEndsAt: writtenInstant }),
  })
  .meta({ id: 'Me' });
export type Me = z.input<typeof me>;

export const rotatedKey = z.object({ kid: z.string(), signsFrom: writtenInstant }).meta({ id: 'RotatedKey' });
