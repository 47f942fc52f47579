import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { generateDataKeys, NotAllowed, rotateColumns } from '@app/access';
import {
  FileClosed,
  filesEncryptedTables,
  FileHeld,
  FileInfected,
  FileKindRefused,
  FileNotFound,
  FileOfOtherCase,
  FileTooLarge,
  FileUnavailable,
  ThumbnailMissing,
  type NewFile,
} from '@app/files';
import { migrate, revertLast, type Caller } from '@app/platform';
import { createTestDatabase, until } from '@app/testing';
import { ScannerUnavailable, VirusScanner, type Verdict } from '../src/scan/virus-scanner.js';
import { docx, EICAR, pdf, photo } from './contents.js';
import { migrations, NEIGHBOUR, openHouse, SERVICE, user, VILLAGE, worker, type TestHouse } from './house.js';

jest.setTimeout(60_000);

const HOUR = 60 * 60 * 1000;
const officer = user();
let house: TestHouse;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  await house.close();
});

function newFile(changes: Partial<NewFile> = {}): NewFile {
  return {
    personId: randomUUID(),
    divisionCode: VILLAGE,
    readers: ['rehab-officer', 'federation-lead'],
    retentionClass: 'case-material',
    name: '诊断证明.pdf',
    ...changes,
  };
}

async function receive(
  content: Buffer,
  changes: Partial<NewFile> = {},
  caller: Caller = officer,
  at = house,
) {
  return at.files.receive(caller, newFile(changes), Readable.from([content]));
}

/** As a service does it: the row that points to the file and the link in one transaction. */
async function link(
  fileId: string,
  personId: string,
  changes: { caseId?: string; retainUntil?: string } = {},
) {
  return house.database.transaction(officer, async (tx) => {
    const linked = await house.files.link(tx, fileId, { personId, ...changes });
    await tx.query('insert into materials (file_id) values ($1) on conflict do nothing', [fileId]);
    return linked;
  });
}

async function received(content = pdf(randomUUID()), changes: Partial<NewFile> = {}) {
  const file = await receive(content, changes);
  return link(file.fileId, file.personId);
}

async function contentOf(
  fileId: string,
  caller: Caller = officer,
  at: { files: TestHouse['files'] } = house,
) {
  return buffer((await at.files.open(caller, fileId)).stream);
}

/** Everything that lies in the storage, by name. */
function stored(): string[] {
  return readdirSync(house.directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(house.directory, name)).isFile())
    .sort();
}

function pathOf(fileId: string): Promise<string> {
  return house.owner
    .query<{ path: string }>(
      `select '${SERVICE}/' || left(address, 2) || '/' || address || '.' || object_id as path
       from ${SERVICE}.files join ${SERVICE}.file_objects using (object_id) where file_id = $1`,
      [fileId],
    )
    .then(([row]) => join(house.directory, row!.path));
}

async function audited(fileId: string) {
  return house.owner.query<{ what: string[]; actor_id: string; why: string | null }>(
    `select what, actor_id, why from ${SERVICE}.audit_entries where detail ->> 'fileId' = $1 order by xid, entry_id`,
    [fileId],
  );
}

