import { Readable } from 'node:stream';
import { FileTooLarge, TooManyUploads } from '../errors.js';

/** What all uploads of this process together may hold in memory while they arrive. */
export class UploadBudget {
  private held = 0;

  /** @param bytes for all uploads at once */
  constructor(private readonly bytes: number) {}

  take(bytes: number): void {
    if (this.held + bytes > this.bytes) throw new TooManyUploads();
    this.held += bytes;
  }

  giveBack(bytes: number): void {
    this.held -= bytes;
  }
}

/**
 * Reads an upload to its end and hands it to `work`. It is never written anywhere in the clear, so it is held in memory, which is why
 * there is a limit for one and a limit for all.
 * @throws FileTooLarge, TooManyUploads
 */
export async function withContent<Result>(
  stream: AsyncIterable<Uint8Array>,
  limits: { readonly maxBytes: number; readonly budget: UploadBudget },
  work: (content: Buffer) => Promise<Result>,
): Promise<Result> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // A request that is refused must still be answered: leaving the loop must not cut its connection.
    const source = stream instanceof Readable ? stream.iterator({ destroyOnReturn: false }) : stream;
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      if (size + chunk.length > limits.maxBytes) throw new FileTooLarge(limits.maxBytes / (1024 * 1024));
      limits.budget.take(chunk.length);
      size += chunk.length;
      chunks.push(chunk);
    }
    return await work(Buffer.concat(chunks.splice(0), size));
  } catch (error) {
    // What is still to come of it is let run out: unread, it would stand before the next request on the connection.
    if (stream instanceof Readable) stream.resume();
    throw error;
  } finally {
    limits.budget.giveBack(size);
  }
}
