import { inflateRaw } from 'node:zlib';
import { FileNotReadable, FileTooLarge } from '../errors.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const MAX_ENTRIES = 5_000;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly offset: number;
}

/**
 * The few entries of a workbook that hold the table, unpacked on demand. Written here because what a bomb declares is not what
 * it unpacks to: each entry is inflated under a hard limit of bytes, whatever its directory says.
 */
export class Archive {
  private readonly entries: ReadonlyMap<string, Entry>;
  private left: number;

  constructor(
    private readonly file: Buffer,
    unpackedBytes: number,
  ) {
    this.left = unpackedBytes;
    this.entries = readDirectory(file);
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** @throws FileTooLarge once all that was unpacked passes the limit */
  async text(name: string): Promise<string> {
    const entry = this.entries.get(name);
    if (!entry) throw damaged();
    const packed = this.packed(entry);
    const bytes = entry.method === STORED ? packed : await this.inflate(packed);
    this.left -= bytes.length;
    if (this.left < 0) throw tooLarge();
    return bytes.toString('utf8');
  }

  private packed(entry: Entry): Buffer {
    const { file } = this;
    if (entry.offset + 30 > file.length || file.readUInt32LE(entry.offset) !== LOCAL_ENTRY) throw damaged();
    if ((file.readUInt16LE(entry.offset + 6) & 1) === 1) throw encrypted();
    const start =
      entry.offset + 30 + file.readUInt16LE(entry.offset + 26) + file.readUInt16LE(entry.offset + 28);
    if (start + entry.packed > file.length) throw damaged();
    if (entry.method !== STORED && entry.method !== DEFLATED) throw damaged();
    return file.subarray(start, start + entry.packed);
  }

  private inflate(packed: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      inflateRaw(packed, { maxOutputLength: Math.max(1, this.left) }, (error, bytes) => {
        if (!error) return resolve(bytes);
        reject((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : damaged());
      });
    });
  }
}

function readDirectory(file: Buffer): Map<string, Entry> {
  const end = findEnd(file);
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff || count > MAX_ENTRIES) throw tooLarge();
  const entries = new Map<string, Entry>();
  for (let index = 0; index < count; index++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== DIRECTORY_ENTRY) throw damaged();
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/');
    entries.set(name, {
      method: file.readUInt16LE(at + 10),
      packed: file.readUInt32LE(at + 20),
      offset: file.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(file: Buffer): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at--) {
    if (file.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw damaged();
}

function damaged(): FileNotReadable {
  return new FileNotReadable(
    '表格文件已损坏或没有传完整。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。',
  );
}

function encrypted(): FileNotReadable {
  return new FileNotReadable('表格文件设有密码，无法读取。请去掉密码后另存为 .xlsx，再重新上传。');
}

function tooLarge(): FileTooLarge {
  return new FileTooLarge(
    '表格文件解压后过大。请删除图片、多余的工作表和空白行列，或拆分成几个文件后分别上传。',
  );
}
