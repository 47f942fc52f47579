import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { LegalClocks } from '@app/clocks';
import { readerOf, CaseDesk } from './case-desk.js';
import { CaseAppointments } from '../adapters/postgres/case-appointments.js';
import { CaseChallenges } from '../adapters/postgres/case-challenges.js';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import { CaseSignatures } from '../adapters/postgres/case-signatures.js';
import { CaseMessages } from '../adapters/postgres/case-messages.js';
import { KnownPapers } from '../adapters/postgres/known-papers.js';
import { missingOf } from '../domain/papers.js';
import { detailOf, type CaseDetail } from './case-view.js';

/** A case with its steps and terms, what went to the person on paper, and what the person had looked at again. */
@Injectable()
export class FindCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly clocks: LegalClocks,
    private readonly papers: KnownPapers,
    private readonly documents: CaseDocuments,
    private readonly challenges: CaseChallenges,
    private readonly messages: CaseMessages,
    private readonly appointments: CaseAppointments,
    private readonly signatures: CaseSignatures,
  ) {}

  async run(actor: Actor, caseId: string): Promise<CaseDetail> {
    const found = await this.desk.seen(actor, caseId);
    const reader = readerOf(actor);
    const [clocks, papers, signatures, documents, electronicSince, challenges, messages, appointments] =
      await Promise.all([
        this.clocks.of(reader, caseId),
        this.papers.offered(reader, { personId: found.personId, materials: missingOf(found) }),
        this.signatures.of(reader, caseId),
        this.documents.of(reader, caseId),
        this.documents.electronicSince(reader, caseId),
        this.challenges.of(reader, caseId),
        this.messages.of(reader, caseId),
        this.appointments.of(reader, caseId),
      ]);
    return detailOf(
      found,
      clocks,
      papers,
      { signatures, documents, electronicSince, challenges },
      { messages, appointments },
    );
  }
}
