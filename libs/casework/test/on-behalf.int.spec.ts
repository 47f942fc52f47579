import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { caseIdOf, caseworkMigrations, CaseworkModule } from '@app/casework';
import {
  itemOpenedV1,
  owners,
  representativesChangedV1,
  type Owner,
  type RepresentedAct,
} from '@app/contracts';
import { ServiceModule } from '@app/service-host';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registeredFact } from './facts.js';
import { decide, inventedCatalogue, work } from './tea-catalogue.js';

const PLACE = '338801001001';
const MONDAY = '2026-03-02';
const ROUND = randomUUID();

/** Entries of registry of who may act for a person. */
const GUARDIAN = randomUUID();
const AGENT = randomUUID();
const OVER = randomUUID();
const LATER = randomUUID();
const OTHER = randomUUID();

const steps = [work('survey', 'village-liaison'), decide('approve', 'member-unit')];

/** A service with one item that is offered, and one that is applied for. */
function houseOf(owner: Owner) {
  const item = { owner, department: 'civil-affairs' as const, steps };
  const catalogue = inventedCatalogue([
    { ...item, id: 'invented/offered', mode: 'invite' },
    { ...item, id: 'invented/applied-for', mode: 'apply', period: 'round' },
  ]);
  @Module({ imports: [ServiceModule.forService(owner), CaseworkModule.forService(owner, { catalogue })] })
  class House {}
  return startService({
    name: owner,
    modules: [House],
    migrated: [{ service: owner, migrations: caseworkMigrations }],
    now: MONDAY,
  });
}

const houses: readonly Owner[] = owners.filter((owner) => owner !== 'certification');

