import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { CaseRepository, type CaseQuery } from '../adapters/postgres/case-repository.js';
import { reachesOf } from '../domain/place.js';
import { readerOf } from './case-desk.js';
import { pageOf, type CasePage } from './case-view.js';

/** The cases that the caller may look at, oldest first; or those that wait for them, longest first. */
@Injectable()
export class ListCases {
  constructor(private readonly cases: CaseRepository) {}

  async readable(actor: Actor, query: CaseQuery): Promise<CasePage> {
    return pageOf(await this.cases.findReadable(readerOf(actor), query), query.limit);
  }

  async waitingFor(actor: Actor, query: CaseQuery): Promise<CasePage> {
    const found = await this.cases.findWaitingFor(readerOf(actor), query, reachesOf(actor));
    return pageOf(found, query.limit);
  }
}
