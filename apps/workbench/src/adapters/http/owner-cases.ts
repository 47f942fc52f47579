import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { toldCases, type ToldCases } from '@app/casework';
import type { Owner } from '@app/contracts';
import { currentTraceparent } from '@app/platform';
import { SigningKeys } from '../../app/signing-keys.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { OwnerAway } from '../../domain/work-errors.js';
import { ServiceAddresses } from './service-addresses.js';
import { ServiceClient, ServiceTooSlow, ServiceUnreachable } from './service-client.js';
import { WATCHER } from './service-status.js';

/** What an owner answers of a case that is claimed. */
export interface ClaimedCase {
  readonly version: number;
  readonly claim: { readonly by: string; readonly at: string } | null;
}

/** `taken`: somebody else was faster, or there is nothing to do any more; `away`: the owner cannot say now. */
export type ClaimAnswer = { readonly claimed: ClaimedCase } | 'taken' | 'away';

/** Cases that are compared at a time. */
const PAGE = 500;

/** Somebody else has it, it changed, it is no longer theirs to do, or it is gone: each time the next one may be free. */
const NOT_THIS_ONE: readonly number[] = [403, 404, 409, 412];

/** The owners of cases, asked over HTTP as the user who asks us. */
@Injectable()
export class OwnerCases {
  constructor(
    private readonly keys: SigningKeys,
    private readonly addresses: ServiceAddresses,
    private readonly client: ServiceClient,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  /** The user takes the task of a case, as it was in this version. */
  async claim(actor: Actor, owner: Owner, caseId: string, version: number): Promise<ClaimAnswer> {
    const answer = await this.send(actor, owner, 'POST', `/${owner}/cases/${caseId}/claim`, {
      'if-match': `"${version}"`,
      'idempotency-key': randomUUID(),
    });
    if (answer === null || answer.status >= 500 || answer.status === 429) return 'away';
    if (NOT_THIS_ONE.includes(answer.status)) return 'taken';
    if (answer.status !== 200) throw new Error(`${owner} answers a claim with ${answer.status}`);
    return { claimed: answer.body as ClaimedCase };
  }

  /**
   * A page of every case of an owner, in the order of their ids; asked as the workbench itself.
   * @throws OwnerAway
   */
  async told(owner: Owner, after: string | null): Promise<ToldCases> {
    const path = `/${owner}/told-cases?limit=${PAGE}${after === null ? '' : `&after=${after}`}`;
    const answer = await this.send(WATCHER, owner, 'GET', path);
    if (answer?.status !== 200) throw new OwnerAway(owner);
    return toldCases.parse(answer.body);
  }

  /** @returns null if it is not reached, or does not answer in time */
  async send(
    actor: Actor,
    owner: Owner,
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly body: unknown } | null> {
    const base = this.addresses.of(owner);
    if (!base) return null;
    const trace = currentTraceparent();
    try {
      const { status, body } = await this.client.send({
        method,
        base,
        path,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${await this.keys.sign(actor)}`,
          ...(method === 'POST' ? { 'content-length': '0' } : {}),
          ...(trace ? { traceparent: trace } : {}),
          ...headers,
        },
        body: null,
        bodyLimit: 0,
        timeoutMs: this.config.GATEWAY_TIMEOUT_SECONDS * 1000,
        signal: new AbortController().signal,
      });
      return { status, body: await json(body) };
    } catch (error) {
      if (error instanceof ServiceUnreachable || error instanceof ServiceTooSlow) return null;
      throw error;
    }
  }
}
