import { jest } from '@jest/globals';
import { grantFor, portalRoles, roles } from '@app/access';
import { startService, type ServiceUnderTest } from '@app/testing';
import { demoAccounts } from '../../apps/cli/src/demo/accounts.js';
import { demoVillages } from '../../apps/cli/src/demo/people.js';
import { demoUnits, seedOrganisation, unitsOf } from '../../apps/cli/src/demo/seed-organisation.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { GrantsOfAccount } from '../../apps/workbench/src/app/grants-of-account.js';
import { workbench } from '../../apps/workbench/src/migrations.js';
import { WorkbenchModule } from '../../apps/workbench/src/workbench.module.js';

jest.setTimeout(120_000);

const PASSWORD = 'an invented office at work';

let service: ServiceUnderTest;
let system: RunningSystem;

beforeAll(async () => {
  service = await startService({ name: 'workbench', modules: [WorkbenchModule], migrated: [workbench] });
  const source = { source: 'environment', detail: '' } as const;
  system = new RunningSystem(
    {
      ...{
        pid: process.pid,
        startedAt: new Date().toISOString(),
        mode: 'separate',
        pids: {},
        keys: '',
        logs: '',
      },
      ...{ databaseUrl: service.database.url, redisUrl: null, kafkaBrokers: null },
      services: { workbench: service.url },
      backing: { postgres: source, redis: source, kafka: source },
    },
    service.signer,
  );
});
afterAll(() => service?.stop());

describe('the demo county’s organisation', () => {
  it('comes over HTTP once, with an account for every role that reaches as far as its demo token', async () => {
    const first = await seedOrganisation(system, PASSWORD);
    const posts = demoAccounts.reduce((sum, account) => sum + unitsOf(account).length, 0);
    expect(first).toMatchObject({ units: demoUnits.length, accounts: demoAccounts.length, posts });
    expect(await seedOrganisation(system, PASSWORD)).toEqual({ units: 0, accounts: 0, posts: 0 });

    expect(new Set(demoAccounts.map(({ role }) => role))).toEqual(new Set(portalRoles));
    const grants = service.get(GrantsOfAccount);
    for (const { actor, role, department } of demoAccounts) {
      const held = await grants.grantsOf(actor.id, service.clock.today());
      const [token] = actor.grants;
      for (const each of held)
        expect(each).toMatchObject({ role, department, unit: token!.unit, onBehalfOf: null });
      const village = demoVillages.filter(
        (code) => !grantFor({ id: actor.id, grants: [...held] }, [role], code),
      );
      expect([actor.id, village]).toEqual([actor.id, []]);
    }
    // Every institution that a role is placed with stands in the tree.
    const placed = demoAccounts.filter(({ role }) => roles[role].reach === 'placement');
    const known = new Set(demoUnits.map(({ unitId }) => unitId));
    expect(placed.filter(({ actor }) => !known.has(actor.grants[0]!.unit!))).toEqual([]);
  });
});
