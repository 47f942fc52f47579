import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ContentKeys } from '../content-keys.js';
import type { ContentStore, SealedObject } from '../content-store.js';
import { seal, Unsealing } from '../sealed-content.js';

/** One file of a bundle, as its manifest tells of it. */
export interface ArchivedFile {
  readonly fileId: string;
  /** Null: it is of no single person. */
  readonly personId: string | null;
  /** Null: it is of no case. */
  readonly caseId: string | null;
  readonly class: string;
  /** `YYYY-MM-DD` */
  readonly endedOn: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Of the content in clear. */
  readonly sha256: string;
}

const MANIFEST = 'manifest';

/**
 * Bundles of files that are about to be deleted: contents and a manifest with their hashes, encrypted under a key of the bundle's own.
 * They lie beside the living contents, where the sweep does not look.
 */
export class RetentionArchive {
  constructor(
    private readonly store: ContentStore,
    private readonly keys: ContentKeys,
  ) {}

  /** A fresh key for a bundle, wrapped. */
  newKey(): string {
    return this.keys.newBundleKey();
  }

  /** Puts a content into the bundle. @returns its SHA-256 @throws ContentTampered, ObjectMissing */
  async add(bundleId: string, wrappedKey: string, fileId: string, object: SealedObject): Promise<string> {
    return this.addContent(bundleId, wrappedKey, fileId, await whole(await this.store.open(object, 'full')));
  }

  /** The same of what lies in no store. @returns its SHA-256 */
  async addContent(bundleId: string, wrappedKey: string, fileId: string, content: Buffer): Promise<string> {
    await this.put(bundleId, wrappedKey, fileId, content);
    const again = await this.open(bundleId, wrappedKey, fileId);
    const sha256 = hashOf(content);
    if (hashOf(again) !== sha256) throw new Error(`file ${fileId} does not open in its bundle as it was`);
    return sha256;
  }

  /** Closes the bundle with what it holds. @returns the SHA-256 of the manifest */
  async close(bundleId: string, wrappedKey: string, files: readonly ArchivedFile[]): Promise<string> {
    const manifest = Buffer.from(`${JSON.stringify({ version: 1, bundleId, files }, null, 2)}\n`);
    await this.put(bundleId, wrappedKey, MANIFEST, manifest);
    return hashOf(manifest);
  }

  /** What a closed bundle holds. @param sha256 of the manifest, as the proof has it; another one is refused */
  async manifest(bundleId: string, wrappedKey: string, sha256: string): Promise<readonly ArchivedFile[]> {
    const content = await this.open(bundleId, wrappedKey, MANIFEST);
    if (hashOf(content) !== sha256)
      throw new Error(`the manifest of bundle ${bundleId} is not as its proof says`);
    return (JSON.parse(content.toString('utf8')) as { files: ArchivedFile[] }).files;
  }

  /** A content of a bundle in clear. @throws ContentTampered, ObjectMissing */
  async open(bundleId: string, wrappedKey: string, piece: string): Promise<Buffer> {
    const name = this.nameOf(bundleId, piece);
    const opened = new Unsealing(this.keys.openBundleKey(wrappedKey), name);
    const sealed = await this.store.storage.get(name);
    const [content] = await Promise.all([whole(opened), pipeline(sealed, opened)]);
    return content;
  }

  private put(bundleId: string, wrappedKey: string, piece: string, content: Buffer): Promise<void> {
    const name = this.nameOf(bundleId, piece);
    return this.store.storage.put(
      name,
      seal(this.keys.openBundleKey(wrappedKey), name, content, this.keys.algorithm),
    );
  }

  private nameOf(bundleId: string, piece: string): string {
    return `archive/${this.store.schema}/${bundleId}/${piece}`;
  }
}

async function whole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
