import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Files, type OpenedFile, type OpenOptions } from '@app/files';
import type { Tx } from '@app/platform';
import { CaseChallenges } from '../adapters/postgres/case-challenges.js';
import { CaseRepresentatives } from '../adapters/postgres/case-representatives.js';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import type { Case } from '../domain/case.js';
import { serviceOf, tellsRefusal, type CaseDocument, type Serving } from '../domain/document.js';
import { DayInFuture } from '../domain/errors.js';
import { counterOf } from '../domain/item.js';
import {
  DocumentNotOfCase,
  DocumentNotServed,
  ProofMissing,
  ReceiverNameMissing,
} from '../domain/remedy-errors.js';
import { authorityOf, type Authority } from '../domain/representative.js';
import { serveDocument } from '../domain/service-of-document.js';
import { actingOn, always, CaseDesk, readerOf } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { PersonTerms } from './person-terms.js';
import { filePlaceOf, type Upload } from './take-material.js';

const RETENTION = 'case-proof';

/** How the documents of a case reach the person (送达); the person's terms begin there. */
@Injectable()
export class ServeDocument {
  constructor(
    private readonly desk: CaseDesk,
    private readonly documents: CaseDocuments,
    private readonly challenges: CaseChallenges,
    private readonly terms: PersonTerms,
    private readonly files: Files,
    private readonly representatives: CaseRepresentatives,
  ) {}

  /** @param receiverName of an agent who signed */
  async serve(
    actor: Actor,
    caseId: string,
    documentId: string,
    serving: Serving,
    receiverName: string | null,
  ): Promise<CaseSummary> {
    const { by } = await this.for(actor, caseId);
    return this.desk.change(by, caseId, served, {
      besideClaim: always,
      after: async (tx, state) => {
        const agent =
          serving.receivedBy === 'agent'
            ? await this.agentOf(tx, state.personId, receiverName, serving.on)
            : null;
        const [documents, electronicSince, challenges] = await Promise.all([
          this.documents.of(tx, caseId),
          this.documents.electronicSince(tx, caseId),
          this.challenges.of(tx, caseId),
        ]);
        const before = documentAmong(documents, documentId);
        const { publicNotice } = state.item;
        const rules = {
          electronicSince,
          agent,
          noticeEnds: (on: string) => publicNotice && this.terms.lastDay(state, publicNotice, on),
        };
        const document = serveDocument(before, serving, rules, this.desk.actOf(by));
        await this.documents.addService(tx, document);
        await this.terms.begin(tx, state, document, challenges);
        if (tellsRefusal(document, documents)) await this.terms.endTelling(tx, state);
      },
    });
  }

  /** How an agent stands who signed, as registry has told; null: it has told nothing of who acts for the person. */
  private async agentOf(
    tx: Tx,
    personId: string,
    name: string | null,
    on: string,
  ): Promise<Authority | null> {
    const told = await this.representatives.of(tx, personId);
    if (told === null) return null;
    if (name === null) throw new ReceiverNameMissing();
    return authorityOf(told, { nameToken: this.representatives.tokenOf(name) }, 'receive', on);
  }

  /** The proof (送达回证, 邮寄回执, 照片) of the service that stands. */
  async prove(actor: Actor, caseId: string, documentId: string, upload: Upload): Promise<CaseSummary> {
    const { by, seen } = await this.for(actor, caseId);
    // What cannot be taken is refused before its bytes are.
    assertServed(
      (await this.documents.of(by, caseId)).find(({ id }) => id === documentId),
      documentId,
    );
    const { fileId } = await this.files.receive(
      by,
      { ...filePlaceOf(seen), personId: seen.personId, caseId, retentionClass: RETENTION, name: upload.name },
      upload.content,
    );
    return this.desk.change(by, caseId, served, {
      besideClaim: always,
      after: async (tx, { personId }) => {
        const document = await this.documentOf(tx, caseId, documentId);
        assertServed(document, documentId);
        await this.files.link(tx, fileId, { personId, caseId });
        await this.documents.addProof(tx, document, fileId);
      },
    });
  }

  async openProof(
    actor: Actor,
    caseId: string,
    documentId: string,
    options: OpenOptions,
  ): Promise<OpenedFile> {
    await this.desk.seen(actor, caseId);
    const reader = readerOf(actor);
    const document = documentAmong(await this.documents.of(reader, caseId), documentId);
    const fileId = serviceOf(document)?.proofFileId ?? null;
    if (fileId === null) throw new ProofMissing(documentId);
    return this.files.open(reader, fileId, options);
  }

  /** The person agrees to be served electronically in this case, or takes it back. */
  async agree(actor: Actor, caseId: string, since: string | null): Promise<CaseSummary> {
    const { by } = await this.for(actor, caseId);
    return this.desk.change(
      by,
      caseId,
      (state, { today }) => {
        if (since !== null && since > today) throw new DayInFuture('since', today);
        return served(state);
      },
      {
        besideClaim: always,
        after: (tx) => this.documents.setElectronic(tx, caseId, since, this.desk.actOf(by).now),
      },
    );
  }

  private async for(actor: Actor, caseId: string) {
    const seen = await this.desk.seen(actor, caseId);
    return { seen, by: actingOn(actor, counterOf(seen.item), seen) };
  }

  private async documentOf(tx: Tx, caseId: string, documentId: string): Promise<CaseDocument> {
    return documentAmong(await this.documents.of(tx, caseId), documentId);
  }
}

/** @throws DocumentNotOfCase */
function documentAmong(documents: readonly CaseDocument[], documentId: string): CaseDocument {
  const document = documents.find(({ id }) => id === documentId);
  if (!document) throw new DocumentNotOfCase(documentId);
  return document;
}

function served(state: Case) {
  return { state, events: [], kind: 'document-served' } as const;
}

function assertServed(document: CaseDocument | undefined, documentId: string): void {
  if (!document) throw new DocumentNotOfCase(documentId);
  if (!serviceOf(document)) throw new DocumentNotServed(documentId);
}
