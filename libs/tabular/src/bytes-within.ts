import { FileTooLarge } from './errors.js';

/**
 * A file that comes as a stream; what is past the limit is not even read to its end.
 * @param most bytes
 * @param advice what to do about one that is too large, in Chinese
 * @throws FileTooLarge as soon as more has come
 */
export async function bytesWithin(
  stream: AsyncIterable<Buffer>,
  most: number,
  advice = '请拆分成几个文件后分别上传。',
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > most) throw new FileTooLarge(`文件超过 ${most / 1024 / 1024} MB。${advice}`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
