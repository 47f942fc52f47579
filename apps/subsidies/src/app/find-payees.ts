import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { prePayChecks, type PayeeCheck, type PayeeFinding } from '../adapters/postgres/payee-checks.js';
import {
  PayeeQueries,
  type PastPayeeState,
  type PayeeQuery,
  type ShownPayee,
} from '../adapters/postgres/payee-queries.js';
import { PayeeNotFound } from '../domain/payee-errors.js';
import { monthOf } from '../domain/month.js';
import { checkDuties, type Duty } from '../domain/pay-duty.js';
import { lookingAtMoney } from './money-callers.js';

export interface PayeePage {
  readonly payees: readonly ShownPayee[];
  readonly next: string | null;
}

export interface PayeeDetail extends ShownPayee {
  readonly history: readonly PastPayeeState[];
}

export interface FindingPage {
  readonly findings: readonly (Omit<PayeeFinding, 'basis'> & Duty)[];
  readonly next: string | null;
}

/** Payee accounts of persons whose benefits the caller sees. */
@Injectable()
export class FindPayees {
  constructor(
    private readonly payees: PayeeQueries,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: PayeeQuery): Promise<PayeePage> {
    const payees = await this.payees.list(lookingAtMoney(actor, 'payee:read'), query);
    return { payees, next: payees.length === query.limit ? (payees.at(-1)?.id ?? null) : null };
  }

  /** @throws PayeeNotFound */
  async one(actor: Actor, accountId: string): Promise<PayeeDetail> {
    const reader = lookingAtMoney(actor, 'payee:read');
    const found = await this.payees.find(reader, accountId);
    if (!found) throw new PayeeNotFound();
    return { ...found, history: await this.payees.history(reader, accountId) };
  }

  /**
   * What is to be looked at among the persons in reach who have a benefit, as of today.
   * @param query `since`: first day of the changes shown; absent: of this month
   */
  async findings(
    actor: Actor,
    query: {
      since?: string | undefined;
      after?: { personId: string; check: PayeeCheck } | undefined;
      limit: number;
    },
  ): Promise<FindingPage> {
    const today = this.clock.today();
    const since = query.since ?? `${monthOf(today)}-01`;
    const findings = await this.database.read(lookingAtMoney(actor, 'payee:check'), (tx) =>
      prePayChecks(
        tx,
        { sql: `select distinct person_id from benefits where status <> 'stopped'`, params: [] },
        {
          on: today,
          since: new Date(`${since}T00:00:00+08:00`),
          after: query.after ?? null,
          limit: query.limit,
        },
      ),
    );
    const last = findings.length === query.limit ? findings.at(-1) : undefined;
    return {
      findings: findings.map((each) => ({ ...each, ...checkDuties[each.check] })),
      next: last ? `${last.personId}.${last.check}` : null,
    };
  }
}
