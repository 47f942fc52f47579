import { createHash } from 'node:crypto';
import type { ColumnCipher } from '@app/access';
import { newContentKey, type ContentAlgorithm } from './sealed-content.js';

/** The keys of stored contents and what else of a file is encrypted in its row. */
export class ContentKeys {
  constructor(
    private readonly cipher: ColumnCipher,
    private readonly schema: string,
  ) {}

  /** Equal for equal contents, and of no use without the installation's key: who has a paper cannot ask whether we have it, too. */
  addressOf(content: Buffer): string {
    const digest = createHash('sha256').update(content).digest('hex');
    return Buffer.from(this.cipher.blindIndex('file', digest), 'base64url').toString('hex');
  }

  /** A fresh random key, wrapped by the installation's current data key. */
  newWrapped(): string {
    return this.cipher.encrypt(this.column('file_objects.wrapped_key'), newContentKey().toString('base64'));
  }

  /** How contents are encrypted from now on: as the installation's columns are. */
  get algorithm(): ContentAlgorithm {
    return this.cipher.currentAlgorithm;
  }

  unwrap(wrapped: string): Buffer {
    return Buffer.from(this.cipher.decrypt(this.column('file_objects.wrapped_key'), wrapped), 'base64');
  }

  sealName(name: string): string {
    return this.cipher.encrypt(this.column('files.name'), name);
  }

  openName(sealed: string): string {
    return this.cipher.decrypt(this.column('files.name'), sealed);
  }

  /** A fresh random key for an archive bundle, wrapped as those of contents are. */
  newBundleKey(): string {
    return this.cipher.encrypt(
      this.column('retention_proposals.wrapped_key'),
      newContentKey().toString('base64'),
    );
  }

  openBundleKey(wrapped: string): Buffer {
    return Buffer.from(
      this.cipher.decrypt(this.column('retention_proposals.wrapped_key'), wrapped),
      'base64',
    );
  }

  private column(name: string): string {
    return `${this.schema}.${name}`;
  }
}
