import sharp, { type Sharp } from 'sharp';
import { FileKindRefused } from '../errors.js';
import { Turns } from '../turns.js';
import type { FileType, Magic } from './file-type.js';

/** A 600 dpi scan of a page has 35 million; more than 64 million is no paper, and takes 200 MB to turn. */
const MOST_PIXELS = 64_000_000;
const SECONDS = 30;
const AT_ONCE = 2;
/** So small that no number on a card can be read. */
const THUMBNAIL_PIXELS = 200;

export type ImageMagic = Extract<Magic, 'jpeg' | 'png' | 'webp' | 'heic'>;

export interface Image {
  readonly type: FileType;
  readonly content: Buffer;
  /** WebP, at most 200 pixels wide and high. */
  readonly thumbnail: Buffer;
}

const TYPES: Record<ImageMagic, FileType> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/jpeg',
};

// The decoder looks at the content itself: of its forty formats only those may be opened that are taken.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});
// Uploads are seldom alike, and what is decrypted must not stay in memory.
sharp.cache(false);

const turns = new Turns(AT_ONCE);

/**
 * Writes an image anew from its pixels: turned upright, without EXIF (place, time, device) and without whatever was hidden in it or
 * appended. A HEIC becomes a JPEG where this server can decode it.
 * @throws FileKindRefused if it does not decode or has more than 64 million pixels
 */
export async function writeAnew(content: Buffer, magic: ImageMagic): Promise<Image> {
  return turns.run(async () => {
    try {
      const upright = sharp(content, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
        .autoOrient()
        .timeout({ seconds: SECONDS });
      const written = await encode(upright, magic).toBuffer();
      const thumbnail = await sharp(written)
        .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 60 })
        .timeout({ seconds: SECONDS })
        .toBuffer();
      return { type: TYPES[magic], content: written, thumbnail };
    } catch (error) {
      throw refusal(error, magic);
    }
  });
}

function encode(image: Sharp, magic: ImageMagic): Sharp {
  if (magic === 'png') return image.png();
  if (magic === 'webp') return image.webp({ quality: 88 });
  return image.jpeg({ quality: 88 });
}

function refusal(error: unknown, magic: ImageMagic): FileKindRefused {
  if (error instanceof Error && /exceeds pixel limit/i.test(error.message))
    return new FileKindRefused('pixels');
  return new FileKindRefused(magic === 'heic' ? 'heic' : 'broken');
}
