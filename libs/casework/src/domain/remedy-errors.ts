import { DomainError } from '@app/kernel';
import type { Authority } from './representative.js';
import type { RemedyKind } from '@app/contracts';

/** An adverse notice names the remedy and its term: the item has none, and the decider wrote none. */
export class RemedyMissing extends DomainError {
  readonly slug = 'remedy-missing';
  readonly kind = 'invalid';
  constructor(itemId: string) {
    super('目录中没有这一事项的救济途径，请填写本人如何提出异议：向谁提出、多长时间内提出。', {
      field: 'remedy',
      itemId,
    });
  }
}

/** The case has no such document; whoever reads this sees the case. */
export class DocumentNotOfCase extends DomainError {
  readonly slug = 'document-not-of-case';
  readonly kind = 'invalid';
  constructor(documentId: string) {
    super('这一事项没有这份文书，请刷新页面后重新选择。', { documentId });
  }
}

/** A document is served once. */
export class DocumentServed extends DomainError {
  readonly slug = 'document-served';
  readonly kind = 'conflict';
  constructor(documentId: string) {
    super('这份文书已经登记送达。登记有误的，请填写更正原因后重新登记，原记录保留。', { documentId });
  }
}

export class NothingToCorrect extends DomainError {
  readonly slug = 'nothing-to-correct';
  readonly kind = 'conflict';
  constructor(documentId: string) {
    super('这份文书还没有登记送达，不需要更正原因，请直接登记。', { documentId });
  }
}

/** Proof belongs to a record of service. */
export class DocumentNotServed extends DomainError {
  readonly slug = 'document-not-served';
  readonly kind = 'conflict';
  constructor(documentId: string) {
    super('请先登记送达，再上传送达回证。', { documentId });
  }
}

export class ProofMissing extends DomainError {
  readonly slug = 'proof-missing';
  readonly kind = 'not-found';
  constructor(documentId: string) {
    super('这份文书没有上传送达回证，请联系登记送达的人员。', { documentId });
  }
}

export class ServedBeforeMade extends DomainError {
  readonly slug = 'served-before-made';
  readonly kind = 'invalid';
  constructor(madeOn: string) {
    super(`文书于${madeOn}作出，送达日期不能早于这一天，请核对。`, { field: 'on' });
  }
}

/** 民事诉讼法第八十八条: somebody signs. */
export class ReceiverMissing extends DomainError {
  readonly slug = 'receiver-missing';
  readonly kind = 'invalid';
  constructor() {
    super('直接送达须有人签收，请选择签收人：本人、同住成年家属、代理人或者代收人。', {
      field: 'receivedBy',
    });
  }
}

/** Registry has told who acts for the person: who signs is found there by name. */
export class ReceiverNameMissing extends DomainError {
  readonly slug = 'receiver-name-missing';
  readonly kind = 'invalid';
  constructor() {
    super('由代理人签收的，请填写签收人姓名，以便核对其监护或委托关系。', { field: 'receiverName' });
  }
}

/** Who signed may not sign for the person. */
export class AgentMayNotReceive extends DomainError {
  readonly slug = 'agent-may-not-receive';
  readonly kind = 'conflict';
  constructor({ why, until }: Extract<Authority, { may: false }>) {
    super(NOT_RECEIVED[why], { field: 'receiverName', why, until });
  }
}

const NOT_RECEIVED = {
  'not-on-file': '签收人不是此人在册的监护人或代理人，请核对姓名；确有代理权的，请先在档案中凭证明登记。',
  'not-yet': '签收人的代理权在签收当日尚未生效，请改由本人签收，或在生效后送达。',
  expired: '签收人的监护或代理在签收当日已经届满，请改由本人或现任代理人签收。',
  'other-act': '签收人的授权不包括签收文书，请改由本人签收，或补充授权并在档案中登记。',
} as const;

/** 民事诉讼法第八十九条. */
export class LeftWithoutWitness extends DomainError {
  readonly slug = 'left-without-witness';
  readonly kind = 'invalid';
  constructor() {
    super('留置送达须有见证人，或者采用拍照、录像等方式记录送达过程，请补充。', { field: 'witness' });
  }
}

