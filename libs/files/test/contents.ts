import sharp from 'sharp';

/** The antivirus industry's harmless test file, in two halves so that no scanner takes this source for it. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

export function pdf(text = 'a paper'): Buffer {
  return Buffer.from(`%PDF-1.4\n% ${text}\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n`);
}

/** A photo as a telephone makes it: it says where it was taken and by which device, and lies on its side. */
export async function photo(options: { width?: number; height?: number } = {}): Promise<Buffer> {
  const { width = 640, height = 480 } = options;
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } })
    .jpeg()
    .withExif({ IFD0: { Make: 'Telephone', Copyright: 'WHERE-IT-WAS-TAKEN' } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

export async function png(): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 10, channels: 4, background: '#0000' } })
    .png()
    .toBuffer();
}

export async function webp(): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 10, channels: 3, background: '#123' } })
    .webp()
    .toBuffer();
}

/** An archive without compression. */
export function zip(entries: Readonly<Record<string, string>>, unpacked?: number): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(entries)) {
    const content = Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(content.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(unpacked ?? content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), content);
    directory.push(entry, Buffer.from(name));
    at += 30 + name.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

export function docx(more: Readonly<Record<string, string>> = {}): Buffer {
  return zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w:document/>', ...more });
}
