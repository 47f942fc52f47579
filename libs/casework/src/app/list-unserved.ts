import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { dueOf, WorkingCalendar } from '@app/clocks';
import { Clock } from '@app/kernel';
import { CaseItems } from '../adapters/case-items.js';
import { CaseDocuments, type UnservedDocument } from '../adapters/postgres/case-documents.js';
import { isAdverse } from '../domain/document.js';
import { documentNumberOf } from '../domain/document-number.js';
import { readerOf } from './case-desk.js';
import type { UnservedPage } from './document-view.js';

/** The documents of the caller's reach that were not served yet, oldest first. */
@Injectable()
export class ListUnserved {
  constructor(
    private readonly documents: CaseDocuments,
    private readonly items: CaseItems,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, query: { after?: string | undefined; limit: number }): Promise<UnservedPage> {
    const found = await this.documents.unserved(readerOf(actor), query);
    return {
      documents: found.map((document) => this.view(document)),
      next: found.length === query.limit ? (found.at(-1)?.documentId ?? null) : null,
    };
  }

  private view({ itemVersion, place, ...document }: UnservedDocument): UnservedPage['documents'][number] {
    const item = this.items.of(document.itemId, itemVersion, document.divisionCode);
    // A refusal has a term of its own where the law gives one (告知).
    const limit = (document.kind === 'refusal' ? item.tellRefusal : null) ?? item.serveWithin;
    const due =
      limit &&
      dueOf({ ...limit, anchorDay: document.madeOn, divisionCode: document.divisionCode }, this.calendar);
    const serveBy = due?.day ?? null;
    return {
      ...document,
      number: documentNumberOf(item.owner, place),
      title: item.title,
      adverse: isAdverse(document),
      serveBy,
      late: serveBy !== null && serveBy < this.clock.today(),
    };
  }
}
