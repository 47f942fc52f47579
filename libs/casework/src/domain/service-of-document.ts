import type { Act } from './act.js';
import { serviceOf, type CaseDocument, type DocumentService, type Serving } from './document.js';
import { DayInFuture } from './errors.js';
import type { Authority } from './representative.js';
import {
  AgentMayNotReceive,
  DocumentServed,
  ElectronicWithoutConsent,
  LeftWithoutWitness,
  NothingToCorrect,
  PublicNoticeTermUnknown,
  ReceiverMissing,
  ServedBeforeMade,
} from './remedy-errors.js';

/** What service depends on beside the document. */
export interface ServiceRules {
  /** Day on which the person agreed to be served electronically; null: did not, or took it back. */
  readonly electronicSince: string | null;
  /** The day on which a notice published on a day counts as service; null: no text gives the term of a notice here. */
  readonly noticeEnds: (publishedOn: string) => string | null;
  /** How the agent stands who signed; null: none did, or registry has told nothing of who acts for the person. */
  readonly agent: Authority | null;
}

/**
 * The document reached the person. It is served once: again only as the correction of a record that was wrong.
 * @throws DocumentServed, NothingToCorrect, DayInFuture, ServedBeforeMade, AgentMayNotReceive, and by the method ReceiverMissing, LeftWithoutWitness,
 * ElectronicWithoutConsent, PublicNoticeTermUnknown
 */
export function serveDocument(
  document: CaseDocument,
  serving: Serving,
  rules: ServiceRules,
  { by, now, today }: Act,
): CaseDocument {
  const standing = serviceOf(document);
  if (standing && serving.correction === null) throw new DocumentServed(document.id);
  if (!standing && serving.correction !== null) throw new NothingToCorrect(document.id);
  if (serving.on > today) throw new DayInFuture('on', today);
  if (serving.on < document.madeOn) throw new ServedBeforeMade(document.madeOn);
  if (rules.agent && !rules.agent.may) throw new AgentMayNotReceive(rules.agent);
  const service: DocumentService = {
    ...serving,
    servedOn: servedOn(serving, rules),
    proofFileId: null,
    representativeId: rules.agent?.representativeId ?? null,
    by: { id: by.id, role: by.role },
    onBehalfOf: by.onBehalfOf ?? null,
    at: now.toISOString(),
  };
  return { ...document, services: [...document.services, service] };
}

function servedOn({ method, on, receivedBy, witness, recorded }: Serving, rules: ServiceRules): string {
  switch (method) {
    case 'direct':
      if (receivedBy === null) throw new ReceiverMissing();
      return on;
    case 'left':
      if (witness === null && !recorded) throw new LeftWithoutWitness();
      return on;
    case 'post':
      return on;
    case 'electronic':
      if (rules.electronicSince === null || rules.electronicSince > on) throw new ElectronicWithoutConsent();
      return on;
    case 'public-notice': {
      const ends = rules.noticeEnds(on);
      if (ends === null) throw new PublicNoticeTermUnknown();
      return ends;
    }
  }
}