describe('a file', () => {
  it('comes in, is linked, and goes out as it came', async () => {
    const content = pdf('a diagnosis');
    const file = await receive(content);
    expect(file).toMatchObject({
      name: '诊断证明.pdf',
      type: 'application/pdf',
      size: content.length,
      scan: 'unscanned',
      linked: false,
      hasThumbnail: false,
    });
    const caseId = randomUUID();
    expect(await link(file.fileId, file.personId, { caseId, retainUntil: '2031-12-31' })).toMatchObject({
      linked: true,
      caseId,
      retainUntil: '2031-12-31',
    });
    const opened = await house.files.open(officer, file.fileId);
    expect(opened).toMatchObject({ name: '诊断证明.pdf', type: 'application/pdf', size: content.length });
    expect((await buffer(opened.stream)).equals(content)).toBe(true);
    expect((await house.files.ofCase(officer, caseId)).map(({ fileId }) => fileId)).toEqual([file.fileId]);
    expect((await audited(file.fileId)).map(({ what }) => what)).toEqual([
      ['file.received'],
      ['file.linked'],
      ['file.opened'],
    ]);
  });

  it('has a thumbnail if it is an image, and only then', async () => {
    const image = await receive(await photo(), { name: 'IMG_0001.HEIC' });
    const thumbnail = await house.files.open(officer, image.fileId, { variant: 'thumbnail' });
    expect(thumbnail).toMatchObject({ type: 'image/webp', name: 'IMG_0001.webp', size: null });
    expect(await sharp(await buffer(thumbnail.stream)).metadata()).toMatchObject({ width: 150, height: 200 });
    const paper = await receive(docx());
    await expect(house.files.open(officer, paper.fileId, { variant: 'thumbnail' })).rejects.toBeInstanceOf(
      ThumbnailMissing,
    );
  });

  it('lies encrypted, under a name that a plain hash of it does not give away', async () => {
    const { createHash } = await import('node:crypto');
    const content = pdf('words that must not be found');
    const { fileId } = await receive(content, { name: '秘密的名字.pdf' });
    const path = await pathOf(fileId);
    expect(readFileSync(path).includes('must not be found')).toBe(false);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(path).not.toContain(createHash('sha256').update(content).digest('hex'));
    const rows = await house.owner.query(
      `select * from ${SERVICE}.files join ${SERVICE}.file_objects using (object_id)`,
    );
    expect(JSON.stringify(rows)).not.toContain('秘密');
  });

  it('that is not what it seems, or too large, leaves nothing', async () => {
    const before = [stored(), await house.owner.query(`select count(*) from ${SERVICE}.files`)];
    await expect(receive(Buffer.from('<html>paper.pdf</html>'))).rejects.toBeInstanceOf(FileKindRefused);
    await expect(receive(Buffer.alloc(5 * 1024 * 1024 + 1))).rejects.toBeInstanceOf(FileTooLarge);
    expect([stored(), await house.owner.query(`select count(*) from ${SERVICE}.files`)]).toEqual(before);
  });

  it('does not go out when somebody changed what is stored', async () => {
    const { fileId } = await received();
    const path = await pathOf(fileId);
    const bytes = readFileSync(path);
    bytes[40] = bytes[40]! ^ 1;
    writeFileSync(path, bytes);
    await expect(contentOf(fileId)).rejects.toThrow('does not open');
    rmSync(path);
    await expect(house.files.open(officer, fileId)).rejects.toBeInstanceOf(FileUnavailable);
  });

  it('of equal content lies once, and opens for each of its rows', async () => {
    const content = pdf('the same form, blank');
    const before = stored().length;
    const all = await Promise.all(Array.from({ length: 8 }, () => receive(content)));
    expect(stored().length).toBe(before + 1);
    for (const { fileId } of all) expect((await contentOf(fileId)).equals(content)).toBe(true);
  });

  it('opens after its key was wrapped anew', async () => {
    const own = await openHouse();
    try {
      const content = pdf('before the rotation');
      const { fileId } = await receive(content, {}, officer, own);
      const fresh = generateDataKeys({ algorithm: 'sm4-ctr-hmac-sm3' }).keys['k1']!;
      const both = { ...own.keys, current: 'k9', keys: { ...own.keys.keys, k9: fresh } };
      const during = own.again({ keys: both });
      for (const table of filesEncryptedTables) {
        await rotateColumns(during.database, worker, during.cipher, table);
      }
      const after = own.again({ keys: { ...both, keys: { k9: fresh } } });
      expect((await contentOf(fileId, officer, after)).equals(content)).toBe(true);
      expect((await after.files.find(officer, fileId)).name).toBe('诊断证明.pdf');
      const later = await after.files.receive(officer, newFile(), Readable.from([pdf('under SM4')]));
      expect((await contentOf(later.fileId, officer, after)).equals(pdf('under SM4'))).toBe(true);
    } finally {
      await own.close();
    }
  });
});

