import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort, toolsDirectory } from '@app/backing';
import { until } from '@app/testing';
import type { S3Place } from '../src/storage/s3-storage.js';

const VERSION = '2.6.0';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>onething</groupId>
  <artifactId>s3proxy</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.gaul</groupId>
      <artifactId>s3proxy</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

export interface S3Server {
  readonly place: S3Place & { readonly credentials: NonNullable<S3Place['credentials']> };
  stop(): Promise<void>;
}

/** A real S3 server with an empty bucket; or, where none can be had, why. */
export async function startS3Server(): Promise<S3Server | { readonly missing: string }> {
  const jars = await s3ProxyJars();
  if ('missing' in jars) return jars;
  const directory = mkdtempSync(join(tmpdir(), 'onething-s3-'));
  const port = await freePort();
  const credentials = {
    accessKeyId: randomBytes(8).toString('hex'),
    secretAccessKey: randomBytes(16).toString('hex'),
  };
  const endpoint = `http://127.0.0.1:${port}`;
  mkdirSync(join(directory, 'data'));
  writeFileSync(
    join(directory, 's3proxy.conf'),
    [
      's3proxy.authorization=aws-v2-or-v4',
      `s3proxy.identity=${credentials.accessKeyId}`,
      `s3proxy.credential=${credentials.secretAccessKey}`,
      `s3proxy.endpoint=${endpoint}`,
      's3proxy.ignore-unknown-headers=true',
      'jclouds.provider=filesystem',
      `jclouds.filesystem.basedir=${join(directory, 'data')}`,
    ].join('\n'),
  );
  const server = spawn(
    'java',
    ['-Xmx128m', '-cp', join(jars.home, '*'), 'org.gaul.s3proxy.Main', '--properties', 's3proxy.conf'],
    { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const output of [server.stdout, server.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const place = { bucket: 'files', endpoint, region: 'us-east-1', credentials };
  await makeBucket(place, () => said);
  return {
    place,
    stop: async () => {
      await end(server);
      rmSync(directory, { recursive: true });
    },
  };
}

async function makeBucket(place: S3Server['place'], said: () => string): Promise<void> {
  const client = new S3Client({ ...place, forcePathStyle: true, maxAttempts: 1 });
  try {
    await until(
      () => `the S3 server, which said: ${said().slice(-2000)}`,
      async () => {
        await client.send(new CreateBucketCommand({ Bucket: place.bucket }));
        return true;
      },
      { timeoutMs: 60_000, everyMs: 200 },
    );
  } finally {
    client.destroy();
  }
}

async function s3ProxyJars(): Promise<{ readonly home: string } | { readonly missing: string }> {
  const home = join(toolsDirectory(), `s3proxy-${VERSION}`);
  if ((await run('java', ['-version'])).code !== 0) return { missing: 'no java' };
  if (existsSync(home)) return { home };
  mkdirSync(toolsDirectory(), { recursive: true });
  // Made beside and then moved: a fetch that was interrupted leaves nothing that looks whole.
  const unfinished = mkdtempSync(join(toolsDirectory(), 'fetching-'));
  try {
    writeFileSync(join(unfinished, 'pom.xml'), POM);
    const fetched = await run(
      'mvn',
      ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'],
      unfinished,
    );
    if (fetched.code !== 0) return { missing: `mvn could not fetch s3proxy ${VERSION}: ${fetched.said}` };
    await rename(join(unfinished, 'libs'), home);
    return { home };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd ? { cwd } : {}) });
    let said = '';
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    }
    child.on('error', (error) => resolve({ code: -1, said: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, said }));
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
