import type { RepresentativeKind, RepresentedAct } from '@app/contracts';
import { GuardianNotValid } from './errors.js';
import type { GuardianBasis } from './guardian.js';
import { ageOn } from './identity-number.js';
import type { Organisation } from './organisation.js';

export const kindNames: Readonly<Record<RepresentativeKind, string>> = {
  statutory: '法定监护人',
  appointed: '指定监护人',
  agent: '委托代理人',
};

export const actNames: Readonly<Record<RepresentedAct, string>> = {
  all: '全部事项',
  apply: '提出申请',
  receive: '签收文书',
  account: '登记或变更收款账户',
  decline: '放弃或撤回',
  'legal-aid': '法律援助事项',
};

/** What somebody may sign for a person, since when and until when, and what shows it. */
export interface Authority {
  readonly kind: RepresentativeKind;
  /** Why the person has a guardian; null: an agent. */
  readonly basis: GuardianBasis | null;
  readonly acts: readonly RepresentedAct[];
  readonly since: string;
  /** Last day; null: until it is ended. */
  readonly until: string | null;
  readonly proof: string | null;
}

/**
 * Refuses an authority that does not say what it must: 民法典 165 (a power of attorney states matters, powers and term), 31 (who is
 * appointed, is so by a decision that can be shown). @throws GuardianNotValid
 */
export function checkAuthority({ kind, basis, acts, since, until, proof }: Authority): void {
  if ((kind === 'agent') !== (basis === null)) {
    throw new GuardianNotValid('监护人须填写监护事由；委托代理人不填写监护事由。请核对代理类别。');
  }
  if (kind === 'agent' && until === null) {
    throw new GuardianNotValid('授权委托书应当载明期限，请填写委托的截止日期。');
  }
  if (kind !== 'statutory' && proof === null) {
    throw new GuardianNotValid(`登记${kindNames[kind]}须有证明材料，请填写证明材料的名称及文号。`);
  }
  if (until !== null && until < since) {
    throw new GuardianNotValid('截止日期早于起始日期，请核对后重新填写。');
  }
  if (acts.includes('all') && acts.length > 1) {
    throw new GuardianNotValid('选择“全部事项”后不再选择单项，请二者选一。');
  }
}

/** An authority on file, of whoever it is asked about. */
export interface HeldAuthority extends Authority {
  readonly representativeId: string;
  /** Last day that follows from `until` and, of a minor, from the eighteenth birthday. */
  readonly lastDay: string | null;
  readonly endedOn: string | null;
  /** Null: a person. */
  readonly organisation: Organisation | null;
}

/** Whether somebody may sign, in one word. */
export const signingReasons = [
  'in-force',
  'self',
  'guardian-signs',
  'person-dead',
  'not-on-file',
  'not-yet',
  'ended',
  'expired',
  'grown-up',
  'other-act',
] as const;
export type SigningReason = (typeof signingReasons)[number];

export interface SigningAnswer {
  readonly allowed: boolean;
  readonly reason: SigningReason;
  /** A sentence in Chinese that says why, and what to do. */
  readonly text: string;
  /** By which authority, or which one comes nearest. */
  readonly by: HeldAuthority | null;
}

export interface SigningQuestion {
  readonly person: { readonly birthDate: string; readonly diedOn: string | null };
  /** The person asks for themselves. */
  readonly isSelf: boolean;
  /** Of whoever wants to sign, also what is over. */
  readonly held: readonly HeldAuthority[];
  /** Whether a guardian of an adult acts for the person on that day. */
  readonly hasGuardian: boolean;
  readonly act: RepresentedAct;
  readonly on: string;
}

/**
 * May somebody sign this for a person on that day. 民法典 17, 18: who is eighteen acts alone; 23: the guardian acts for who cannot; 173: an
 * agency is over at its term.
 */