describe('who reaches a file', () => {
  it('is decided by its place, its readers and its unit: for all others it does not exist', async () => {
    const unitId = randomUUID();
    const file = await received(pdf('placed'), { unitId });
    const provider = user('rehab-provider', { from: NEIGHBOUR, unit: unitId });
    for (const [caller, sees] of [
      [officer, true],
      [user('federation-lead', { from: '338801000000', to: '338801999999' }), true],
      [user('rehab-officer', { from: NEIGHBOUR }), false],
      [user('benefit-officer'), false],
      [provider, true],
      [user('rehab-provider', { unit: randomUUID() }), false],
      [worker, true],
    ] as const) {
      const outcome = await house.files.open(caller, file.fileId).then(
        ({ stream }) => (stream.destroy(), true),
        (error: unknown) => {
          expect(error).toBeInstanceOf(FileNotFound);
          return false;
        },
      );
      expect([caller.role, outcome]).toEqual([caller.role, sees]);
      expect((await house.files.ofPerson(caller, file.personId)).length).toBe(sees ? 1 : 0);
    }
    await expect(house.files.open(officer, randomUUID())).rejects.toBeInstanceOf(FileNotFound);
  });

  it('holds for writing, too: none is received, linked, reused or released out of reach', async () => {
    const neighbour = user('rehab-officer', { from: NEIGHBOUR });
    await expect(receive(pdf('elsewhere'), {}, neighbour)).rejects.toBeInstanceOf(NotAllowed);
    const file = await receive(pdf('ours'));
    const { fileId, personId } = file;
    const caseId = randomUUID();
    await expect(
      house.database.transaction(neighbour, (tx) => house.files.link(tx, fileId, { personId })),
    ).rejects.toBeInstanceOf(FileNotFound);
    await link(fileId, personId);
    await expect(
      house.database.transaction(neighbour, (tx) =>
        house.files.reuse(tx, fileId, {
          caseId,
          divisionCode: NEIGHBOUR,
          readers: ['rehab-officer'],
          retentionClass: 'case-material',
        }),
      ),
    ).rejects.toBeInstanceOf(FileNotFound);
    const released = await house.database.transaction(neighbour, async (tx) => {
      tx.audit({ what: 'test.tried' });
      return house.files.release(tx, [fileId], 'not mine');
    });
    expect(released).toBe(0);
    expect(await house.files.find(officer, fileId)).toMatchObject({ linked: true });
  });

  it('changes with the place of the case', async () => {
    const file = await received();
    const neighbour = user('rehab-officer', { from: NEIGHBOUR });
    await house.database.transaction(officer, (tx) =>
      house.files.place(tx, [file.fileId], { divisionCode: NEIGHBOUR, readers: ['rehab-officer'] }),
    );
    await expect(house.files.find(officer, file.fileId)).rejects.toBeInstanceOf(FileNotFound);
    expect(await house.files.find(neighbour, file.fileId)).toMatchObject({ divisionCode: NEIGHBOUR });
  });

  it('a bare look at the tables as a user of nowhere sees no row', async () => {
    await received();
    for (const table of ['files', 'file_objects']) {
      const rows = await house.database.query({ ...officer, scope: [] }, `select 1 from ${table}`);
      expect([table, rows.length]).toEqual([table, 0]);
    }
    await expect(house.database.query(officer, 'select 1 from file_closures')).rejects.toThrow(
      'permission denied',
    );
  });
});

describe('a link', () => {
  it('is refused for another person and for a second case', async () => {
    const file = await receive(pdf('linked'));
    await expect(link(file.fileId, randomUUID())).rejects.toBeInstanceOf(FileNotFound);
    await link(file.fileId, file.personId, { caseId: randomUUID() });
    await expect(link(file.fileId, file.personId, { caseId: randomUUID() })).rejects.toBeInstanceOf(
      FileOfOtherCase,
    );
  });

  it('goes with the transaction', async () => {
    const file = await receive(pdf('rolled back'));
    await expect(
      house.database.transaction(officer, async (tx) => {
        await house.files.link(tx, file.fileId, { personId: file.personId });
        throw new Error('the change was refused');
      }),
    ).rejects.toThrow('refused');
    expect(await house.files.find(officer, file.fileId)).toMatchObject({ linked: false });
  });

  it('offers a paper given once for a later case, without a copy', async () => {
    const first = await received(pdf('given once'));
    const before = stored();
    const caseId = randomUUID();
    const second = await house.database.transaction(officer, (tx) =>
      house.files.reuse(tx, first.fileId, {
        caseId,
        divisionCode: VILLAGE,
        readers: ['rehab-officer', 'benefit-officer'],
        retentionClass: 'case-material',
      }),
    );
    expect(second).toMatchObject({ caseId, personId: first.personId, name: first.name, linked: true });
    expect(second.fileId).not.toBe(first.fileId);
    expect(stored()).toEqual(before);
    const benefits = user('benefit-officer');
    expect((await contentOf(second.fileId, benefits)).equals(pdf('given once'))).toBe(true);
    await expect(contentOf(first.fileId, benefits)).rejects.toBeInstanceOf(FileNotFound);
    await house.owner.query(`delete from ${SERVICE}.materials where file_id = $1`, [first.fileId]);
    await house.database.transaction(officer, (tx) =>
      house.files.release(tx, [first.fileId], 'its time is over'),
    );
    house.clock.set(new Date(Date.now() + 25 * HOUR));
    await house.sweeper.clear();
    house.clock.set(new Date());
    expect((await contentOf(second.fileId, benefits)).equals(pdf('given once'))).toBe(true);
  });
});

