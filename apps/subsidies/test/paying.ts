import { randomUUID } from 'node:crypto';
import { ColumnCipher } from '@app/access';
import { Catalogue } from '@app/catalogue';
import {
  itemOpenedV1,
  itemStopProposedV1,
  itemStopWithdrawnV1,
  type NewEvent,
  type RoundCause,
} from '@app/contracts';
import { startService, until, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import type { ShownLine } from '../src/adapters/postgres/pay-run-queries.js';
import type { PayRunDetail } from '../src/app/find-pay-runs.js';
import { demoFormats } from '../src/domain/bank-file/index.js';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';
import { inventedItems } from './invented-items.js';

export const VILLAGE = '338801001001';
export const COUNTY = '338801';
const ITEM = 'invented/by-rule';

/** A county whose allowances open and run by rule, with the people who pay them. */
export interface Paying {
  readonly service: ServiceUnderTest;
  readonly planner: TestUser;
  readonly approver: TestUser;
  readonly payer: TestUser;
  /** A person with a running allowance from February 2026: 300 yuan a month in the first grade, 150 in others. @returns ids */
  beneficiary(more?: {
    grade?: number;
    account?: boolean;
    place?: string;
    itemId?: string;
  }): Promise<Beneficiary>;
  /** A confirmed account. @returns its id */
  account(
    personId: string,
    more?: { validUntil?: string; heldUntil?: string; token?: string; phone?: string; name?: string },
  ): Promise<string>;
  deliver(...events: NewEvent[]): Promise<void>;
  stopProposed(of: Beneficiary, effectiveOn: string, cause?: RoundCause): NewEvent;
  stopWithdrawn(of: Beneficiary): NewEvent;
  /** Begins a run and waits until it waits for a person. */
  planned(month: string): Promise<Run>;
  /** Approves what is planned, and waits until all of it is ordered. */
  ordered(run: Run): Promise<Run>;
  exported(run: Run): Promise<{ lines: string[][]; bytes: Buffer; sha256: string }>;
  run(runNo: number): Promise<Run>;
  lines(run: Run, query?: string): Promise<Line[]>;
  books(of: Beneficiary): Promise<{ month: string; owed: number; paid: number }[]>;
}

export interface Beneficiary {
  readonly personId: string;
  readonly benefitId: string;
  readonly caseId: string;
  readonly roundId: string;
}

export type Run = PayRunDetail;
export type Line = ShownLine;

let version = 0;

export async function startPaying(
  now: string,
  settings: Partial<ServiceUnderTest['config']> = {},
): Promise<Paying> {
  const service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule.on(Catalogue.of(inventedItems))],
    migrated: [subsidies],
    now,
    settings,
  });
  const planner = await service.as('benefit-officer');
  const approver = await service.as('member-unit', { department: 'civil-affairs' });
  const payer = await service.as('member-unit', { department: 'finance' });
  const [format] = demoFormats.filter(({ id }) => id === 'demo-delimited');
  expectStatus(await payer.post('/subsidies/bank-formats', format), 200);
  const about = (personId: string, roundId: string, place: string) => ({
    personId,
    divisionCode: place,
    version: (version += 1),
    roundId,
    itemId: ITEM,
    itemVersion: '2026-01',
    owner: 'subsidies' as const,
    period: 'once',
  });
  const deliver = (...events: NewEvent[]) => service.deliver('subsidies', ...events);
  const run = async (runNo: number) =>
    expectStatus(await planner.get(`/subsidies/pay-runs/${runNo}`), 200).body as Run;
  const inState = async (runNo: number, ...states: string[]) => {
    let seen = await run(runNo);
    await until(
      () => `run ${runNo} is ${states.join(' or ')}: ${seen.state}`,
      async () => states.includes((seen = await run(runNo)).state),
    );
    return seen;
  };
  const paying: Paying = {
    service,
    planner,
    approver,
    payer,
    deliver,
    run,
    beneficiary: async ({ grade = 1, account = true, place = VILLAGE, itemId = ITEM } = {}) => {
      const personId = randomUUID();
      const roundId = randomUUID();
      await deliver(
        itemOpenedV1.of({
          ...about(personId, roundId, place),
          itemId,
          cause: 'card-issued',
          mode: 'auto',
          because: [{ fact: 'card.grade', value: grade }],
          entitledOn: '2026-02-10',
        }),
      );
      const [row] = await service.database.query<{ benefit_id: string; case_id: string }>(
        'select benefit_id, case_id from subsidies.benefits where person_id = $1',
        [personId],
      );
      if (account) await paying.account(personId);
      return { personId, roundId, benefitId: row!.benefit_id, caseId: row!.case_id };
    },
    account: async (personId, { validUntil, heldUntil, token, phone, name = '王小明' } = {}) => {
      const cipher = service.get(ColumnCipher);
      const digits = token ?? `6222${String(Math.floor(Math.random() * 1e12)).padStart(12, '0')}`;
      const accountId = randomUUID();
      await service.database.query(
        `insert into subsidies.payee_accounts (account_id, person_id, holder, holder_name, relation, proof_reference, valid_until, bank,
           account_number, account_token, status, held_until_month, confirmed_at, version, entered_by, entered_by_role, changed_by,
           changed_by_role, phone, phone_token)
         values ($1, $2, $3, $12, $4, $5, $6, '某银行', $7, $8, 'confirmed', $9, '2026-01-01T00:00:00Z', 2, 't', 't', 't', 't', $10, $11)`,
        [
          accountId,
          personId,
          validUntil ? 'guardian' : 'self',
          validUntil ? '母亲' : null,
          validUntil ? '户口簿' : null,
          validUntil ?? null,
          cipher.encrypt('subsidies.payee_accounts.account_number', digits),
          cipher.blindIndex('account', digits),
          heldUntil ?? null,
          phone ? cipher.encrypt('subsidies.payee_accounts.phone', phone) : null,
          phone ? cipher.blindIndex('phone', phone) : null,
          name,
        ],
      );
      return accountId;
    },
    stopProposed: ({ personId, roundId }, effectiveOn, cause = 'death') =>
      itemStopProposedV1.of({
        ...about(personId, roundId, VILLAGE),
        cause,
        because: [],
        effectiveOn,
      }),
    stopWithdrawn: ({ personId, roundId }) =>
      itemStopWithdrawnV1.of({
        ...about(personId, roundId, VILLAGE),
        cause: 'death-withdrawn',
        reason: '误报死亡',
      }),
    planned: async (month) => {
      const begun = expectStatus(
        await planner.post('/subsidies/pay-runs', { county: COUNTY, month, payOn: `${month}-20` }),
        201,
      ).body as Run;
      return inState(begun.runNo, 'planned');
    },
    ordered: async ({ runNo }) => {
      const { version: seen, count, fen } = await run(runNo);
      expectStatus(
        await approver.post(`/subsidies/pay-runs/${runNo}/approve`, { version: seen, count, fen }),
        200,
      );
      return inState(runNo, 'ordered', 'closed');
    },
    exported: async ({ runNo }) => {
      const { body } = expectStatus(
        await payer.post(`/subsidies/pay-runs/${runNo}/file?format=demo-delimited`),
        200,
      );
      const bytes = body as Buffer;
      const rows = bytes.toString('utf8').trimEnd().split('\n');
      return {
        bytes,
        lines: rows.slice(0, -1).map((row) => row.split('|')),
        sha256: (await run(runNo)).fileSha256!,
      };
    },
    lines: async ({ runNo }, query = '') =>
      expectStatus(await planner.get(`/subsidies/pay-runs/${runNo}/lines?limit=1000&${query}`), 200).body
        .lines as Line[],
    books: async ({ benefitId }) =>
      expectStatus(await planner.get(`/subsidies/benefits/${benefitId}/books`), 200).body.months as {
        month: string;
        owed: number;
        paid: number;
      }[],
  };
  return paying;
}

/** A return file in the delimited format of the demo county. */
export function returnFile(
  lines: readonly (readonly [reference: string, fen: number, reason?: string])[],
): Buffer {
  const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
  const rows = lines.map(([reference, fen, reason]) =>
    [reference, yuan(fen), reason ? '失败' : '成功', reason ?? ''].join('|'),
  );
  const total = lines.reduce((sum, [, fen]) => sum + fen, 0);
  return Buffer.from([...rows, `TOTAL|${lines.length}|${yuan(total)}`, ''].join('\n'));
}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) {
    throw new Error(`answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  }
  return answer;
}

/** The reference of a payment in the file of a run. */
export const referenceIn = (lines: readonly string[][], place: number) => lines[place]![4]!;
