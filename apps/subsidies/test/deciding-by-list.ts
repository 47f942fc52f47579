import { randomUUID } from 'node:crypto';
import { checkCharacter } from '@app/access';
import { caseIdOf } from '@app/casework';
import { Catalogue } from '@app/catalogue';
import { itemOpenedV1 } from '@app/contracts';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import ExcelJS from 'exceljs';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';
import { inventedItems } from './invented-items.js';

export const MONDAY = '2026-03-02';
export const COUNTY = '338801000000';

/** A case that waits for civil affairs, and whose it is. */
export interface Waiting {
  readonly personId: string;
  readonly caseId: string;
  readonly name: string;
  readonly identityNumber: string;
}

/** What the body fills in, by the headings of the sheet. */
export type Filled = Readonly<Record<string, string | number | ExcelJS.CellFormulaValue>>;

/** A county whose civil affairs bureau decides on lists: the officer keeps them, the lead confirms. */
export interface DecidingByList {
  readonly service: ServiceUnderTest;
  readonly keeper: TestUser;
  readonly lead: TestUser;
  readonly affairs: TestUser;
  /** A township in which nothing waits yet: nine digits. */
  newTown(): string;
  waiting(more: { item?: string; place: string }): Promise<Waiting>;
  /** Puts what waits in a place on a list, and takes its sheet out. */
  sent(
    place: string,
    people: readonly Waiting[],
  ): Promise<{ listNo: number; receipt: string; sheet: Buffer }>;
  file(listNo: number, people: readonly Waiting[]): Promise<Answer>;
  entered(listNo: number, file: Buffer): Promise<Answer>;
  confirmed(report: { listNo: number; returnNo: number; sha256: string }): Promise<Answer>;
  rows(
    listNo: number,
  ): Promise<{ lineNo: number; caseId: string; state: string; why: string[]; note: string | null }[]>;
  /** State of each of these people's rows, in their order. */
  states(listNo: number, people: readonly Waiting[]): Promise<string[]>;
  detail(of: Waiting): Promise<Answer['body']>;
}

let serial = 0;
let towns = 0;

export async function startDecidingByList(): Promise<DecidingByList> {
  const service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule.on(Catalogue.of(inventedItems))],
    migrated: [subsidies],
    now: MONDAY,
  });
  const [village, town, keeper, lead, affairs] = await Promise.all([
    service.as('village-liaison'),
    service.as('township-chair'),
    service.as('benefit-officer'),
    service.as('federation-lead'),
    service.as('member-unit', { department: 'civil-affairs' }),
  ]);
  const ok = async (answer: Promise<Answer>, status = 200): Promise<Answer> => {
    const { status: got, body } = await answer;
    if (got !== status) throw new Error(`answered ${got} instead of ${status}: ${JSON.stringify(body)}`);
    return answer;
  };
  const county: DecidingByList = {
    service,
    keeper,
    lead,
    affairs,
    newTown: () => `338801${String((towns += 1)).padStart(3, '0')}`,
    waiting: async ({ item = 'invented/challenged', place }) => {
      const [personId, roundId] = [randomUUID(), randomUUID()];
      await service.deliver(
        'subsidies',
        itemOpenedV1.of({
          ...{ personId, roundId, divisionCode: place, version: 1, cause: 'card-issued', itemId: item },
          ...{ itemVersion: '2026-01', owner: 'subsidies', period: 'once', mode: 'invite' },
          because: [{ fact: 'card.grade', value: 1 }],
          entitledOn: '2026-02-10',
        }),
      );
      const caseId = caseIdOf(roundId, item, 'once');
      const path = `/subsidies/cases/${caseId}`;
      await ok(village.post(`${path}/consent`, { consentedOn: '2026-02-27' }));
      await ok(town.post(`${path}/steps/receive`));
      await ok(keeper.post(`${path}/steps/review`));
      serial += 1;
      const seventeen = `33880119900101${String(serial).padStart(3, '0')}`;
      return {
        ...{ personId, caseId, name: `某${'甲乙丙丁戊己庚辛'[serial % 8]!}${serial}` },
        identityNumber: seventeen + checkCharacter(seventeen),
      };
    },
    sent: async (place, people) => {
      const { body } = await ok(keeper.post('/subsidies/decision-lists', { divisionCode: place }), 201);
      const { listNo, receipt } = body as { listNo: number; receipt: string };
      return { listNo, receipt, sheet: (await ok(county.file(listNo, people))).body as Buffer };
    },
    file: (listNo, people) =>
      keeper.post(`/subsidies/decision-lists/${listNo}/file`, {
        purpose: '送县民政局审定补贴资格',
        persons: people.map(({ personId, name, identityNumber }) => ({ personId, name, identityNumber })),
      }),
    entered: (listNo, file) =>
      keeper.upload(`/subsidies/decision-lists/${listNo}/returns`, file, 'application/octet-stream'),
    confirmed: ({ listNo, returnNo, sha256 }) =>
      lead.post(`/subsidies/decision-lists/${listNo}/returns/${returnNo}/confirm`, { sha256 }),
    rows: async (listNo) => (await ok(keeper.get(`/subsidies/decision-lists/${listNo}/rows`))).body.rows,
    states: async (listNo, people) => {
      const rows = await county.rows(listNo);
      return people.map(({ caseId }) => rows.find((row) => row.caseId === caseId)!.state);
    },
    detail: async ({ caseId }) => (await ok(keeper.get(`/subsidies/cases/${caseId}`))).body,
  };
  return county;
}

/** Row of the headings, below two lines of heading. */
export const HEADINGS = 3;

async function sheetOf(
  file: Buffer,
): Promise<{ book: ExcelJS.Workbook; sheet: ExcelJS.Worksheet; places: Map<string, number> }> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(file as unknown as ArrayBuffer);
  const sheet = book.worksheets[0]!;
  const places = new Map<string, number>();
  sheet.getRow(HEADINGS).eachCell((cell, place) => places.set(String(cell.value), place));
  return { book, sheet, places };
}

/** The sheet as the body sends it back: filled in by name, and changed where `alter` does. */
export async function answered(
  file: Buffer,
  answers: ReadonlyMap<Waiting, Filled>,
  alter: (sheet: ExcelJS.Worksheet, places: ReadonlyMap<string, number>) => void = () => undefined,
): Promise<Buffer> {
  const { book, sheet, places } = await sheetOf(file);
  for (const [{ name }, filled] of answers) {
    sheet.eachRow((row, number) => {
      if (number <= HEADINGS || row.getCell(places.get('姓名')!).value !== name) return;
      for (const [heading, value] of Object.entries(filled)) row.getCell(places.get(heading)!).value = value;
    });
  }
  alter(sheet, places);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** The filled sheet as a spreadsheet writes it as CSV. */
export async function csvOf(file: Buffer): Promise<string> {
  const { sheet, places } = await sheetOf(file);
  const lines: string[] = [];
  sheet.eachRow((row) => {
    const cells = [...places.values()].map((place) => String(row.getCell(place).value ?? ''));
    lines.push(cells.map((cell) => `"${cell}"`).join(','));
  });
  return lines.join('\r\n');
}

export const agreed: Filled = { 审定结论: '同意', 审定日期: '2026-03-02', 审定人: '李科长' };
export const refused: Filled = {
  审定结论: '不同意',
  理由或需补充的材料: '家庭收入超过规定标准',
  审定日期: '2026-03-02',
  审定文号: '民审〔2026〕3号',
};

export const slugOf = ({ status, body }: Answer) => [
  status,
  (body as { type?: string }).type?.split(':').at(-1),
];
