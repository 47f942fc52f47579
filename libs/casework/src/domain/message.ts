import type { MessageChannel, MessageFailure, MessageParams, MessageTemplate } from '@app/contracts';

/**
 * How far a message is: 已提出 `requested`; 已发出 `sent`, also a letter that lies ready; 已送达 `delivered`; 未送达 `failed`; 已撤回
 * `withdrawn` before it was sent.
 */
export const messageStates = ['requested', 'sent', 'delivered', 'failed', 'withdrawn'] as const;
export type MessageState = (typeof messageStates)[number];

/** A message as the case keeps it. */
export interface CaseMessage {
  readonly messageId: string;
  readonly caseId: string;
  readonly template: MessageTemplate;
  readonly params: MessageParams;
  /** The words in which the person was told. */
  readonly text: string;
  readonly state: MessageState;
  /** By which it was sent, or last tried; null: not yet. */
  readonly channel: MessageChannel | null;
  /** Why it did not arrive. */
  readonly reason: MessageFailure | null;
  readonly tries: number;
  readonly stateAt: Date;
  readonly requestedAt: Date;
  readonly requestedBy: { readonly id: string; readonly role: string };
}