export function maySign(question: SigningQuestion): SigningAnswer {
  const { person, isSelf, held, hasGuardian, act, on } = question;
  const no = (reason: SigningReason, text: string, by: HeldAuthority | null = null): SigningAnswer => ({
    allowed: false,
    reason,
    text,
    by,
  });
  if (person.diedOn !== null && person.diedOn <= on) {
    return no('person-dead', '档案记载此人已死亡，监护和代理均已终止，不能再代为签署。');
  }
  if (isSelf) {
    return ageOn(person.birthDate, on) < 18 || hasGuardian
      ? no('guardian-signs', '此人未满18周岁或已登记监护人，请由监护人代为签署。')
      : { allowed: true, reason: 'self', text: '本人签署，无需代理。', by: null };
  }
  const [best] = held
    .map((authority) => ({ authority, reason: standing(authority, person.birthDate, act, on) }))
    .toSorted((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason));
  if (!best) {
    return no('not-on-file', '档案中没有登记此人的监护或委托关系。请核验证明材料，登记后再办理。');
  }
  const { authority, reason } = best;
  const who = kindNames[authority.kind];
  switch (reason) {
    case 'in-force': {
      const proof = authority.proof ?? '未登记证明材料，请核验原件';
      const until = authority.lastDay ? `至${authority.lastDay}` : '未定期限';
      return {
        allowed: true,
        reason,
        text: `${who}，可办理“${actNames[act]}”，${until}（${proof}）。${
          authority.organisation ? '由组织的经办人签署，请核对来人是否为登记的经办人。' : ''
        }`,
        by: authority,
      };
    }
    case 'grown-up':
      return no(
        reason,
        '被监护人已满18周岁，未成年人的监护已终止。仍需监护的，请凭证明另行登记监护事由。',
        authority,
      );
    case 'expired':
      return no(
        reason,
        `${who}的期限已于${authority.lastDay}届满。请取得新的证明，登记后再办理。`,
        authority,
      );
    case 'ended':
      return no(reason, `${who}的关系已于${authority.endedOn}终止。请由现任监护人或代理人办理。`, authority);
    case 'not-yet':
      return no(reason, `${who}的权限自${authority.since}起生效，请在生效后办理。`, authority);
    case 'other-act':
      return no(
        reason,
        `${who}只可办理：${authority.acts.map((each) => actNames[each]).join('、')}；不含“${actNames[act]}”。请由本人办理或补充授权。`,
        authority,
      );
  }
}

type Standing = 'in-force' | 'other-act' | 'not-yet' | 'grown-up' | 'expired' | 'ended';

/** From what lets somebody sign, over what comes near, to what is far. */
const ORDER: readonly Standing[] = ['in-force', 'other-act', 'not-yet', 'grown-up', 'expired', 'ended'];

function standing(
  { basis, acts, since, lastDay, endedOn }: HeldAuthority,
  birthDate: string,
  act: RepresentedAct,
  on: string,
): Standing {
  if (endedOn !== null && endedOn <= on) return 'ended';
  if (basis === 'minor' && ageOn(birthDate, on) >= 18) return 'grown-up';
  if (lastDay !== null && lastDay < on) return 'expired';
  if (since > on) return 'not-yet';
  return acts.includes('all') || acts.includes(act) ? 'in-force' : 'other-act';
}

/** What does not go together in who acts for a person. */
export const contradictions = {
  'guardian-dead': '监护人或代理人已登记死亡，请终止并登记新的监护人或代理人。',
  'guardian-has-guardian': '监护人或代理人本人也由他人监护，不宜担任，请核实后变更。',
  'grown-up': '被监护人已满18周岁，未成年人的监护已到期，请终止；仍需监护的，请凭证明另行登记监护事由。',
  'agents-overlap': '两名委托代理人可办理同一事项，请核实是否共同代理，或终止其中之一。',
  'agent-beside-guardian': '已有监护人，又登记了委托代理人：请核实委托是否由监护人作出。',
} as const;
export type Contradiction = keyof typeof contradictions;
