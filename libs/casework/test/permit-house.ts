import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { ClockSweeper } from '@app/clocks';
import { shanghaiDay } from '@app/kernel';
import { ServiceModule } from '@app/service-host';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registeredFact } from './facts.js';
import { decide, inventedCatalogue, within, work, type InventedItem } from './tea-catalogue.js';

const steps = [work('survey', 'benefit-officer'), decide('approve', 'member-unit')];
const statutory = { kind: 'statutory' as const };
const body = (zh: string) => ({ zh, en: zh });
const rollOver = '演示办法第八条';

/** Its decisions can be challenged in every way. */
const permit: InventedItem = {
  id: 'invented/tea-permit',
  mode: 'apply',
  period: 'round',
  department: 'civil-affairs',
  steps,
  publicNotice: { value: 30, unit: 'natural-day', basis: '演示办法第九条', ...statutory },
  serveWithin: { value: 10, unit: 'working-day', kind: 'local_rule', basis: '演示县文书送达规定' },
  remedies: [
    {
      kind: 'reconsideration',
      to: body('演示县人民政府'),
      against: ['decision', 'inaction'],
      term: { value: 60, unit: 'natural-day', basis: '演示办法第二十条', rollOver, ...statutory },
      decides: {
        from: 'acceptance',
        limit: {
          value: 60,
          unit: 'natural-day',
          basis: '演示办法第六十二条',
          pauses: [{ reason: 'hearing', basis: '演示办法第五十条' }],
          ...statutory,
        },
      },
      evidence: { value: 10, unit: 'working-day', basis: '演示办法第四十八条', ...statutory },
      source: 'none',
    },
    {
      kind: 'litigation',
      to: body('人民法院'),
      against: ['decision'],
      term: { value: 6, unit: 'month', basis: '演示办法第四十六条', rollOver, ...statutory },
      source: 'none',
    },
    {
      kind: 'litigation',
      to: body('人民法院'),
      against: ['reconsideration'],
      term: { value: 15, unit: 'natural-day', basis: '演示办法第四十五条', rollOver, ...statutory },
      source: 'none',
    },
  ],
};

/** Its decision has a term of the whole, and a refusal of it one of telling. */
const aid: InventedItem = {
  ...permit,
  id: 'invented/tea-aid',
  steps: [
    work('survey', 'benefit-officer', within(5)),
    work('inquire', 'township-chair', within(null, 'unknown')),
    decide('approve', 'member-unit', within(10)),
  ],
  overall: {
    value: 30,
    unit: 'working-day',
    basis: '演示办法第二十一条',
    from: 'survey',
    extension: { value: 15, basis: '演示办法第二十一条第二款', role: 'member-unit' },
    ...statutory,
  },
  tellRefusal: { value: 3, unit: 'working-day', basis: '演示办法第二十二条', ...statutory },
};

/** Beside them one that may lapse for papers that do not come, and one of which no text says how its decisions are challenged. */
const permits: readonly InventedItem[] = [
  permit,
  {
    ...permit,
    id: 'invented/tea-papers',
    steps: [work('survey', 'benefit-officer', within(10)), decide('approve', 'member-unit')],
    materials: [{ id: 'photo', zh: '照片', from: 'asked', source: null }],
    supplement: {
      limit: { value: 5, unit: 'working-day', basis: '演示办法第七条', ...statutory },
      effect: null,
      unsupplied: { as: 'withdrawn', basis: '演示办法第七条第二款' },
      demo: true,
    },
  },
  aid,
  {
    ...aid,
    id: 'invented/tea-aid-papers',
    materials: [{ id: 'photo', zh: '照片', from: 'asked', source: null }],
    supplement: {
      limit: { value: 5, unit: 'working-day', basis: '演示办法第七条', ...statutory },
      effect: { kind: 'suspend', steps: ['overall'], basis: '演示办法第七条第三款' },
      unsupplied: null,
      demo: true,
    },
  },
  { id: 'invented/tea-note', mode: 'apply', period: 'round', department: 'civil-affairs', steps },
];

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    CaseworkModule.forService('subsidies', { catalogue: inventedCatalogue(permits) }),
  ],
})
class PermitHouse {}

export const PLACE = '338801001001';
export const MONDAY = '2026-03-02';

/** A running service with these items, and the people who work on their cases. */
export class Permits {
  private constructor(readonly service: ServiceUnderTest) {}

  static async start(): Promise<Permits> {
    const service = await startService({
      name: 'subsidies',
      modules: [PermitHouse],
      migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
      now: MONDAY,
    });
    return new Permits(service);
  }

  village = () => this.service.as('village-liaison');
  officer = (id = 'officer') => this.service.as('benefit-officer', { id });
  affairs = (id = 'affairs') => this.service.as('member-unit', { id, department: 'civil-affairs' });

