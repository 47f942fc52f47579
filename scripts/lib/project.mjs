/** What every script needs before the project itself can run: its dependencies and its build. Plain Node, no dependencies. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const OLDEST_NODE = [20, 19];
const SOURCES = ['apps', 'libs', 'bench'];
const PORTAL = join(root, 'apps', 'portal', sep);
const SETTINGS = ['.swcrc', 'nest-cli.json', 'tsconfig.json', 'package-lock.json'];

/** Ends with a sentence that says what to do, on a Node that is too old to run this. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(
    `需要 Node.js ${OLDEST_NODE.join('.')} 或更高版本，当前为 ${process.versions.node}。\n` +
      `Node.js ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`,
  );
  process.exit(2);
}

/** Runs `npm ci` where node_modules is missing or older than the lock file. */
export async function ensureInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  ) {
    return;
  }
  console.error('正在安装依赖 · installing dependencies (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runOrExit(npm, ['ci', '--loglevel=error']);
}

/** Builds into dist/ when a source has changed since the last build. */
export async function ensureBuilt() {
  const stampFile = join(root, 'dist', '.build-stamp');
  const stamp = fingerprint([...SOURCES, ...SETTINGS]);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error('正在构建 · building …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runOrExit(npm, ['run', '--silent', 'build']);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Compiles one library by itself, for scripts that must not touch dist/. @returns its index */
export async function compileLibrary(name) {
  const out = join(root, '.onething', 'compiled');
  const index = join(out, 'libs', name, 'src', 'index.js');
  const stampFile = join(out, `${name}.stamp`);
  const stamp = fingerprint([`libs/${name}`, '.swcrc']);
  if (existsSync(index) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return index;
  rmSync(join(out, 'libs', name), { recursive: true, force: true });
  const swc = join(root, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const args = [swc, `libs/${name}/src`, '-d', out, '--config-file', '.swcrc', '--quiet'];
  await runOrExit(process.execPath, args);
  writeFileSync(stampFile, stamp);
  return index;
}

/** Of names, sizes and times of all files below these places. */
export function fingerprint(places) {
  const hash = createHash('sha256');
  for (const place of places) {
    for (const file of filesBelow(join(root, place))) {
      // The portal is built by itself (portal.mjs).
      if (file.startsWith(PORTAL) && !places.some((each) => each.startsWith('apps/portal'))) continue;
      const { size, mtimeMs } = statSync(file);
      hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** Every file below a place, in a stable order; a place that is not there has none. */
export function filesBelow(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesBelow(join(place, entry.name)));
}

const running = new Set();

/** Ends every program that `run` has started and that has not ended yet. */
export function endPrograms() {
  for (const child of running) child.kill('SIGTERM');
}

/** Runs a program in the project's root to its end. @param out where its standard output goes */
export function run(command, args, { out = 'inherit', env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', out, 'inherit'],
      shell: process.platform === 'win32',
    });
    running.add(child);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(signal ? 128 : code);
    });
  });
}

/** Says nothing while it goes well; a program that fails is shown with all that it said, and ends us. */
export async function runOrExit(command, args) {
  const said = [];
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      said.push(Buffer.from(error.message));
      resolve(1);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(said));
  console.error(`\n失败 · failed: ${command} ${args.join(' ')}`);
  process.exit(code);
}
