import type { components } from '@app/api-client';
import { useState } from 'react';
import { answered, api } from '../../api/client';
import { useSessionActions } from '../../api/session';

type Step = components['schemas']['SignInStep'];
export type Enrolment = components['schemas']['SecondFactorEnrolment'];

/** Where somebody stands on the way in. */
export type Stage =
  | { readonly at: 'password' }
  | { readonly at: 'activation' }
  | { readonly at: 'second-factor' }
  | { readonly at: 'enrolment'; readonly enrolment: Enrolment }
  | { readonly at: 'recovery-codes'; readonly codes: readonly string[]; readonly token: string | null };

/** What of a proof was typed: a code of the authenticator, or a code that was kept for its loss. */
export type Proof = { readonly code: string } | { readonly recoveryCode: string };

/**
 * The way in, step by step, as the server leads it.
 * @param first where to begin: somebody comes back from the OpenID provider half-way
 * @param done called once signed in
 */
export function useSignIn(first: Stage['at'], done: () => void) {
  const [stage, setStage] = useState<Stage>(first === 'second-factor' ? { at: first } : { at: 'password' });
  const { begin } = useSessionActions();

  const enter = async (token: string | null) => {
    await begin(token);
    done();
  };
  const goOn = async ({ next, csrfToken }: Step) => {
    if (next === 'done') return enter(csrfToken);
    if (next === 'second-factor') return setStage({ at: 'second-factor' });
    return setStage({ at: 'enrolment', enrolment: await enrol() });
  };
  const enrol = async () => answered(await api.POST('/workbench/sign-in/enrolment'));

  return {
    stage,
    show: (at: 'password' | 'activation') => setStage({ at }),
    /** From the OpenID provider with no authenticator yet. */
    beginEnrolment: async () => setStage({ at: 'enrolment', enrolment: await enrol() }),
    signIn: async (userId: string, password: string) =>
      goOn(answered(await api.POST('/workbench/sign-in', { body: { userId, password } }))),
    prove: async (proof: Proof) =>
      goOn(answered(await api.POST('/workbench/sign-in/second-factor', { body: proof }))),
    confirm: async (code: string) => {
      const answer = answered(
        await api.POST('/workbench/sign-in/enrolment/confirmation', { body: { code } }),
      );
      setStage({ at: 'recovery-codes', codes: answer.recoveryCodes, token: answer.csrfToken });
    },
    /** Not earlier: the codes are shown once. */
    keptCodes: async (token: string | null) => enter(token),
    activate: async (userId: string, code: string, password: string) => {
      await api.POST('/workbench/activate', { body: { userId, code, password } });
      return goOn(answered(await api.POST('/workbench/sign-in', { body: { userId, password } })));
    },
  };
}
