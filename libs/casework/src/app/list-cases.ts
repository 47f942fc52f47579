import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { CaseRepository, type CaseQuery } from '../adapters/postgres/case-repository.js';
import { reachesOf } from '../domain/place.js';
import { readerOf } from './case-desk.js';
import { pageOf, type CasePage } from './case-view.js';

export type ListQuery = Omit<CaseQuery, 'reaches'>;

/** The cases that the caller may look at, oldest first; or those that wait for them, longest first. */
@Injectable()
export class ListCases {
  constructor(private readonly cases: CaseRepository) {}

  async readable(actor: Actor, query: ListQuery): Promise<CasePage> {
    const reaches = reachesOf(actor);
    return pageOf(await this.cases.findReadable(readerOf(actor), { ...query, reaches }), query.limit);
  }

  async waitingFor(actor: Actor, query: ListQuery): Promise<CasePage> {
    const reaches = reachesOf(actor);
    return pageOf(await this.cases.findWaitingFor(readerOf(actor), { ...query, reaches }), query.limit);
  }
}
