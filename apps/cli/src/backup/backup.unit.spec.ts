import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDataKeys, withFreshKey } from '@app/access';
import { mergeDataKeys } from './data-keys.js';
import { FileKeeper } from './keep-files.js';
import {
  chooseBackup,
  MANIFEST,
  pieceOf,
  readManifests,
  verifyPieces,
  writeManifest,
  type Manifest,
} from './manifest.js';
import { beijingTime, pointInTime } from './point-in-time.js';

describe('a point in time', () => {
  it.each([
    ['2026-11-29 14:30', '2026-11-29T06:30:00.000Z'],
    ['2026-11-29T14:30:05', '2026-11-29T06:30:05.000Z'],
    ['2026-11-29 14:30:05.250', '2026-11-29T06:30:05.250Z'],
    ['2026-11-29T14:30:05Z', '2026-11-29T14:30:05.000Z'],
    ['2026-11-29 14:30:05+09:00', '2026-11-29T05:30:05.000Z'],
    ['2026-01-01 00:00', '2025-12-31T16:00:00.000Z'],
  ])('%s is %s: Beijing time where no zone is given', (text, expected) => {
    expect(pointInTime(text).toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '2026-11-29', '2026-02-30 10:00', '2026-11-29 24:30', '14:30'])(
    '%p is none',
    (text) => {
      expect(() => pointInTime(text)).toThrow(expect.objectContaining({ code: 'not-a-time' }));
    },
  );

  it('is shown as the office reads it', () => {
    expect(beijingTime('2025-12-31T16:00:00Z')).toBe('2026-01-01 00:00:00 (北京时间 · UTC+8)');
  });
});

const NOW = new Date('2026-11-29T12:00:00Z');
const backupOf = (hour: number): Manifest => ({
  version: 1,
  id: `20261129T${String(hour).padStart(2, '0')}0000Z`,
  startedAt: `2026-11-29T${String(hour).padStart(2, '0')}:00:00Z`,
  endedAt: `2026-11-29T${String(hour).padStart(2, '0')}:10:00Z`,
  postgres: { major: 15, systemIdentifier: '1' },
  withKeys: true,
  pieces: [],
});
const at = (time: string) => new Date(`2026-11-29T${time}:00Z`);

describe('the backup for a time', () => {
  const backups = [backupOf(2), backupOf(6)];

  it.each([
    ['02:10', 2],
    ['06:09', 2],
    ['06:10', 6],
    ['11:59', 6],
  ])('of %s is the last one that was finished by then', (time, hour) => {
    expect(chooseBackup(backups, [], at(time), NOW)).toEqual(backupOf(hour));
  });

  it('is none before the first one, nor in the future', () => {
    const code = (to: Date) => {
      try {
        return chooseBackup(backups, [], to, NOW).id;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect([at('02:09'), at('12:01')].map(code)).toEqual(['not-covered', 'in-the-future']);
  });

  it('lies on the history that held at that time: a restore begins another', () => {
    const restores = [{ to: '2026-11-29T03:00:00Z', at: '2026-11-29T08:00:00Z', backup: backups[0]!.id }];
    // What was undone can be reached again, by the history that was undone.
    expect(chooseBackup(backups, restores, at('07:59'), NOW)).toEqual(backupOf(6));
    expect(() => chooseBackup(backups, restores, at('08:30'), NOW)).toThrow(
      expect.objectContaining({ code: 'not-covered' }),
    );
    expect(chooseBackup([...backups, backupOf(9)], restores, at('10:00'), NOW)).toEqual(backupOf(9));
  });
});

describe('a manifest', () => {
  let root: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'onething-manifest-'));
    mkdirSync(join(root, 'files'));
    writeFileSync(join(root, 'files', 'a'), 'content');
    const directory = join(root, 'backups', backupOf(2).id);
    mkdirSync(directory, { recursive: true });
    await writeManifest(directory, { ...backupOf(2), pieces: [await pieceOf(root, 'files/a')] });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is read as it was written, and its pieces are as they were', async () => {
    const [manifest] = readManifests(root);
    expect(manifest!.pieces).toEqual([
      {
        path: 'files/a',
        bytes: 7,
        sha256: 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73',
      },
    ]);
    await verifyPieces(root, manifest!.pieces);
  });

  it('tells of a piece that was changed, or is not there', async () => {
    const { pieces } = readManifests(root)[0]!;
    writeFileSync(join(root, 'files', 'a'), 'contenT');
    await expect(verifyPieces(root, pieces)).rejects.toMatchObject({ code: 'wrong-hash' });
    rmSync(join(root, 'files', 'a'));
    await expect(verifyPieces(root, pieces)).rejects.toMatchObject({ code: 'wrong-hash' });
  });

  it('tells of a change of its own', () => {
    const file = join(root, 'backups', backupOf(2).id, MANIFEST);
    writeFileSync(file, JSON.stringify({ ...backupOf(2), pieces: [] }));
    expect(() => readManifests(root)).toThrow(expect.objectContaining({ code: 'wrong-hash' }));
  });
});

describe('files, while the system runs', () => {
  let top: string;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'onething-keeper-'));
    mkdirSync(join(top, 'files', 'registry', 'aa'), { recursive: true });
    mkdirSync(join(top, 'files', 'unfinished'));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  it('are copied as they come, once a directory is chosen; what is being written is not', async () => {
    const keeper = new FileKeeper(top, () => undefined);
    writeFileSync(join(top, 'files', 'registry', 'aa', 'one'), 'first');
    expect(await keeper.copy()).toBe(0);
    writeFileSync(join(top, 'backup.json'), JSON.stringify({ directory: join(top, 'backups') }));
    writeFileSync(join(top, 'files', 'unfinished', 'half'), 'ha');
    expect(await keeper.copy()).toBe(1);
    expect(await keeper.copy()).toBe(0);
    // A directory that has been quiet for long, and then gets a file.
    const long = new Date(Date.now() - 60_000);
    utimesSync(join(top, 'files', 'registry', 'aa'), long, long);
    expect(await keeper.copy()).toBe(0);
    writeFileSync(join(top, 'files', 'registry', 'aa', 'two'), 'second');
    mkdirSync(join(top, 'files', 'registry', 'bb'));
    writeFileSync(join(top, 'files', 'registry', 'bb', 'three'), 'third');
    expect(await keeper.copy()).toBe(2);
    expect(readFileSync(join(top, 'backups', 'files', 'registry', 'bb', 'three'), 'utf8')).toBe('third');
  });
});

describe('keys of an installation and of its backup', () => {
  const first = generateDataKeys();
  const { file: later } = withFreshKey(first);

  it('together open what either opens; new values go under the key of the installation', () => {
    const retired = { ...later, current: 'k2', keys: { k2: later.keys['k2']! } };
    expect(mergeDataKeys(retired, first)).toEqual({ ...later, current: 'k2' });
    expect(mergeDataKeys(later, first)).toEqual(later);
  });

  it('of two installations are never mixed', () => {
    expect(() => mergeDataKeys(first, generateDataKeys())).toThrow(
      expect.objectContaining({ code: 'other-keys' }),
    );
  });
});