  /** A case of a person, waiting for its decision. @returns its address */
  async deciding(itemId = 'invented/tea-permit', personId: string = randomUUID()): Promise<string> {
    await this.service.deliver('subsidies', registeredFact(personId, PLACE));
    const officer = await this.officer();
    const { body: opened } = await officer.post('/subsidies/cases', {
      personId,
      itemId,
      divisionCode: PLACE,
    });
    const path = `/subsidies/cases/${opened.caseId as string}`;
    expect(await officer.post(`${path}/steps/survey`)).toMatchObject({ status: 200 });
    return path;
  }

  /** A refused case. */
  async refused(personId?: string): Promise<string> {
    const path = await this.deciding('invented/tea-permit', personId);
    await this.ok(this.affairs(), `${path}/refuse`, { reason: '不符合演示条件' });
    return path;
  }

  /** A case that was granted and then stopped. */
  async stopped(): Promise<string> {
    const path = await this.deciding();
    await this.ok(this.affairs(), `${path}/grant`, {});
    await this.ok(this.affairs(), `${path}/stop`, { stoppedFrom: MONDAY, reason: '不再符合演示条件' });
    return path;
  }

  /** A case whose missing papers were taken for a withdrawal (视为撤回) on 2026-03-11, before its first step. */
  async lapsed(personId: string = randomUUID()): Promise<string> {
    await this.service.deliver('subsidies', registeredFact(personId, PLACE));
    const opened = await (
      await this.officer()
    ).post('/subsidies/cases', { personId, itemId: 'invented/tea-papers', divisionCode: PLACE });
    const path = `/subsidies/cases/${opened.body.caseId as string}`;
    await this.ok(this.officer(), `${path}/supplement`);
    this.service.clock.set('2026-03-11');
    await this.service.get(ClockSweeper).sweep();
    await this.ok(this.affairs(), `${path}/deem-withdrawn`, { reason: '逾期未补正材料' });
    return path;
  }

  async ok(who: Promise<TestUser>, path: string, request: unknown = {}): Promise<Answer['body']> {
    const answer = await (await who).post(path, request);
    expect({ path, ...answer }).toMatchObject({ path, status: path.endsWith('/challenges') ? 201 : 200 });
    return answer.body;
  }

  async refusedBy(who: Promise<TestUser>, path: string, request: unknown): Promise<[number, string]> {
    const { status, body: problem } = await (await who).post(path, request);
    return [status, String(problem.type).split(/[/:]/).at(-1)!];
  }

  /** The case as the officer sees it. */
  async seen(path: string): Promise<Answer['body']> {
    return (await (await this.officer()).get(path)).body;
  }

  /** Address of its last document. */
  async document(path: string): Promise<string> {
    return `${path}/documents/${(await this.seen(path)).documents.at(-1).documentId as string}`;
  }

  /** Its last document reached the person. */
  async served(path: string, on: string = this.service.clock.today()): Promise<string> {
    const document = await this.document(path);
    await this.ok(this.village(), `${document}/service`, { method: 'direct', on, receivedBy: 'person' });
    return document.split('/').at(-1)!;
  }

  /** The running clocks of a case: last day by step. */
  async running(path: string): Promise<Record<string, string | null>> {
    const { clocks } = await this.seen(path);
    return Object.fromEntries(
      (clocks as { step: string; status: string; dueDay: string | null }[])
        .filter(({ status }) => status === 'running')
        .map(({ step, dueDay }) => [step, dueDay]),
    );
  }

  /** The facts about where a case stands. */
  async facts(path: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    return (await this.published(path, 'case')).filter(({ type }) => type !== 'term');
  }

  /** What was told of the terms of a case: last day by step, of those that have not ended; null: it stands still. */
  async told(path: string): Promise<Record<string, string | null>> {
    const told: Record<string, string | null> = {};
    for (const { type, data } of await this.published(path, 'case')) {
      if (type !== 'term') continue;
      const step = data['step'] as string;
      const dueAt = data['dueAt'] as string | null;
      if (data['ended']) delete told[step];
      // The end of the last day is the first moment of the next.
      else told[step] = dueAt && shanghaiDay(new Date(Date.parse(dueAt) - 1));
    }
    return told;
  }

  /** The facts about what its person is told. */
  async messages(path: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    return this.published(path, 'message');
  }

  private async published(path: string, aggregate: string) {
    return (await this.service.published('subsidies'))
      .filter(
        ({ type, data }) => type.split('.')[1] === aggregate && data['caseId'] === path.split('/').at(-1),
      )
      .map(({ type, data }) => ({ type: type.split('.')[2]!, data }));
  }
}
