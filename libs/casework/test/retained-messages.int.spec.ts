import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { RetentionJob } from '@app/files';
import { ServiceModule } from '@app/service-host';
import { startService, type ServiceUnderTest } from '@app/testing';
import { registeredFact } from './facts.js';
import { decide, inventedCatalogue, work } from './tea-catalogue.js';

const PLACE = '338801001001';
const MONDAY = '2026-03-02';
/** The night of a day on which what ended today is over for more than five years. */
const LATER = '2033-05-03T02:00:00+08:00';

const catalogue = inventedCatalogue([
  {
    id: 'invented/tea-note',
    mode: 'apply',
    period: 'round',
    department: 'civil-affairs',
    steps: [work('survey', 'benefit-officer'), decide('approve', 'member-unit')],
  },
]);

@Module({
  imports: [ServiceModule.forService('subsidies'), CaseworkModule.forService('subsidies', { catalogue })],
})
class TeaHouse {}

const directory = mkdtempSync(join(tmpdir(), 'onething-messages-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A place that has settled this for messages; undefined: nothing. */
function placeWith(rule?: { years: number; archive: boolean }): Promise<ServiceUnderTest> {
  const settings: Partial<ServiceUnderTest['config']> = {};
  if (rule) {
    settings.RETENTION_FILE = join(directory, `rules-${rule.archive}.json`);
    writeFileSync(
      settings.RETENTION_FILE,
      JSON.stringify({ 'case-message': { ...rule, basis: '某县档案办法第十二条' } }),
    );
  }
  return startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
    settings,
  });
}

/** A case whose person was told of the decision. `end`: it was refused, and has ended. */
async function toldCase(service: ServiceUnderTest, end = true) {
  const personId = randomUUID();
  await service.deliver('subsidies', registeredFact(personId, PLACE));
  const officer = await service.as('benefit-officer');
  const affairs = await service.as('member-unit', { id: 'affairs', department: 'civil-affairs' });
  const { body } = await officer.post('/subsidies/cases', {
    personId,
    itemId: 'invented/tea-note',
    divisionCode: PLACE,
  });
  const path = `/subsidies/cases/${body.caseId as string}`;
  await officer.post(`${path}/steps/survey`);
  const decision = end
    ? await affairs.post(`${path}/refuse`, { reason: '不符合演示条件', remedy: '可以十日内书面提出。' })
    : await affairs.post(`${path}/grant`, {});
  expect(decision.status).toBe(200);
  const seen = (await officer.get(path)).body;
  expect(seen.messages).toHaveLength(1);
  return { personId, path, caseId: body.caseId as string, messageId: seen.messages[0].messageId as string };
}

const leadOf = (service: ServiceUnderTest) => service.as('federation-lead', { id: 'lead' });
const reportOf = async (service: ServiceUnderTest) => {
  const answer = await (await leadOf(service)).get('/subsidies/retention');
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};
async function approveTheOne(service: ServiceUnderTest) {
  const { proposals } = await reportOf(service);
  const { proposalId, idsHash } = proposals[0];
  const { status } = await (
    await leadOf(service)
  ).post(`/subsidies/retention/proposals/${proposalId}/approve`, {
    idsHash,
    reason: '已核对清单，同意销毁',
  });
  expect(status).toBe(200);
  return proposalId as string;
}

describe('messages to citizens', () => {
  it('are kept for ever where the place has settled no period', async () => {
    const service = await placeWith();
    try {
      const { path } = await toldCase(service);
      service.clock.set(LATER);
      await service.get(RetentionJob).look();
      const report = await reportOf(service);
      expect(report).toMatchObject({
        classes: [{ class: 'case-message', files: 1, rule: null }],
        proposals: [],
      });
      expect((await (await service.as('benefit-officer')).get(path)).body.messages).toHaveLength(1);
    } finally {
      await service.stop();
    }
  });

  it('of ended cases go when their time is over and a named person has approved it, with the proof of it', async () => {
    const service = await placeWith({ years: 5, archive: false });
    try {
      const over = await toldCase(service);
      const running = await toldCase(service, false);
      const hidden = await toldCase(service);
      await service.database.query(
        `insert into subsidies.file_closures (person_id, reason, closed_by, closed_by_role, closed_at)
         values ($1, 'protected', 'lead', 'federation-lead', now())`,
        [hidden.personId],
      );
      service.clock.set(LATER);
      const job = service.get(RetentionJob);
      await job.look();
      expect(await reportOf(service)).toMatchObject({
        classes: [{ class: 'case-message', files: 3, ofOpenCases: 1, protected: 1, rule: { years: 5 } }],
        proposals: [{ class: 'case-message', files: 1, status: 'proposed' }],
      });
      // Proposed is not approved.
      await job.look();
      const officer = await service.as('benefit-officer');
      expect((await officer.get(over.path)).body.messages).toHaveLength(1);

      await approveTheOne(service);
      await job.look();
      expect((await officer.get(over.path)).body.messages).toEqual([]);
      expect((await officer.get(running.path)).body.messages).toHaveLength(1);
      expect((await officer.get(hidden.path)).body.messages).toHaveLength(1);
      const { proofs, proposals } = await reportOf(service);
      expect(proposals).toEqual([]);
      expect(proofs).toMatchObject([
        {
          what: 'deleted',
          class: 'case-message',
          count: 1,
          idsHash: createHash('sha256').update(over.messageId).digest('hex'),
          basis: '某县档案办法第十二条',
          approvedBy: 'lead',
        },
      ]);
      // Registry, which sent it, is told, and nobody else is.
      expect(
        (await service.published('subsidies')).filter(({ type }) => type.endsWith('.destroyed.v1')),
      ).toMatchObject([{ data: { messageId: over.messageId, caseId: over.caseId } }]);
      await job.look();
      expect((await reportOf(service)).proofs).toHaveLength(1);
    } finally {
      await service.stop();
    }
  });

  it('are archived first where the place says so, and can be looked at there with a reason', async () => {
    const service = await placeWith({ years: 5, archive: true });
    try {
      const { personId, caseId, messageId } = await toldCase(service);
      service.clock.set(LATER);
      const job = service.get(RetentionJob);
      await job.look();
      const proposalId = await approveTheOne(service);
      await job.look();
      const { proofs } = await reportOf(service);
      expect((proofs as { what: string }[]).map(({ what }) => what).sort()).toEqual(['archived', 'deleted']);
      const lead = await leadOf(service);
      const bundle = `/subsidies/retention/proposals/${proposalId}/files`;
      expect((await lead.get(bundle)).body).toMatchObject({
        count: 1,
        files: [{ fileId: messageId, personId, caseId, class: 'case-message', type: 'application/json' }],
      });
      const opened = await lead.post(`${bundle}/${messageId}/open`, { reason: '复议需要查阅通知内容' });
      expect(opened.status).toBe(200);
      expect(JSON.stringify(opened.body)).toContain(messageId);
    } finally {
      await service.stop();
    }
  });
});
