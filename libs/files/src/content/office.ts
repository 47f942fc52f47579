import { FileKindRefused } from '../errors.js';
import type { FileType } from './file-type.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 5000;
/** What all parts together may unpack to: a reader that opens the file must not run out of memory. */
const MOST_UNPACKED = 512 * 1024 * 1024;

/**
 * Which Office file a ZIP archive is, by its directory; nothing is unpacked.
 * @throws FileKindRefused for another archive, a broken one, one with macros, or one that unpacks to more than 512 MB
 */
export function officeTypeOf(content: Buffer): FileType {
  const names = new Set(entriesOf(content));
  if (!names.has('[Content_Types].xml')) throw new FileKindRefused('unknown');
  for (const name of names) {
    if (/(^|\/)(vbaProject\.bin|vbaData\.xml)$/i.test(name) || /(^|\/)macrosheets\//i.test(name)) {
      throw new FileKindRefused('macros');
    }
  }
  if (names.has('word/document.xml')) {
    return 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  }
  if (names.has('xl/workbook.xml'))
    return 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  throw new FileKindRefused('unknown');
}

function entriesOf(content: Buffer): string[] {
  const end = endOfDirectory(content);
  const count = content.readUInt16LE(end + 10);
  const size = content.readUInt32LE(end + 12);
  let at = content.readUInt32LE(end + 16);
  // The directory ends where its end record begins: with anything between or behind, two readers may see two archives.
  if (count > MOST_ENTRIES || at + size !== end) throw new FileKindRefused('broken');
  const names: string[] = [];
  let unpacked = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || content.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new FileKindRefused('broken');
    unpacked += content.readUInt32LE(at + 24);
    const nameLength = content.readUInt16LE(at + 28);
    const rest = content.readUInt16LE(at + 30) + content.readUInt16LE(at + 32);
    if (at + 46 + nameLength > end) throw new FileKindRefused('broken');
    names.push(content.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + rest;
  }
  if (at !== end || unpacked > MOST_UNPACKED) throw new FileKindRefused('broken');
  return names;
}

function endOfDirectory(content: Buffer): number {
  const first = Math.max(0, content.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = content.length - END_LENGTH; at >= first; at -= 1) {
    if (
      content.readUInt32LE(at) === END_OF_DIRECTORY &&
      at + END_LENGTH + content.readUInt16LE(at + 20) === content.length
    ) {
      return at;
    }
  }
  throw new FileKindRefused('broken');
}
