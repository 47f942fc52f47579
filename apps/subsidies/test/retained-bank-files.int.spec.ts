import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { RetentionJob } from '@app/files';
import type { TestUser } from '@app/testing';
import { expectStatus, referenceIn, returnFile, startPaying, type Paying, type Run } from './paying.js';

jest.setTimeout(120_000);

const NOW = '2026-03-02';
/** What is closed today is over for more than ten years. */
const LATER = '2038-05-03T02:00:00+08:00';
const directory = mkdtempSync(join(tmpdir(), 'onething-bank-files-'));
const rule = { years: 10, basis: '某县会计档案办法第十四条' };

let paying: Paying;
let lead: TestUser;

beforeAll(async () => {
  const path = join(directory, 'rules.json');
  writeFileSync(
    path,
    JSON.stringify({
      'bank-file': { ...rule, archive: true },
      'bank-return-file': { ...rule, archive: false },
    }),
  );
  paying = await startPaying(NOW, { RETENTION_FILE: path });
  lead = await paying.service.as('federation-lead', { id: 'lead' });
});
afterAll(async () => {
  await paying?.service.stop();
  rmSync(directory, { recursive: true });
});

/** A run whose every line the bank has answered. */
async function closed(run: Run) {
  const file = await paying.exported(await paying.ordered(run));
  const answer = returnFile(
    file.lines.map((_, place) => [referenceIn(file.lines, place), Number(file.lines[place]![3]) * 100]),
  );
  expectStatus(
    await paying.payer.upload(`/subsidies/pay-runs/${run.runNo}/returns`, answer, 'application/octet-stream'),
    200,
  );
  expect((await paying.run(run.runNo)).state).toBe('closed');
  return file;
}

const report = async () => expectStatus(await lead.get('/subsidies/retention'), 200).body;
const again = ({ runNo }: Run) =>
  paying.payer.post(`/subsidies/pay-runs/${runNo}/file?format=demo-delimited`);
const classesIn = (all: { class: string; files: number }[]) =>
  Object.fromEntries(
    all.filter(({ class: name }) => name.startsWith('bank')).map((each) => [each.class, each.files]),
  );

it('bank files and their return files go when the time of a closed run is over, as approved and with proof; the books stay', async () => {
  const people = [await paying.beneficiary(), await paying.beneficiary({ grade: 2 })] as const;
  const run = await paying.planned('2026-03');
  const file = await closed(run);
  // One that the bank has not answered is not over, however old it is.
  paying.service.clock.set('2026-04-02');
  const open = await paying.planned('2026-04');
  await paying.exported(await paying.ordered(open));
  const books = await paying.books(people[0]);

  paying.service.clock.set(LATER);
  const job = paying.service.get(RetentionJob);
  await job.look();
  const { classes, proposals } = await report();
  expect(classesIn(classes)).toEqual({ 'bank-file': 2, 'bank-return-file': 1 });
  expect(classes).toContainEqual(expect.objectContaining({ class: 'bank-file', ofOpenCases: 1 }));
  expect(classesIn(proposals)).toEqual({ 'bank-file': 1, 'bank-return-file': 1 });
  // Proposed is not approved: it is written again, as it was.
  await job.look();
  expect((await again(run)).body).toEqual(file.bytes);

  for (const { proposalId, idsHash } of proposals) {
    expectStatus(
      await lead.post(`/subsidies/retention/proposals/${proposalId}/approve`, {
        idsHash,
        reason: '已核对清单，同意销毁',
      }),
      200,
    );
  }
  await job.look();

  const refused = await again(run);
  expect([refused.status, refused.body.type]).toEqual([409, expect.stringContaining('bank-file-destroyed')]);
  expect(refused.body.detail).toContain('2038-05-03');
  expect(await paying.run(run.runNo)).toMatchObject({
    fileSha256: file.sha256,
    fileDestroyedOn: '2038-05-03',
  });
  expect((await paying.lines(run)).map(({ state, fen }) => `${state} ${fen}`).toSorted()).toEqual([
    'paid 30000',
    'paid 60000',
  ]);
  expect(await paying.books(people[0])).toEqual(books);
  expect(
    await paying.service.database.query(
      `select count(account_id)::int as accounts from subsidies.pay_run_lines where run_no = $1`,
      [run.runNo],
    ),
  ).toEqual([{ accounts: 0 }]);
  expect(
    await paying.service.database.query(`select 1 from subsidies.pay_run_returns where run_no = $1`, [
      run.runNo,
    ]),
  ).toEqual([]);
  // The run that is not closed keeps its file.
  expectStatus(await again(open), 200);

  const { proofs } = await report();
  expect(
    (proofs as { what: string; class: string; count: number }[])
      .map(({ what, class: name, count }) => `${name} ${what} ${count}`)
      .toSorted(),
  ).toEqual(['bank-file archived 1', 'bank-file deleted 1', 'bank-return-file deleted 1']);
  expect(proofs).toContainEqual(expect.objectContaining({ basis: rule.basis, approvedBy: 'lead' }));

  // What was archived is the file as the bank had it, and is opened with a reason.
  const { proposalId } = (proposals as { proposalId: string; class: string }[]).find(
    ({ class: name }) => name === 'bank-file',
  )!;
  const bundle = `/subsidies/retention/proposals/${proposalId}/files`;
  const { files } = expectStatus(await lead.get(bundle), 200).body;
  expect(files).toMatchObject([
    { class: 'bank-file', personId: null, caseId: null, sha256: file.sha256, bytes: file.bytes.length },
  ]);
  const opened = await lead.post(`${bundle}/${files[0].fileId}/open`, { reason: '审计需要查阅代发文件' });
  expect([opened.status, String(opened.body)]).toEqual([200, file.bytes.toString('utf8')]);
});
