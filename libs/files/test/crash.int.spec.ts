import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { serviceUrl } from '@app/platform';
import { photo } from './contents.js';
import { openHouse, SERVICE, user, type TestHouse } from './house.js';

jest.setTimeout(600_000);

const RUNNER = new URL('../../testing/run/typescript.mjs', import.meta.url).href;
const UPLOAD = fileURLToPath(new URL('./crash-upload.ts', import.meta.url));
const HOUR = 60 * 60 * 1000;
/** So many processes at one time; each dies at a point of its own and has a person of its own. */
const AT_ONCE = 3;

let house: TestHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  await house.close();
});

interface Ended {
  readonly killed: boolean;
  /** What it said before it ended by itself. */
  readonly done: { readonly fileId: string; readonly calls: number } | null;
}

async function upload(personId: string, content: Buffer, dieAt: number): Promise<Ended> {
  const order = {
    url: serviceUrl(house.owner.url, new URL(house.owner.url).password || undefined),
    directory: house.directory,
    keys: house.keys,
    personId,
    content: content.toString('base64'),
  };
  const child = spawn(process.execPath, ['--import', RUNNER, UPLOAD, String(dieAt), JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (exit, by) => resolve([exit, by])),
  );
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the upload failed: ${complained}`);
  return { killed: signal === 'SIGKILL', done: said === '' ? null : (JSON.parse(said) as Ended['done']) };
}

/** Photos of a colour each, so that no two uploads have one content, unless they are meant to. */
async function photoNumber(number: number): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: { r: number, g: 99, b: 7 } } })
    .jpeg()
    .toBuffer();
}

function filesOnDisk(): string[] {
  return readdirSync(house.directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(house.directory, name)).isFile())
    .sort();
}

async function openable(fileId: string): Promise<boolean> {
  const { type, stream } = await house.files.open(user(), fileId);
  return (await sharp(await buffer(stream)).metadata()).format === type.split('/')[1];
}

/** What must hold whatever was killed: everything a change stands on opens, and after the sweep nothing else is left. */
async function judge(): Promise<void> {
  const stands = await house.owner.query<{ file_id: string }>(`select file_id from ${SERVICE}.materials`);
  for (const { file_id } of stands) expect([file_id, await openable(file_id)]).toEqual([file_id, true]);
  house.clock.set(new Date(Date.now() + 25 * HOUR));
  await house.sweeper.clear();
  expect(await house.sweeper.compare()).toEqual({ orphans: 0, missing: [] });
  house.clock.set(new Date());
  const rows = await house.owner.query<{ file_id: string; state: string }>(
    `select file_id, state from ${SERVICE}.files order by file_id`,
  );
  expect(rows).toEqual(
    stands
      .map(({ file_id }) => ({ file_id, state: 'stored' }))
      .sort((a, b) => a.file_id.localeCompare(b.file_id)),
  );
  const contents = await house.owner.query<{ name: string }>(
    `select '${SERVICE}/' || left(address, 2) || '/' || address || '.' || object_id || suffix as name
     from ${SERVICE}.file_objects, unnest(array['', '.thumbnail']) suffix where state = 'stored'`,
  );
  expect(filesOnDisk()).toEqual(contents.map(({ name }) => name).sort());
  for (const { file_id } of stands) expect([file_id, await openable(file_id)]).toEqual([file_id, true]);
}

it('loses no file and leaves none behind, wherever between upload and commit the process is killed', async () => {
  const { done } = await upload(randomUUID(), await photoNumber(0), 0);
  const { calls } = done!;
  // Two transactions of the upload, two files written and forced, the scan's look, the business transaction.
  expect(calls).toBeGreaterThan(25);

  const points = Array.from({ length: calls }, (_, index) => index + 1);
  let kills = 0;
  let notCommitted = 0;
  const next = async (): Promise<void> => {
    for (let point = points.shift(); point !== undefined; point = points.shift()) {
      const personId = randomUUID();
      // Fewer calls where a directory is there already: the last points may then lie behind the end.
      if ((await upload(personId, await photoNumber(point), point)).killed) kills += 1;
      const [row] = await house.owner.query(
        `select 1 from ${SERVICE}.materials join ${SERVICE}.files using (file_id) where person_id = $1`,
        [personId],
      );
      if (!row) notCommitted += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  expect(kills).toBeGreaterThan(25);
  expect(notCommitted).toBeGreaterThan(20);
  await judge();
});

it('loses nothing of a content that others have, too, when one of its uploads is killed', async () => {
  const content = await photo();
  const first = await upload(randomUUID(), content, 0);
  const points = [2, Math.floor(first.done!.calls / 2), first.done!.calls - 2];
  await Promise.all(points.map((point) => upload(randomUUID(), content, point)));
  await judge();
  expect(await openable(first.done!.fileId)).toBe(true);
});

it('is gone on with by the next try of the user', async () => {
  const personId = randomUUID();
  const content = await photoNumber(200);
  // In the middle of writing: the row is claimed, half a file lies there.
  expect((await upload(personId, content, 15)).killed).toBe(true);
  const again = await upload(personId, content, 0);
  await judge();
  expect(await openable(again.done!.fileId)).toBe(true);
});
