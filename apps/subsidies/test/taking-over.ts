import { createHash, randomUUID } from 'node:crypto';
import { personRegisteredV1 } from '@app/contracts';
import type { Answer, TestUser } from '@app/testing';
import { expectStatus, startPaying, VILLAGE, type Paying } from './paying.js';

export const DAY = '2026-03-02';
export const NEXT_VILLAGE = '338801001002';
export const ITEM = 'invented/by-rule';
export const STEPPED = 'invented/allowance';

/** A row that is sent, or an answer looked into by path: what is not there fails the expectation. */
export type Row = Answer['body'];
type List = 'cards' | 'benefits' | 'payees' | 'cases';

/** A county that is about to go live. */
export interface TakingOver extends Paying {
  readonly keeper: TestUser;
  readonly lead: TestUser;
  readonly id: string;
  /** Somebody on file. @returns their id */
  person(place?: string): Promise<string>;
  /** Sends a whole list, in parts. */
  send(list: List, rows: readonly Row[], parts?: number): Promise<Row>;
  check(): Promise<Row>;
  load(): Promise<{ loaded: number; takenBack: number }>;
  findings(query?: string): Promise<Row[]>;
  one(): Promise<Row>;
  release(divisionCode: string): Promise<void>;
  benefitsOf(personId: string): Promise<Row[]>;
}

export const card = (personId: string, status = 'valid'): Row => ({ personId, content: { status } });
export const benefit = (personId: string | null, more: Row = {}): Row => ({
  personId,
  content: {
    ...{ itemId: ITEM, fromMonth: '2025-05', fen: 30_000, lastPaid: '2026-02', stoppedFrom: null },
    archive: personId,
    ...more,
  },
});
let serial = 100_000;
export const payee = (personId: string | null, more: Row = {}): Row => ({
  personId,
  content: {
    ...{ holder: 'self', holderName: '王小明', relation: null, proof: null, validUntil: null },
    ...{ bank: '某银行', accountNumber: `62220000${(serial += 1)}`, ...more },
  },
});
export const openCase = (personId: string, more: Row = {}): Row => ({
  personId,
  content: { itemId: STEPPED, receivedOn: '2025-11-03', archive: null, ...more },
});

export async function startTakingOver(): Promise<TakingOver> {
  const paying = await startPaying(DAY);
  const keeper = await paying.service.as('data-officer');
  const lead = await paying.service.as('federation-lead');
  const opened = expectStatus(
    await keeper.post('/subsidies/take-overs', { county: '338801', day: DAY }),
    200,
  );
  const id = (opened.body as { takeOverId: string }).takeOverId;
  const path = `/subsidies/take-overs/${id}`;
  const takingOver: TakingOver = {
    ...paying,
    keeper,
    lead,
    id,
    person: async (place = VILLAGE) => {
      const personId = randomUUID();
      await paying.deliver(
        personRegisteredV1.of({
          ...{ personId, divisionCode: place, version: 1, name: '王小明', sex: 'male' as const },
          ...{ birthDate: '1970-01-01', householdId: null, identityToken: randomUUID() },
        }),
      );
      return personId;
    },
    send: async (list, rows, parts = 1) => {
      const sha256 = createHash('sha256')
        .update(JSON.stringify([list, rows]))
        .digest('hex');
      const seen = new Map<string, number>();
      const numbered = rows.map((row, place) => {
        const about = `${row['personId']} ${row['content']?.itemId ?? ''}`;
        const nth = row['personId'] && row['content'] ? (seen.get(about) ?? 0) + 1 : 1;
        seen.set(about, nth);
        return { row: place + 2, nth, faults: [], ...row };
      });
      const size = Math.ceil(numbered.length / parts) || 1;
      let answer: Row = {};
      for (let at = 0; at === 0 || at < numbered.length; at += size) {
        const body = {
          list,
          sha256,
          isLast: at + size >= numbered.length,
          rows: numbered.slice(at, at + size),
        };
        answer = expectStatus(await keeper.post(`${path}/rows`, body), 200).body as Row;
      }
      return answer;
    },
    check: async () => expectStatus(await keeper.post(`${path}/check`), 200).body as Row,
    load: async () => {
      const sum = { loaded: 0, takenBack: 0 };
      for (let left = 1; left > 0;) {
        const { body } = expectStatus(await keeper.post(`${path}/load`), 200);
        sum.loaded += body.loaded as number;
        sum.takenBack += body.takenBack as number;
        left = body.left as number;
      }
      return sum;
    },
    findings: async (query = '') =>
      expectStatus(await keeper.get(`${path}/findings?limit=1000&${query}`), 200).body.findings as Row[],
    one: async () => expectStatus(await keeper.get(path), 200).body as Row,
    release: async (divisionCode) => {
      const { villages } = await takingOver.one();
      const { digest } = (villages as Row[]).find((each) => each['divisionCode'] === divisionCode)!;
      const body = { divisionCode, digest, note: '已逐户核对' };
      expectStatus(await lead.post(`${path}/villages`, body), 200);
    },
    benefitsOf: async (personId) =>
      expectStatus(await paying.planner.get(`/subsidies/benefits?personId=${personId}`), 200).body
        .benefits as Row[],
  };
  return takingOver;
}