describe('files of a person who died', () => {
  it('stay closed, those that come later too, until somebody with the right says why', async () => {
    const { personId, fileId } = await received(pdf('closed'));
    await house.database.transaction(officer, (tx) => house.closed.close(tx, [personId], 'died'));
    const later = await receive(pdf('came later'), { personId });
    expect(later).toMatchObject({ closedFor: ['died'], name: null });
    const lead = user('federation-lead', { from: '338801000000', to: '338801999999' });
    for (const id of [fileId, later.fileId]) {
      await expect(house.files.open(officer, id)).rejects.toBeInstanceOf(FileClosed);
      await expect(house.files.open(officer, id, { purpose: '想看看' })).rejects.toBeInstanceOf(FileClosed);
      await expect(house.files.open(lead, id)).rejects.toBeInstanceOf(FileClosed);
      const opened = await house.files.open(lead, id, { purpose: '办理抚恤核对' });
      expect(opened.name).toBe('诊断证明.pdf');
      opened.stream.destroy();
      expect((await audited(id)).at(-1)).toEqual({
        what: ['file.opened-closed'],
        actor_id: lead.id,
        why: '办理抚恤核对',
      });
    }
    const caseId = randomUUID();
    await expect(
      house.database.transaction(officer, (tx) =>
        house.files.reuse(tx, fileId, {
          caseId,
          divisionCode: VILLAGE,
          readers: ['rehab-officer'],
          retentionClass: 'case-material',
        }),
      ),
    ).rejects.toBeInstanceOf(FileClosed);
  });

  it('open again when the reason has gone, unless there is another', async () => {
    const { personId, fileId } = await received();
    const change = (work: (tx: Parameters<typeof house.closed.close>[0]) => Promise<void>) =>
      house.database.transaction(officer, work);
    await change((tx) => house.closed.close(tx, [personId], 'died'));
    await change((tx) => house.closed.close(tx, [personId], 'died'));
    await change((tx) => house.closed.close(tx, [personId], 'protected'));
    await change((tx) => house.closed.reopen(tx, [personId], 'died'));
    await expect(house.files.open(officer, fileId)).rejects.toBeInstanceOf(FileClosed);
    await change((tx) => house.closed.reopen(tx, [personId], 'protected'));
    expect((await contentOf(fileId)).length).toBeGreaterThan(0);
  });

  it('that are being uploaded while the death is reported are closed, whoever is first', async () => {
    const personId = randomUUID();
    const uploads = Array.from({ length: 6 }, (_, index) => receive(pdf(`race ${index}`), { personId }));
    await house.database.transaction(officer, (tx) => house.closed.close(tx, [personId], 'died'));
    const files = await Promise.all(uploads);
    for (const { fileId } of files) {
      expect((await house.files.find(officer, fileId)).closedFor).toEqual(['died']);
    }
  });
});

