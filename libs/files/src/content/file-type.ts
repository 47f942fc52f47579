/** What is kept, after images were written anew. */
export const fileTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
} as const;

export type FileType = keyof typeof fileTypes;

export function extensionOf(type: FileType): string {
  return fileTypes[type];
}

/** What the first bytes say; `zip` may be an Office file, which only its directory tells. */
export type Magic = 'jpeg' | 'png' | 'webp' | 'heic' | 'pdf' | 'zip';

const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']);

/** The kind of a content by its magic number; null is none that is taken. Names and declared types do not count. */
export function magicOf(content: Buffer): Magic | null {
  const text = (from: number, to: number) => content.toString('latin1', from, to);
  if (content.length < 12) return null;
  if (content.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(4, 8) === 'ftyp' && HEIC_BRANDS.has(text(8, 12))) return 'heic';
  if (text(0, 5) === '%PDF-') return 'pdf';
  if (text(0, 4) === 'PK\x03\x04') return 'zip';
  return null;
}
