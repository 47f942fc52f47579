import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import { documentNumberOf, placeInRegister } from '../domain/document-number.js';
import { DocumentNotFound } from '../domain/remedy-errors.js';
import { readerOf } from './case-desk.js';
import type { FoundDocument } from './document-view.js';

/** A document by the number that stands on it. */
@Injectable()
export class FindDocument {
  constructor(private readonly documents: CaseDocuments) {}

  /** @throws DocumentNotFound */
  async run(actor: Actor, owner: Owner, text: string): Promise<FoundDocument> {
    const place = placeInRegister(owner, text);
    const found = place && (await this.documents.at(readerOf(actor), place));
    if (!found) throw new DocumentNotFound();
    return { ...found, number: documentNumberOf(owner, place) };
  }
}
