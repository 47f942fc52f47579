import { readFileSync } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { z } from 'zod';
import { ConfigError, parseEnvironment, type ProcessConfig } from '@app/platform';
import { ClamdScanner } from './scan/clamd-scanner.js';
import { NoScanner, type VirusScanner } from './scan/virus-scanner.js';
import { DiskStorage } from './storage/disk-storage.js';
import type { ObjectStorage } from './storage/object-storage.js';
import { S3Storage } from './storage/s3-storage.js';

const DEFAULT_MEGABYTES = 20;

export type FilesConfig = Pick<
  ProcessConfig,
  | 'FILES_DIR'
  | 'FILES_S3_BUCKET'
  | 'FILES_S3_ENDPOINT'
  | 'FILES_S3_REGION'
  | 'FILES_S3_CREDENTIALS_FILE'
  | 'FILES_SCANNER'
  | 'FILES_MAX_MB'
>;

const credentialsSchema = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

export function maxBytesOf(config: FilesConfig): number {
  return (config.FILES_MAX_MB ?? DEFAULT_MEGABYTES) * 1024 * 1024;
}

/** @throws ConfigError unless exactly one place is named */
export function storageOf(config: FilesConfig): ObjectStorage {
  const { FILES_DIR: directory, FILES_S3_BUCKET: bucket } = config;
  if (directory && bucket) throw new ConfigError(['FILES_DIR: name this or FILES_S3_BUCKET, not both']);
  if (directory) return new DiskStorage(directory);
  if (!bucket)
    throw new ConfigError(['FILES_DIR: required by a service with files, or else FILES_S3_BUCKET']);
  return new S3Storage({
    bucket,
    endpoint: config.FILES_S3_ENDPOINT,
    region: config.FILES_S3_REGION ?? 'us-east-1',
    credentials: config.FILES_S3_CREDENTIALS_FILE
      ? credentialsIn(config.FILES_S3_CREDENTIALS_FILE)
      : undefined,
  });
}

function credentialsIn(path: string): z.infer<typeof credentialsSchema> {
  return parseEnvironment(
    credentialsSchema,
    JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>,
  );
}

/** @throws ConfigError if nothing is said: that nobody looks for viruses must have been decided by somebody */
export function scannerOf(config: FilesConfig): VirusScanner {
  if (config.FILES_SCANNER === undefined) {
    throw new ConfigError(['FILES_SCANNER: required by a service with files: clamd://host:port or none']);
  }
  if (config.FILES_SCANNER === 'none') return new NoScanner();
  return new ClamdScanner(addressOf(config.FILES_SCANNER));
}

function addressOf(scanner: string): NetConnectOpts {
  const { hostname, port, pathname } = new URL(scanner);
  if (hostname === '') return { path: decodeURIComponent(pathname) };
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 3310 : Number(port) };
}