describe('a virus scan', () => {
  /** Finds the test virus; away when the test says so. */
  class ToyScanner extends VirusScanner {
    readonly scans = true;
    away = false;

    async scan(content: AsyncIterable<Uint8Array>): Promise<Verdict> {
      if (this.away) throw new ScannerUnavailable('away');
      const found = (await buffer(content as Readable)).includes(EICAR);
      return found ? { infected: true, signature: 'Eicar' } : { infected: false };
    }
  }
  const scanner = new ToyScanner();
  let scanned: ReturnType<TestHouse['again']>;

  beforeAll(() => {
    scanned = house.again({ scanner });
  });
  afterEach(() => {
    scanner.away = false;
  });
  const send = (content: Buffer) => scanned.files.receive(officer, newFile(), Readable.from([content]));

  it('lets a clean file through at once', async () => {
    expect(await send(pdf('clean'))).toMatchObject({ scan: 'clean' });
  });

  it('refuses an infected one, whatever tries to stand on it', async () => {
    const virus = pdf(EICAR);
    await expect(send(virus)).rejects.toBeInstanceOf(FileInfected);
    await expect(send(virus)).rejects.toBeInstanceOf(FileInfected);
    const [row] = await house.owner.query<{ file_id: string; person_id: string; signature: string }>(
      `select file_id, person_id, signature from ${SERVICE}.files join ${SERVICE}.file_objects using (object_id)
       where scan = 'infected' limit 1`,
    );
    expect(row!.signature).toBe('Eicar');
    await expect(link(row!.file_id, row!.person_id)).rejects.toBeInstanceOf(FileInfected);
    await expect(house.files.open(officer, row!.file_id)).rejects.toBeInstanceOf(FileInfected);
  });

  it('holds a file while the scanner is away: it may be linked, and opens when it was looked at', async () => {
    scanner.away = true;
    const file = await send(pdf('waits for its scan'));
    expect(file.scan).toBe('held');
    await link(file.fileId, file.personId);
    await expect(house.files.open(officer, file.fileId)).rejects.toBeInstanceOf(FileHeld);
    expect(await scanned.scanning.scanDue()).toBe(0);
    scanner.away = false;
    scanned.clock.set(new Date(Date.now() + 2 * 60_000));
    expect(await scanned.scanning.scanDue()).toBeGreaterThan(0);
    expect((await contentOf(file.fileId)).length).toBe(file.size);
  });

  it('holds a file whose upload was killed before its scan, and finds what was held to be infected', async () => {
    scanner.away = true;
    const file = await send(pdf(`held ${EICAR}`));
    await link(file.fileId, file.personId);
    scanner.away = false;
    scanned.clock.set(new Date(Date.now() + 3 * HOUR));
    await scanned.scanning.scanDue();
    await expect(house.files.open(officer, file.fileId)).rejects.toBeInstanceOf(FileInfected);
  });

  it('catches up on what came in while there was none by configuration', async () => {
    const unscanned = await received(pdf('unscanned'));
    expect(unscanned.scan).toBe('unscanned');
    await scanned.scanning.scanDue();
    expect(await house.files.find(officer, unscanned.fileId)).toMatchObject({ scan: 'clean' });
  });
});

