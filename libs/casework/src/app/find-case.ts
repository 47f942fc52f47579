import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { LegalClocks } from '@app/clocks';
import { readerOf, CaseDesk } from './case-desk.js';
import { detailOf, type CaseDetail } from './case-view.js';

/** A case with its steps and terms. */
@Injectable()
export class FindCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly clocks: LegalClocks,
  ) {}

  async run(actor: Actor, caseId: string): Promise<CaseDetail> {
    const found = await this.desk.seen(actor, caseId);
    return detailOf(found, await this.clocks.of(readerOf(actor), caseId));
  }
}
