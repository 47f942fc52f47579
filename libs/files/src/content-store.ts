import { pipeline, Readable } from 'node:stream';
import type { ContentKeys } from './content-keys.js';
import { objectName, type ObjectPlace, type Variant } from './object-name.js';
import { seal, Unsealing } from './sealed-content.js';
import type { ObjectStorage } from './storage/object-storage.js';

/** A row of `file_objects`, as far as it says where a content lies and how it opens. */
export interface SealedObject extends ObjectPlace {
  readonly wrapped_key: string;
}

/** Contents of one service in the storage, which sees them encrypted only. */
export class ContentStore {
  constructor(
    readonly storage: ObjectStorage,
    private readonly keys: ContentKeys,
    readonly schema: string,
  ) {}

  async put(object: SealedObject, contents: { readonly full: Buffer; readonly thumbnail: Buffer | null }) {
    const key = this.keys.unwrap(object.wrapped_key);
    const put = (variant: Variant, content: Buffer) => {
      const name = objectName(this.schema, object, variant);
      return this.storage.put(name, seal(key, name, content, this.keys.algorithm));
    };
    if (contents.thumbnail) await put('thumbnail', contents.thumbnail);
    await put('full', contents.full);
  }

  /** The content as it was; it ends with ContentTampered where it is not. To be read to its end or destroyed. @throws ObjectMissing */
  async open(object: SealedObject, variant: Variant): Promise<Readable> {
    const name = objectName(this.schema, object, variant);
    const opened = new Unsealing(this.keys.unwrap(object.wrapped_key), name);
    const sealed = await this.storage.get(name);
    // An error of either ends both; who reads the result sees it there.
    pipeline(sealed, opened, () => undefined);
    return opened;
  }

  async remove(object: ObjectPlace): Promise<void> {
    await this.storage.remove(objectName(this.schema, object, 'full'));
    await this.storage.remove(objectName(this.schema, object, 'thumbnail'));
  }
}
