import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { ObjectMissing, ObjectStorage, type ListedObject } from './object-storage.js';

export interface S3Place {
  readonly bucket: string;
  /** Absent: Amazon's own. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Absent: what the SDK finds by itself (environment, instance role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Objects in a bucket of anything that speaks S3. The bucket is made by whoever runs the storage, not by us. */
export class S3Storage extends ObjectStorage {
  private readonly client: S3Client;

  /** @param pageSize objects that one answer of `list` holds, 1000 at most */
  constructor(
    private readonly place: S3Place,
    private readonly pageSize = 1000,
  ) {
    super();
    this.client = new S3Client({
      region: place.region,
      ...(place.endpoint ? { endpoint: place.endpoint } : {}),
      ...(place.credentials ? { credentials: place.credentials } : {}),
      // Not every S3 answers to <bucket>.<host>, and not every one knows the SDK's newer checksums: contents carry their own tags.
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 3000, requestTimeout: 60_000 },
    });
  }

  async put(name: string, content: Buffer): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.place.bucket,
        Key: name,
        Body: content,
        ContentLength: content.length,
        ContentType: 'application/octet-stream',
      }),
    );
  }

  async get(name: string): Promise<Readable> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.place.bucket, Key: name }));
      return Body as Readable;
    } catch (error) {
      throw error instanceof NoSuchKey ? new ObjectMissing(name) : error;
    }
  }

  async remove(name: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.place.bucket, Key: name }));
  }

  async *list(directory: string): AsyncGenerator<ListedObject> {
    let next: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.place.bucket,
          Prefix: `${directory}/`,
          MaxKeys: this.pageSize,
          ...(next ? { ContinuationToken: next } : {}),
        }),
      );
      for (const { Key, LastModified } of page.Contents ?? []) {
        // Some servers list directories, which are no objects of ours.
        if (Key && LastModified && !Key.endsWith('/')) yield { name: Key, modifiedAt: LastModified };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next);
  }

  /** A put is one request: it is there or it is not. */
  async removeUnfinished(): Promise<number> {
    return 0;
  }

  async close(): Promise<void> {
    this.client.destroy();
  }
}
