import {
  ColumnCipher,
  keySourceOf,
  readAnchors,
  serviceActor,
  verifyAudit,
  type AnchorFile,
  type AuditReport,
} from '@app/access';
import { Database, serviceUrl } from '@app/platform';
import { Logger } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError, NotRunning } from '../cli-error.js';
import { services as allServices } from '../services.js';
import { databasePasswordIn, keyFilesIn, type KeyFiles } from './keys.js';
import { liveRunState } from './run-state.js';

/** Where the services of a private installation write down the heads of their audit logs. */
export function anchorFileOf(keys: KeyFiles): string {
  return process.env['AUDIT_ANCHOR_FILE'] ?? join(dirname(keys.directory), 'audit-anchors.jsonl');
}

/** What the verification of an installation's audit logs says. */
export interface AuditVerdict {
  readonly intact: boolean;
  /** Null: there is none, so that what was cut off the end cannot show. */
  readonly anchorFile: string | null;
  readonly unreadableAnchorLines: readonly number[];
  readonly services: readonly AuditReport[];
}

interface Choice {
  /** All of them, if left out. */
  readonly service?: string | undefined;
  readonly anchors?: string | undefined;
}

/**
 * Verifies the audit logs of the system that runs here, or of the one at `DATABASE_URL` (as the services log in) with `DATA_KEYS_FILE`.
 * @throws NotRunning, CliError, DataKeysNotUsable
 */
export async function verifyAuditLogs(home: string, choice: Choice): Promise<AuditVerdict> {
  const { url, cipher, names } = await installation(home);
  const services = choice.service ? names.filter((name) => name === choice.service) : names;
  if (services.length === 0) {
    throw new CliError(
      'unknown-service',
      `没有服务“${choice.service}”· no such service. 可选 · one of: ${names.join(', ')}`,
    );
  }
  // Before the chains: a head that is written down meanwhile would be ahead of what was read.
  const { path, file } = await anchorsOf(home, choice.anchors);
  const reports: AuditReport[] = [];
  for (const service of services) reports.push(await verifyOne(service, url, cipher, file));
  return {
    intact: file.unreadable.length === 0 && reports.every(({ findings }) => findings.length === 0),
    anchorFile: path,
    unreadableAnchorLines: file.unreadable,
    services: reports,
  };
}

async function verifyOne(
  service: string,
  url: string,
  cipher: ColumnCipher,
  { anchors }: AnchorFile,
): Promise<AuditReport> {
  const database = new Database({ service, url, poolSize: 2, logger: new Logger('audit') });
  try {
    return await verifyAudit(database, serviceActor('audit-verify'), cipher, { anchors });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('not-verified', `${service} 的审计日志没有核验成 · was not verified: ${reason}`);
  } finally {
    await database.close();
  }
}

async function installation(home: string) {
  const state = liveRunState(home);
  if (state) {
    const keys = keyFilesIn(home);
    return {
      url: serviceUrl(state.databaseUrl, databasePasswordIn(keys)),
      cipher: await cipherOf({ DATA_KEYS_FILE: keys.dataKeys }),
      names: Object.keys(state.services),
    };
  }
  const url = process.env['DATABASE_URL'];
  if (!url) throw new NotRunning();
  const { DATA_KEYS_FILE, DATA_KEYS } = process.env;
  return {
    url,
    cipher: await cipherOf({ DATA_KEYS_FILE, DATA_KEYS }),
    names: allServices.map(({ name }) => name),
  };
}

async function cipherOf(configured: Parameters<typeof keySourceOf>[0]): Promise<ColumnCipher> {
  return new ColumnCipher(await keySourceOf(configured).read());
}

async function anchorsOf(
  home: string,
  chosen: string | undefined,
): Promise<{ path: string | null; file: AnchorFile }> {
  const named = chosen ?? process.env['AUDIT_ANCHOR_FILE'];
  const path = named ?? anchorFileOf(keyFilesIn(home));
  if (existsSync(path)) return { path, file: await readAnchors(path) };
  if (!named) return { path: null, file: { anchors: [], unreadable: [] } };
  throw new CliError('no-anchors', `没有锚点文件 · there is no file of anchors at ${path}`);
}
