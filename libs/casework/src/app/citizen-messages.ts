import { Inject, Injectable } from '@nestjs/common';
import {
  causedBy,
  itemInMessage,
  messageFacts,
  paperInMessage,
  tellsOfHealth,
  wordsOf,
  type Cause,
  type MessageFacts,
  type MessageParams,
  type MessageTemplate,
  type Owner,
} from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { holdsNumber, type Tx } from '@app/platform';
import { SERVICE_NAME } from '@app/service-host';
import { v5 as uuidV5 } from 'uuid';
import { CaseItems } from '../adapters/case-items.js';
import { CaseMessages, type MessagedCase } from '../adapters/postgres/case-messages.js';
import type { Case } from '../domain/case.js';
import { MessageSaysTooMuch } from '../domain/errors.js';

const MESSAGES = '0d8b6a39-52f3-4f0a-8a4e-6a1b8a0f7c11';

/** A message that a person is to get about a case. What is absent is not said. */
export interface NewMessage {
  readonly caseId: string;
  readonly template: MessageTemplate;
  /** What causes it, the same each time: `rung/<clockId>/<rung>`. One case is sent one message for one cause. */
  readonly cause: string;
  /** `YYYY-MM-DD`: until when, or of an appointment the day. */
  readonly day?: string | null;
  /** Of an appointment: `14:30`. */
  readonly time?: string | null;
  /** Names of papers (材料名称), in Chinese. */
  readonly papers?: readonly string[];
  /** Where to go; absent: the village or the township. */
  readonly place?: string | null;
  /** Of an appointment: what for. */
  readonly purpose?: string | null;
  /** It is the reminder of what was said before. */
  readonly again?: boolean;
  /** Not before this moment. */
  readonly notBefore?: Date | null;
  /** `YYYY-MM-DD`: after this day it is not sent any more. Default: `day`. */
  readonly usefulUntil?: string | null;
  /** The fact that it reacts to. */
  readonly fact?: Cause | null;
}

/** The id of the message that something causes. */
export function messageIdOf(caseId: string, cause: string): string {
  return uuidV5(`${caseId}/${cause}`, MESSAGES);
}

/**
 * Tells people something about their cases. The row and the fact are written in the transaction of what causes them; registry, which knows
 * how somebody is reached, sends it.
 */
@Injectable()
export class CitizenMessages {
  constructor(
    private readonly messages: CaseMessages,
    private readonly items: CaseItems,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(SERVICE_NAME) private readonly service: Owner,
  ) {}

  /**
   * Set-based. A message that was asked for before for the same cause is not sent again; one about a case that the transaction's caller
   * does not see is passed over.
   * @returns the ids of the new ones
   * @throws MessageSaysTooMuch if a text holds a number of a person, or tells of their health
   */
  async request(tx: Tx, messages: readonly NewMessage[]): Promise<string[]> {
    if (messages.length === 0) return [];
    const cases = await this.messages.casesOf(
      tx,
      messages.map(({ caseId }) => caseId),
    );
    const rows = messages.flatMap((message) => {
      const of = cases.get(message.caseId);
      return of ? [this.toRow(message, of)] : [];
    });
    const added = new Set(await this.messages.add(tx, rows, this.clock.now()));
    const { requested } = messageFacts[this.service] as MessageFacts;
    const fresh = rows.filter(({ messageId }) => added.delete(messageId));
    this.outbox.append(
      tx,
      fresh.map(({ of, messageId, template, params, notBefore, usefulUntil, fact }) => {
        const event = requested.of({
          personId: of.personId,
          divisionCode: of.divisionCode,
          version: 1,
          messageId,
          caseId: of.caseId,
          template,
          params,
          readers: [...of.readers],
          notBefore: notBefore?.toISOString() ?? null,
          usefulUntil,
        });
        return fact ? causedBy(fact, event) : event;
      }),
    );
    return fresh.map(({ messageId }) => messageId);
  }

  /**
   * Tells the person that it is decided, and that the notice can be had. Nothing of the decision stands in it: others may read it too. A case
   * that is decided again has another version, and is told again.
   */
  async tellDecided(tx: Tx, ...decided: readonly Pick<Case, 'id' | 'version'>[]): Promise<void> {
    await this.request(
      tx,
      decided.map(({ id, version }) => ({
        caseId: id,
        template: 'decision-ready',
        cause: `decided/${version}`,
      })),
    );
  }

  /** What these said is no longer so: they are not sent, as far as they have not been. */
  async withdraw(tx: Tx, messageIds: readonly string[]): Promise<void> {
    const withdrawn = await this.messages.withdraw(tx, messageIds, this.clock.now());
    const facts = messageFacts[this.service] as MessageFacts;
    this.outbox.append(
      tx,
      withdrawn.map((message) => facts.withdrawn.of({ ...message, version: 2 })),
    );
  }

  private toRow(message: NewMessage, of: MessagedCase) {
    const { caseId, template, cause, papers = [], notBefore = null, fact = null } = message;
    const item = this.items.of(of.itemId, of.itemVersion, of.divisionCode);
    const params: MessageParams = {
      item: itemInMessage(item.title),
      day: message.day ?? null,
      time: message.time ?? null,
      papers: papers.map(paperInMessage),
      place: message.place ?? null,
      purpose: message.purpose ?? null,
      again: message.again ?? false,
    };
    const said = [params.item, ...params.papers, params.place, params.purpose].filter(
      (text) => text !== null,
    );
    if (said.some((text) => holdsNumber(text) || tellsOfHealth(text))) throw new MessageSaysTooMuch();
    return {
      of,
      messageId: messageIdOf(caseId, cause),
      template,
      params,
      text: wordsOf(template, params).text,
      notBefore,
      usefulUntil: message.usefulUntil === undefined ? params.day : message.usefulUntil,
      fact,
    };
  }
}
