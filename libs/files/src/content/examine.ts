import { FileEmpty, FileKindRefused } from '../errors.js';
import { magicOf, type FileType } from './file-type.js';
import { writeAnew } from './images.js';
import { officeTypeOf } from './office.js';

/** What will be kept of an upload. */
export interface Examined {
  readonly type: FileType;
  readonly content: Buffer;
  readonly thumbnail: Buffer | null;
}

/** A PDF says where its own end is; programs write a little behind it. */
const PDF_TAIL = 2048;

/**
 * Looks at the content, never at its name or declared type. Images are written anew; PDF and Office files stay as they are.
 * @throws FileEmpty, FileKindRefused
 */
export async function examine(content: Buffer): Promise<Examined> {
  if (content.length === 0) throw new FileEmpty();
  const magic = magicOf(content);
  if (magic === null) throw new FileKindRefused('unknown');
  if (magic === 'zip') return { type: officeTypeOf(content), content, thumbnail: null };
  if (magic === 'pdf') {
    if (!content.subarray(-PDF_TAIL).includes('%%EOF')) throw new FileKindRefused('broken');
    return { type: 'application/pdf', content, thumbnail: null };
  }
  return writeAnew(content, magic);
}