/** 民事诉讼法第九十条: only with consent. */
export class ElectronicWithoutConsent extends DomainError {
  readonly slug = 'electronic-without-consent';
  readonly kind = 'conflict';
  constructor() {
    super('本人在这一天没有同意电子送达。请先登记本人同意，或者改用其他方式送达。');
  }
}

/** Which term a public notice has is for a text to say; none is known here. */
export class PublicNoticeTermUnknown extends DomainError {
  readonly slug = 'public-notice-term-unknown';
  readonly kind = 'conflict';
  constructor() {
    super(
      '目录中没有这类文书公告送达的期限及依据，不能按公告送达登记。请先在目录中录入依据，或者改用其他方式。',
    );
  }
}

/** The case has no such challenge; whoever reads this sees the case. */
export class ChallengeNotOfCase extends DomainError {
  readonly slug = 'challenge-not-of-case';
  readonly kind = 'invalid';
  constructor(challengeId: string) {
    super('这一事项没有这项救济申请，请刷新页面后重新选择。', { challengeId });
  }
}

/** No such remedy lies against it, or not yet. */
export class ChallengeNotOpen extends DomainError {
  readonly slug = 'challenge-not-open';
  readonly kind = 'conflict';
  constructor(kind: RemedyKind, open: readonly RemedyKind[]) {
    super(
      open.length === 0
        ? '对此没有可以提出的救济：上一级的结论尚未送达，或者已经是终局结论。'
        : '对此不能提出这种救济，请按目录中列明的途径提出；不作为的，应当先申请行政复议。',
      { kind, open },
    );
  }
}

export class ChallengePending extends DomainError {
  readonly slug = 'challenge-pending';
  readonly kind = 'conflict';
  constructor(kind: RemedyKind) {
    super('同一救济已在办理中，请在原记录上继续登记，不要重复提出。', { kind });
  }
}

export class ChallengeNotReady extends DomainError {
  readonly slug = 'challenge-not-ready';
  readonly kind = 'conflict';
  constructor(status: string, action: string) {
    super(`这项救济申请目前不能${action}，请刷新页面查看最新状态。`, { status });
  }
}

/** Late, and nobody says why it counts all the same. */
export class LateWithoutReason extends DomainError {
  readonly slug = 'late-without-reason';
  readonly kind = 'conflict';
  constructor(lastDay: string) {
    super(
      `申请期限已于${lastDay}届满。因不可抗力或者其他正当理由耽误的，请填写理由后受理；否则请登记不予受理。`,
      { field: 'lateReason', lastDay },
    );
  }
}

export class NotLate extends DomainError {
  readonly slug = 'not-late';
  readonly kind = 'conflict';
  constructor(lastDay: string | null) {
    super(
      lastDay === null
        ? '没有送达记录或者没有法定申请期限，不能以逾期为由不予受理。'
        : `申请期限到${lastDay}为止，提出时没有逾期，不能以逾期为由不予受理。`,
      { lastDay },
    );
  }
}

export class WrongBodyWithoutBody extends DomainError {
  readonly slug = 'wrong-body-without-body';
  readonly kind = 'invalid';
  constructor() {
    super('不属于本机关管辖的，请填写已告知或者移送的有管辖权的机关。', { field: 'handedTo' });
  }
}

export class DecisionBeforeFiling extends DomainError {
  readonly slug = 'decision-before-filing';
  readonly kind = 'invalid';
  constructor(filedOn: string) {
    super(`申请于${filedOn}提出，日期不能早于这一天，请核对。`, { field: 'on' });
  }
}

export class EvidenceOutOfOrder extends DomainError {
  readonly slug = 'evidence-out-of-order';
  readonly kind = 'conflict';
}

export class StayStands extends DomainError {
  readonly slug = 'stay-stands';
  readonly kind = 'conflict';
  constructor() {
    super('已经登记停止执行，无需重复登记。');
  }
}
