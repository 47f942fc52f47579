import type { Readable } from 'node:stream';

/** An object that the storage has. */
export interface ListedObject {
  readonly name: string;
  readonly modifiedAt: Date;
}

/** A row says that the object is there, and the storage says that it is not. */
export class ObjectMissing extends Error {
  constructor(name: string) {
    super(`the storage has no object ${name}`);
    this.name = 'ObjectMissing';
  }
}

/**
 * Where encrypted contents lie. Names are ours (`certification/3f/3fa0….…`), never a user's. Whoever writes an object has a row that
 * names it committed before, so the storage needs no transaction of its own.
 */
export abstract class ObjectStorage {
  /** Whole or not at all, and durable when it returns. The same name again replaces it. */
  abstract put(name: string, content: Buffer): Promise<void>;
  /** @throws ObjectMissing */
  abstract get(name: string): Promise<Readable>;
  /** An object that is not there counts as removed. */
  abstract remove(name: string): Promise<void>;
  /** All objects whose name begins with `<directory>/`. */
  abstract list(directory: string): AsyncIterable<ListedObject>;
  /** Takes away what an interrupted `put` left behind before the instant. @returns how many */
  abstract removeUnfinished(before: Date): Promise<number>;
  /** Frees connections. */
  abstract close(): Promise<void>;
}
