import ExcelJS from 'exceljs';
import sharp from 'sharp';
import { examine } from '../src/content/examine.js';
import { UploadBudget, withContent } from '../src/content/read-limited.js';
import { FileEmpty, FileKindRefused, FileTooLarge, TooManyUploads } from '../src/errors.js';
import { fitName } from '../src/file-name.js';
import { docx, pdf, photo, png, webp, zip } from './contents.js';

async function refusal(content: Buffer): Promise<string> {
  const error = await examine(content).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FileKindRefused);
  return (error as FileKindRefused).why;
}

describe('what is taken', () => {
  it('writes a photo anew: upright, without where it was taken, without what was appended', async () => {
    const taken = await photo();
    const sent = Buffer.concat([taken, zip({ 'hidden.html': '<script>APPENDED</script>' })]);
    expect(sent.includes('WHERE-IT-WAS-TAKEN')).toBe(true);
    const { type, content, thumbnail } = await examine(sent);
    expect(type).toBe('image/jpeg');
    for (const left of ['WHERE-IT-WAS-TAKEN', 'Telephone', 'APPENDED', 'Exif']) {
      expect([left, content.includes(left)]).toEqual([left, false]);
    }
    expect(await sharp(content).metadata()).toMatchObject({ format: 'jpeg', width: 480, height: 640 });
    expect(await sharp(thumbnail!).metadata()).toMatchObject({ format: 'webp', width: 150, height: 200 });
  });

  it('keeps PNG and WebP what they are', async () => {
    expect((await examine(await png())).type).toBe('image/png');
    expect((await examine(await webp())).type).toBe('image/webp');
  });

  it('leaves PDF and Office files as they are', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('one').addRow([1]);
    const xlsx = Buffer.from(await workbook.xlsx.writeBuffer());
    for (const [content, type] of [
      [pdf(), 'application/pdf'],
      [docx(), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
      [xlsx, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ] as const) {
      expect(await examine(content)).toEqual({ type, content, thumbnail: null });
    }
  });
});

describe('what is refused', () => {
  it('knows nothing by its name: programs, pages, archives and pictures with programs in them', async () => {
    for (const content of [
      Buffer.from('MZ\x90\0 a program that calls itself paper.pdf'),
      Buffer.from('<html><script>alert(1)</script></html>'),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      Buffer.from(' %PDF-1.4 not at its beginning %%EOF'),
      Buffer.from('GIF89a is not on the list'),
      zip({ 'a.exe': 'MZ' }),
      zip({ '[Content_Types].xml': '<Types/>', 'ppt/presentation.xml': '' }),
    ]) {
      expect(await refusal(content)).toBe('unknown');
    }
    await expect(examine(Buffer.alloc(0))).rejects.toBeInstanceOf(FileEmpty);
  });

  it('takes no macros, whatever the extension says', async () => {
    expect(await refusal(docx({ 'word/vbaProject.bin': 'macro' }))).toBe('macros');
    expect(await refusal(docx({ 'xl/macrosheets/sheet1.xml': 'macro' }))).toBe('macros');
  });

  it('takes nothing broken, cut or ambiguous', async () => {
    const whole = await photo();
    for (const content of [
      whole.subarray(0, 600),
      Buffer.concat([whole.subarray(0, 40), Buffer.alloc(4000, 7)]),
      Buffer.from('%PDF-1.4 without an end'),
      docx().subarray(0, 60),
      Buffer.concat([docx(), Buffer.from('something behind')]),
      Buffer.concat([docx().subarray(0, 60), docx()]),
    ]) {
      expect(await refusal(content)).toBe('broken');
    }
  });

  it('does not unpack bombs', async () => {
    expect(await refusal(zip({ '[Content_Types].xml': '', 'word/document.xml': '' }, 400_000_000))).toBe(
      'broken',
    );
    const wide = await sharp({ create: { width: 16_000, height: 4_001, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(wide.length).toBeLessThan(1_000_000);
    expect(await refusal(wide)).toBe('pixels');
  });

  it('says what to do about a HEIC photo that this server cannot decode', async () => {
    const heic = Buffer.concat([
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.alloc(64),
    ]);
    expect(await refusal(heic)).toBe('heic');
  });
});

describe('how much is taken', () => {
  const limits = (maxBytes: number, all: number) => ({ maxBytes, budget: new UploadBudget(all) });
  async function* chunks(count: number) {
    for (let index = 0; index < count; index += 1) yield Buffer.alloc(1024 * 1024, index);
  }

  it('stops reading at the limit', async () => {
    const one = limits(1024 * 1024, 10 * 1024 * 1024);
    expect(await withContent(chunks(1), one, async (content) => content.length)).toBe(1024 * 1024);
    await expect(withContent(chunks(2), one, async () => 0)).rejects.toBeInstanceOf(FileTooLarge);
  });

  it('takes no more at one time than fits in memory, and takes again afterwards', async () => {
    const shared = limits(2 * 1024 * 1024, 3 * 1024 * 1024);
    await withContent(chunks(2), shared, async () => {
      await expect(withContent(chunks(2), shared, async () => 0)).rejects.toBeInstanceOf(TooManyUploads);
    });
    expect(await withContent(chunks(2), shared, async () => 'taken')).toBe('taken');
  });
});

describe('names', () => {
  it.each([
    ['残疾证.JPG', '残疾证.jpg'],
    ['C:\\fake\\path\\照片.png', '照片.jpg'],
    ['../../etc/passwd', 'passwd.jpg'],
    ['身份证338801199003074512正面.jpg', '身份证正面.jpg'],
    ['3388 0119 9003 0745 1x.jpg', '文件.jpg'],
    ['2026-03-02 评估.jpeg', '2026-03-02 评估.jpg'],
    ['a\u202egpj.exe', 'agpj.jpg'],
    ['"quoted"\r\nx-evil: 1.jpg', 'quotedx-evil 1.jpg'],
    ['', '文件.jpg'],
    ['字'.repeat(300), `${'字'.repeat(120)}.jpg`],
  ])('makes %j fit', (given, kept) => {
    expect(fitName(given, 'image/jpeg')).toBe(kept);
  });
});
