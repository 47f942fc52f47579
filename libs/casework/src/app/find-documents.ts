import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import { documentNumberOf, placeInRegister } from '../domain/document-number.js';
import { readerOf } from './case-desk.js';
import type { FoundDocuments } from './document-view.js';

/** Documents by the number that stands on them. */
@Injectable()
export class FindDocuments {
  constructor(private readonly documents: CaseDocuments) {}

  /** @returns one, or none: nobody's number, another service's, or of a case that is not in reach */
  async run(actor: Actor, owner: Owner, text: string): Promise<FoundDocuments> {
    const place = placeInRegister(owner, text);
    const found = place && (await this.documents.at(readerOf(actor), place));
    return { documents: found ? [{ ...found, number: documentNumberOf(owner, place) }] : [] };
  }
}
