import type { ActorRef, RemedyKind } from '@app/contracts';
import type { RegisterPlace } from './document-number.js';
import type { CaseItem } from './item.js';
import type { RemedyTarget } from './item-remedy.js';

/**
 * What goes to the person on paper: granted (`decision`), refused, stopped, given up for missing papers (`lapse`, 视为撤回), what is
 * missing (`supplement`, 补正告知), more time taken (`extension`, 延长告知), what another body said to a challenge.
 */
export const documentKinds = [
  'decision',
  'refusal',
  'stop',
  'lapse',
  'supplement',
  'extension',
  'challenge-decision',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A document (文书) as the decision makes it; by whom and when is the decision's. */
export interface NewDocument {
  readonly kind: DocumentKind;
  /** The step of the item that made it; null: none did. */
  readonly step: string | null;
  /** The challenge that it decides. */
  readonly challengeId: string | null;
  /** Why it was decided so. */
  readonly reason: string | null;
  /** The remedies that it names, with their terms. */
  readonly remedy: string | null;
}

/** 直接送达, 留置送达, 邮寄送达, 电子送达, 公告送达 (民事诉讼法第八十七条至第九十五条, which 行政复议法第八十八条 follows). */
export const serviceMethods = ['direct', 'left', 'post', 'electronic', 'public-notice'] as const;
export type ServiceMethod = (typeof serviceMethods)[number];

/** Who signed for it: the person, an adult of the household (同住成年家属), an agent (代理人), or whom the person named (代收人). */
export const receivers = ['person', 'adult-family', 'agent', 'designated'] as const;
export type Receiver = (typeof receivers)[number];

/** How a document was brought to the person, as the one who records it says. */
export interface Serving {
  readonly method: ServiceMethod;
  /** The day signed, left, received by the receipt, reached the person's system, or on which the notice was published. */
  readonly on: string;
  readonly receivedBy: Receiver | null;
  /** Who stood by when it was left, as an office calls them. */
  readonly witness: string | null;
  /** The leaving was photographed or filmed (采用拍照、录像等方式记录). */
  readonly recorded: boolean;
  /** Number of the document or of the receipt (文号、回执号). */
  readonly reference: string | null;
  readonly note: string | null;
  /** Why what was recorded before was wrong; null: nothing was. */
  readonly correction: string | null;
}

/** One record of service (送达); a wrong one stays, and the next one says why. */
export interface DocumentService extends Serving {
  /** The day that counts: terms of the person begin after it. */
  readonly servedOn: string;
  readonly proofFileId: string | null;
  /** Guardian or agent who signed, as registry has them on file; null: nobody else did, or registry has told nothing. */
  readonly representativeId: string | null;
  readonly by: ActorRef;
  readonly onBehalfOf: string | null;
  /** Instant, ISO 8601. */
  readonly at: string;
}

/** A document of a case, and how it was served. */
export interface CaseDocument extends NewDocument {
  readonly id: string;
  readonly caseId: string;
  readonly place: RegisterPlace;
  /** Day on which it was made, `YYYY-MM-DD`. */
  readonly madeOn: string;
  readonly by: ActorRef;
  readonly onBehalfOf: string | null;
  /** Oldest first: the last one stands, those before were corrected by the next. */
  readonly services: readonly DocumentService[];
}

const adverse: readonly DocumentKind[] = ['refusal', 'stop', 'lapse'];

/** Whether it takes something from the person, or does not give what was asked for. */
export function isAdverse({ kind }: Pick<NewDocument, 'kind'>): boolean {
  return adverse.includes(kind);
}

/** The service that stands; null: it was not served. */
export function serviceOf({ services }: Pick<CaseDocument, 'services'>): DocumentService | null {
  return services.at(-1) ?? null;
}

/** Whether it is that of the refusal that stands: one that was revoked, and is served afterwards, tells of nothing any more. */
export function tellsRefusal(
  { id }: Pick<CaseDocument, 'id'>,
  documents: readonly Pick<CaseDocument, 'id' | 'kind'>[],
): boolean {
  return documents.findLast(({ kind }) => kind === 'refusal')?.id === id;
}

/**
 * What remedies against this document lie against; null: it decides nothing that could be challenged.
 * @param challenged the kind of the challenge that it decides
 */
export function targetOf(
  { kind }: Pick<NewDocument, 'kind'>,
  challenged: RemedyKind | null,
): RemedyTarget | null {
  switch (kind) {
    case 'decision':
    case 'refusal':
    case 'stop':
    case 'lapse':
      return 'decision';
    case 'challenge-decision':
      return challenged;
    case 'supplement':
    case 'extension':
      return null;
  }
}

/** What the decision of a case is told by. */
export function documentOf(
  kind: Exclude<DocumentKind, 'challenge-decision'>,
  { item }: { readonly item: CaseItem },
  { reason, remedy }: Pick<NewDocument, 'reason' | 'remedy'>,
): NewDocument {
  const step = item.steps.find((each) => each.kind === 'decide')?.id ?? null;
  return { kind, step, challengeId: null, reason, remedy };
}