describe.each(houses)('in %s', (owner) => {
  let service: ServiceUnderTest;
  let village: TestUser;

  beforeAll(async () => {
    service = await houseOf(owner);
    village = await service.as('village-liaison', { id: 'liaison' });
  });
  afterAll(() => service.stop());

  /** Whom registry has told of, and who may act for them. */
  async function represented(more: readonly RepresentedAct[] = ['apply']): Promise<string> {
    const personId = randomUUID();
    const entry = { kind: 'agent' as const, from: '2026-01-01', nameToken: 'token-of-somebody' };
    await service.deliver(
      owner,
      registeredFact(personId, PLACE),
      representativesChangedV1.of({
        personId,
        divisionCode: PLACE,
        version: 1,
        representatives: [
          { ...entry, representativeId: GUARDIAN, kind: 'statutory', acts: ['all'], until: null },
          { ...entry, representativeId: AGENT, acts: [...more], until: '2026-12-31' },
          { ...entry, representativeId: OVER, acts: ['all'], until: '2026-03-01' },
          { ...entry, representativeId: LATER, acts: ['all'], from: '2026-03-03', until: '2026-12-31' },
          { ...entry, representativeId: OTHER, acts: ['receive', 'account'], until: '2026-12-31' },
        ],
      }),
    );
    return personId;
  }

  const apply = (personId: string, onBehalf?: string) =>
    village.post(`/${owner}/cases`, {
      personId,
      itemId: 'invented/applied-for',
      divisionCode: PLACE,
      receivedOn: MONDAY,
      onBehalf,
    });

  /** @returns the address of what is offered to the person */
  async function offered(personId: string): Promise<string> {
    await service.deliver(
      owner,
      itemOpenedV1.of({
        personId,
        divisionCode: PLACE,
        version: 1,
        roundId: ROUND,
        cause: 'card-issued',
        itemId: 'invented/offered',
        itemVersion: '2026-01',
        owner,
        period: personId,
        mode: 'invite',
        because: [{ fact: 'card.grade', value: 1 }],
        entitledOn: MONDAY,
      }),
    );
    return `/${owner}/cases/${caseIdOf(ROUND, 'invented/offered', personId)}`;
  }

  const signedBy = (representativeId: string, kind: string, until: string | null) => ({
    on: MONDAY,
    representativeId,
    kind,
    until,
    by: 'liaison',
    role: 'village-liaison',
    onBehalfOf: null,
  });
  const answered = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
    `${status} ${String(body['type'] ?? body['status'])
      .split(/[/:]/)
      .at(-1)}`;

  it('a guardian or agent applies for the person, and the case and its documents say who, by which entry, until when', async () => {
    const personId = await represented();
    const { status, body } = await apply(personId, AGENT);
    expect(status).toBe(201);
    const path = `/${owner}/cases/${body.caseId as string}`;
    const signature = { what: 'application', ...signedBy(AGENT, 'agent', '2026-12-31') };
    expect((await village.get(path)).body).toMatchObject({ signatures: [signature], documents: [] });

    expect((await village.post(`${path}/steps/survey`)).status).toBe(200);
    const affairs = await service.as('member-unit', { id: 'affairs', department: 'civil-affairs' });
    expect((await affairs.post(`${path}/grant`, {})).status).toBe(200);
    expect((await village.get(path)).body).toMatchObject({
      documents: [{ kind: 'decision', appliedBy: signature }],
    });
    // Who saw to it that they may, and by which entry they did, is in the audit log too.
    const audited = await service.database.query<{ what: string[] }>(
      `select what from ${owner.replace('-', '_')}.audit_entries where $1 = any(case_ids::text[]) and 'case.signed-on-behalf' = any(what)`,
      [body.caseId],
    );
    expect(audited).toEqual([{ what: [`${owner}.case.opened.v1`, 'case.opened', 'case.signed-on-behalf'] }]);
  });

  it('what the person signs themselves names nobody else', async () => {
    const { body } = await apply(await represented());
    const seen = await village.get(`/${owner}/cases/${body.caseId as string}`);
    expect(seen.body).toMatchObject({ status: 'open', signatures: [] });
  });

  it('an offer is taken up for the person by who may apply, and turned down by who may decline', async () => {
    const taken = await offered(await represented());
    const consent = (onBehalf: string) => village.post(`${taken}/consent`, { consentedOn: MONDAY, onBehalf });
    expect(answered(await consent(OTHER))).toBe('409 representative-may-not');
    expect(answered(await consent(AGENT))).toBe('200 open');
    expect((await village.get(taken)).body.signatures).toMatchObject([
      { what: 'consent', ...signedBy(AGENT, 'agent', '2026-12-31') },
    ]);
    // Who may apply may not give up what was applied for.
    const decline = (onBehalf: string) => village.post(`${taken}/decline`, { declinedOn: MONDAY, onBehalf });
    expect(answered(await decline(AGENT))).toBe('409 representative-may-not');
    expect(answered(await decline(GUARDIAN))).toBe('200 declined');
    expect((await village.get(taken)).body.signatures).toMatchObject([
      { what: 'consent', representativeId: AGENT },
      { what: 'decline', ...signedBy(GUARDIAN, 'statutory', null) },
    ]);
  });

  it('who has a guardian takes an offer up alone, and does not give it up alone', async () => {
    const offer = await offered(await represented(['decline']));
    const decline = (path: string, declinedOn: string) => village.post(`${path}/decline`, { declinedOn });
    expect(answered(await decline(offer, MONDAY))).toBe('409 guardian-signs');
    expect(answered(await village.post(`${offer}/consent`, { consentedOn: MONDAY }))).toBe('200 open');
    // An agent acts beside the person, and before its day nobody is a guardian.
    const before = await offered(await represented(['decline']));
    expect(answered(await decline(before, '2025-12-31'))).toBe('200 declined');
  });

  it('what nobody has taken up is taken back on the word of who may decline', async () => {
    const path = await offered(await represented(['decline']));
    const withdraw = (onBehalf: string) =>
      village.post(`${path}/withdraw`, { reason: '本人不再需要，家属代为撤回', onBehalf });
    expect(answered(await withdraw(OVER))).toBe('409 representative-authority-over');
    expect(answered(await withdraw(AGENT))).toBe('200 withdrawn');
    expect((await village.get(path)).body.signatures).toMatchObject([
      { what: 'withdrawal', ...signedBy(AGENT, 'agent', '2026-12-31') },
    ]);
  });

  it('nobody else signs for the person: the answer says what to do, and nothing is changed', async () => {
    const personId = await represented();
    for (const [onBehalf, slug, says] of [
      [randomUUID(), 'representative-not-on-file', '请先在档案中凭证明登记'],
      [OVER, 'representative-authority-over', '请取得新的证明并在档案中登记后再办理'],
      [LATER, 'representative-authority-not-yet', '请由本人办理，或在生效后办理'],
      [OTHER, 'representative-may-not', '请由本人或监护人办理，或补充授权'],
    ] as const) {
      const { status, body } = await apply(personId, onBehalf);
      expect([status, String(body.type).split(/[/:]/).at(-1)]).toEqual([409, slug]);
      expect(body.detail).toContain(says);
    }
    // Of whom registry has told nothing, nobody is on file.
    const unknown = randomUUID();
    await service.deliver(owner, registeredFact(unknown, PLACE));
    expect(answered(await apply(unknown, GUARDIAN))).toBe('409 representative-not-on-file');
    expect((await village.get(`/${owner}/cases?personId=${personId}`)).body.cases).toEqual([]);
  });

  it('who may sign counts on the day that they signed', async () => {
    service.clock.set('2026-03-10');
    const personId = await represented();
    expect(answered(await apply(personId, OVER))).toBe('409 representative-authority-over');
    const path = await offered(personId);
    const consent = (consentedOn: string) => village.post(`${path}/consent`, { consentedOn, onBehalf: OVER });
    expect(answered(await consent('2026-03-02'))).toBe('409 representative-authority-over');
    expect(answered(await consent('2026-03-01'))).toBe('200 open');
    service.clock.set(MONDAY);
  });

  it('who was asked to see to legal aid may sign for legal aid, and for nothing else', async () => {
    const personId = await represented(['legal-aid']);
    expect(answered(await apply(personId, AGENT))).toBe(
      owner === 'legal-aid' ? '201 open' : '409 representative-may-not',
    );
  });

  it('what was signed cannot be changed or taken away', async () => {
    const schema = owner.replace('-', '_');
    for (const change of ['update', 'delete']) {
      const [may] = await service.database.query<{ may: boolean }>(
        `select has_table_privilege($1, $2, $3) as may`,
        [`${schema}_app`, `${schema}.case_signatures`, change],
      );
      expect(may).toEqual({ may: false });
    }
  });
});
