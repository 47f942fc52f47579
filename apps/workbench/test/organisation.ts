import type { Role } from '@app/access';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';

export const TODAY = '2026-03-02';
export const COUNTY = '338801000000';

/** A county with two townships of two villages each, its federation, civil affairs and a hospital, made over HTTP. */
export interface Organisation {
  readonly service: ServiceUnderTest;
  readonly keeper: TestUser;
  readonly security: TestUser;
  /** Unit id by short name. */
  readonly unit: Readonly<Record<string, string>>;
  /** A new account at a unit. @returns its id */
  open(userId: string, unit: string): Promise<string>;
  /** @returns the post's id */
  give(
    accountId: string,
    role: Role,
    unit: string,
    period?: { from: string; to: string | null },
  ): Promise<string>;
}

export async function startOrganisation(): Promise<Organisation> {
  const service = await startService({
    name: 'workbench',
    modules: [WorkbenchModule],
    migrated: [workbench],
    now: TODAY,
  });
  try {
    return await organisationOf(service);
  } catch (error) {
    // Nobody else knows the service yet.
    await service.stop();
    throw error;
  }
}

async function organisationOf(service: ServiceUnderTest): Promise<Organisation> {
  const keeper = await service.as('system-admin', { id: 'keeper' });
  const security = await service.as('security-admin', { id: 'security' });
  const unit: Record<string, string> = {};
  const add = async (short: string, kind: string, name: string, parent: string | null, more: object = {}) => {
    const body = { kind, name, parentId: parent && unit[parent], validFrom: '2020-01-01', ...more };
    unit[short] = ok(await keeper.post('/workbench/units', body), 201).unitId as string;
  };
  await add('county', 'county', '示范县', null, { divisionCode: COUNTY });
  for (const town of ['1', '2']) {
    await add(`town${town}`, 'town', `第${town}镇`, 'county', { divisionCode: `33880100${town}000` });
    for (const village of ['1', '2']) {
      const code = `33880100${town}00${village}`;
      await add(`village${town}${village}`, 'village', `${town}镇${village}村`, `town${town}`, {
        divisionCode: code,
      });
    }
  }
  await add('federation', 'federation', '示范县残联', 'county');
  await add('civil', 'department', '示范县民政局', 'county', { department: 'civil-affairs' });
  await add('health', 'department', '示范县卫健局', 'county', { department: 'health' });
  await add('hospital', 'hospital', '示范县人民医院', 'county');
  await add('clinic', 'clinic', '一镇卫生院', 'town1');
  return {
    service,
    keeper,
    security,
    unit,
    open: async (userId, at) => {
      const body = { userId, name: '张三', phone: '13800001111', unitId: unit[at] };
      return ok(await keeper.post('/workbench/accounts', body), 201).accountId as string;
    },
    give: async (accountId, role, at, period = { from: '2026-01-01', to: null }) => {
      const giver = SENSITIVE.includes(role) ? security : keeper;
      const body = { role, unitId: unit[at], ...period };
      return ok(await giver.post(`/workbench/accounts/${accountId}/posts`, body), 201).postId as string;
    },
  };
}

const SENSITIVE: readonly Role[] = [
  'federation-lead',
  'data-officer',
  'finance-officer',
  'system-admin',
  'security-admin',
  'auditor',
  'operator',
];

/** The body of an answer that must be this. */
export function ok(answer: Answer, status = 200): Record<string, unknown> {
  expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
  return answer.body as Record<string, unknown>;
}

/** Status and slug of a refusal. */
export function refusal({ status, body }: Answer): string {
  const problem = body as { type?: string };
  return `${status} ${String(problem.type ?? '').replace('urn:onething:problem:', '')}`;
}