describe('the sweep', () => {
  const later = (hours: number) => house.clock.set(new Date(Date.now() + hours * HOUR));
  afterEach(() => house.clock.set(new Date()));

  it('takes away what nobody linked, and nothing else', async () => {
    const kept = await received(pdf('kept'));
    const left = await receive(pdf('left alone'));
    const path = await pathOf(left.fileId);
    await house.sweeper.clear();
    expect((await contentOf(left.fileId)).length).toBe(left.size);
    later(25);
    const cleared = await house.sweeper.clear();
    expect(cleared.files).toBeGreaterThan(0);
    await expect(house.files.find(officer, left.fileId)).rejects.toBeInstanceOf(FileNotFound);
    expect(() => statSync(path)).toThrow('ENOENT');
    expect((await contentOf(kept.fileId)).equals(pdf('kept'))).toBe(true);
    expect(await house.sweeper.clear()).toEqual({ files: 0, contents: 0, unfinished: 0 });
    await expect(link(left.fileId, left.personId)).rejects.toBeInstanceOf(FileNotFound);
  });

  it('leaves a content that comes again while its last file goes', async () => {
    const content = pdf('comes again');
    await receive(content);
    later(25);
    // The claim stands for an upload in the middle: its row is renewed and not yet committed.
    const again = await house.database.transaction(worker, async (tx) => {
      const [row] = await tx.query<{ object_id: string }>(
        `update file_objects set look_at = $1 where address = (
           select address from file_objects join files using (object_id) order by files.created_at desc limit 1) returning object_id`,
        [house.clock.now()],
      );
      await house.sweeper.clear();
      return row!.object_id;
    });
    expect(
      await house.owner.query(`select state from ${SERVICE}.file_objects where object_id = $1`, [again]),
    ).toEqual([{ state: 'stored' }]);
    const file = await receive(content);
    expect((await contentOf(file.fileId)).equals(content)).toBe(true);
  });

  it('gives a content that comes while it is being removed a row of its own', async () => {
    const content = pdf('removed and sent');
    const first = await receive(content);
    await house.owner.query(
      `update ${SERVICE}.file_objects set state = 'removing' where object_id =
         (select object_id from ${SERVICE}.files where file_id = $1)`,
      [first.fileId],
    );
    const second = await receive(content);
    await house.owner.query(`delete from ${SERVICE}.files where file_id = $1`, [first.fileId]);
    later(1);
    await house.sweeper.clear();
    expect((await contentOf(second.fileId)).equals(content)).toBe(true);
  });

  it('takes away objects of which no row knows, and tells rows without an object', async () => {
    const file = await received(await photo({ width: 321, height: 123 }));
    const path = await pathOf(file.fileId);
    const orphan = path.replace(/\.[0-9a-f-]{36}$/, `.${randomUUID()}`);
    writeFileSync(orphan, 'nobody knows me');
    const foreign = join(path, '..', 'README');
    writeFileSync(foreign, 'not ours');
    expect(await house.sweeper.compare()).toMatchObject({ orphans: 0 });
    const old = new Date(Date.now() - 25 * HOUR);
    utimesSync(orphan, old, old);
    expect(await house.sweeper.compare()).toMatchObject({ orphans: 1 });
    expect(() => statSync(orphan)).toThrow('ENOENT');
    expect(statSync(foreign).isFile()).toBe(true);
    rmSync(foreign);

    const bytes = readFileSync(path);
    rmSync(path);
    const { missing } = await house.sweeper.compare();
    expect(missing).toContain(path.slice(-36));
    const again = await receive(await photo({ width: 321, height: 123 }));
    expect((await contentOf(again.fileId)).length).toBe(file.size);
    expect((await contentOf(file.fileId)).length).toBe(file.size);
    expect(bytes.length).toBeGreaterThan(0);
    expect((await house.sweeper.compare()).missing).not.toContain(path.slice(-36));
  });

  it('finds what is past its time for the service to decide', async () => {
    const file = await receive(pdf('past its time'));
    await link(file.fileId, file.personId, { retainUntil: '2020-01-31' });
    const ids = async (today: string) =>
      (await house.files.pastRetention(worker, today, 10)).map(({ fileId }) => fileId);
    expect(await ids('2020-01-31')).toEqual([]);
    expect(await ids('2020-02-01')).toEqual([file.fileId]);
    await house.owner.query(`delete from ${SERVICE}.materials where file_id = $1`, [file.fileId]);
    await house.database.transaction(officer, (tx) => house.files.release(tx, [file.fileId], '保管期限届满'));
    expect(await ids('2020-02-01')).toEqual([]);
  });

  it('runs by itself', async () => {
    const abandoned = await receive(pdf('swept by itself'));
    const other = house.again();
    other.clock.set(new Date(Date.now() + 25 * HOUR));
    other.sweeper.start();
    try {
      await until('the sweep', async () => {
        const rows = await house.owner.query(`select 1 from ${SERVICE}.files where file_id = $1`, [
          abandoned.fileId,
        ]);
        return rows.length === 0;
      });
    } finally {
      await other.sweeper.stop();
    }
  });
});

it('takes its tables back', async () => {
  const own = await createTestDatabase();
  const options = {
    service: SERVICE,
    url: own.url,
    migrations: migrations.filter(({ id }) => id !== 202611280999),
  };
  await migrate(options);
  const back = options.migrations.filter(({ id }) => id >= 202611280401).length;
  for (let turn = 0; turn < back; turn += 1) await revertLast(options);
  expect(await own.query(`select to_regclass('${SERVICE}.files') as files`)).toEqual([{ files: null }]);
  await own.drop();
});
