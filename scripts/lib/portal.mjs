/** The portal has dependencies and a build of its own: what makes them when they are missing or older than their sources. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint, root, runOrExit } from './project.mjs';

export const portal = join(root, 'apps', 'portal');

/** What the build is made from. */
const SOURCES = [
  ...['src', 'public', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'].map(
    (name) => `apps/portal/${name}`,
  ),
  'libs/api-client/src',
];

/** The path of a program of the portal's own dependencies. */
export const portalProgram = (...path) => join(portal, 'node_modules', ...path);

/** Runs `npm ci` in the portal where its node_modules is missing or older than its lock file. */
export async function ensurePortalInstalled() {
  const installed = portalProgram('.package-lock.json');
  if (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(portal, 'package-lock.json')).mtimeMs
  ) {
    return;
  }
  console.error('正在安装门户的依赖 · installing the portal’s dependencies (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runOrExit(npm, ['ci', '--prefix', portal, '--loglevel=error']);
}

/** Builds the portal into apps/portal/dist when a source has changed since the last build. */
export async function ensurePortalBuilt() {
  const stampFile = join(portal, 'dist', '.build-stamp');
  const stamp = fingerprint(SOURCES);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  await ensurePortalInstalled();
  console.error('正在构建门户 · building the portal …');
  await runOrExit(process.execPath, [portalProgram('vite', 'bin', 'vite.js'), 'build', portal]);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
