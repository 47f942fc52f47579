/**
 * `npm test [-- [--require-real] [unit|int|e2e]... [path]... [jest options]]`: brings real services up, runs the suites on
 * them, and says which broker, database and queue served each. The last line is `N passed, N failed`.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePortalBuilt } from './lib/portal.mjs';
import { startContainers } from './lib/test-containers.mjs';
import {
  compileLibrary,
  ensureBuilt,
  endPrograms,
  ensureInstalled,
  filesBelow,
  requireNode,
  root,
  run,
} from './lib/project.mjs';

const SUITES = ['unit', 'int', 'e2e'];
/** Under VM modules every spec file leaks some memory: a process takes only so many. */
const FILES_PER_PROCESS = 40;

requireNode();
const request = parse(process.argv.slice(2));
await ensureInstalled();

const specs = filesBelowAll(['apps', 'libs', 'test']).filter((file) => file.endsWith('.spec.ts'));
const nameless = specs.filter((file) => !SUITES.some((suite) => file.endsWith(`.${suite}.spec.ts`)));
if (nameless.length > 0) {
  console.error(
    `没有级别后缀的测试不会被运行 · specs without unit, int or e2e in their name would never run:\n  ${nameless.join('\n  ')}`,
  );
  process.exit(2);
}
const plan = request.suites
  .map((suite) => ({ suite, files: filesOf(suite) }))
  .filter(({ files }) => files.length > 0);
if (plan.length === 0) {
  console.error(`没有匹配的测试 · no spec matches: ${request.paths.join(' ')}`);
  process.exit(2);
}

let backing = null;
let stopping = null;
const stop = () => (stopping ??= Promise.resolve(backing?.stop()));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    endPrograms();
    void stop().then(() => process.exit(130));
  });
}

const results = [];
try {
  if (plan.some(({ suite }) => suite !== 'unit')) backing = await bringUp();
  if (plan.some(({ suite }) => suite === 'e2e')) {
    await ensureBuilt();
    await ensurePortalBuilt();
  }
  for (const { suite, files } of plan) results.push(await runSuite(suite, files));
} catch (error) {
  console.error(`\n${error.message}`);
  results.push({ suite: 'set-up', files: 0, passed: 0, failed: 1, skipped: 0, seconds: 0 });
} finally {
  await stop();
}
report();

function parse(args) {
  const options = args.findIndex((arg) => arg.startsWith('-') && arg !== '--require-real');
  const own = options === -1 ? args : args.slice(0, options);
  const words = own.filter((arg) => arg !== '--require-real');
  const suites = SUITES.filter((suite) => words.includes(suite));
  return {
    requireReal: own.includes('--require-real'),
    suites: suites.length > 0 ? suites : SUITES,
    paths: words.filter((word) => !SUITES.includes(word)),
    jest: options === -1 ? [] : args.slice(options),
  };
}

function filesBelowAll(places) {
  return places
    .flatMap((place) => filesBelow(join(root, place)))
    .map((file) => relative(root, file).split(sep).join('/'));
}

function filesOf(suite) {
  const inSuite = specs.filter((file) => file.endsWith(`.${suite}.spec.ts`));
  if (request.paths.length === 0) return inSuite;
  return inSuite.filter((file) => request.paths.some((path) => file.includes(path.replace(/^\.\//, ''))));
}

/**
 * Services of the tests' own, with no data of an earlier run: from containers where an engine can have them, else private ones.
 * Running ones only where ONETHING_TEST_* names them.
 */
async function bringUp() {
  const named = ['POSTGRES', 'REDIS', 'KAFKA'].some((name) => process.env[`ONETHING_TEST_${name}`]);
  if (!named && process.env.ONETHING_BACKING_FORCE_EMBEDDED !== '1') {
    const { services, reason } = await startContainers(await import('testcontainers'));
    if (services) return services;
    console.log(`没有容器引擎可用，改用本机私有服务 · no containers (${reason}): private services instead`);
  }
  const { startBacking, DirectoryInUse } = await import(pathToFileURL(await compileLibrary('backing')).href);
  const options = {
    requireReal: request.requireReal,
    fresh: true,
    // Tests kill processes and never the machine: what PostgreSQL has written survives them without waiting for the disk, and a test
    // database with some thousand files is gone in a moment.
    postgresSettings: { fsync: 'off' },
    addresses: {
      postgres: process.env.ONETHING_TEST_POSTGRES,
      redis: process.env.ONETHING_TEST_REDIS,
      kafka: process.env.ONETHING_TEST_KAFKA,
    },
    observe: (name, state, text) => {
      if (state === 'fetching' || state === 'died') console.error(`${name}: ${state} ${text}`);
    },
  };
  const home = join(root, '.onething');
  try {
    return await startBacking({ ...options, dir: join(home, 'test') });
  } catch (error) {
    if (!(error instanceof DirectoryInUse)) throw error;
    // Another test run is under way: this one gets a place of its own, gone afterwards.
    const dir = join(home, `test-${process.pid}`);
    const started = await startBacking({ ...options, dir });
    return {
      ...started,
      stop: async () => {
        await started.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  }
}

async function runSuite(suite, files) {
  console.log(`\n── ${suite}: ${files.length} files`);
  const start = performance.now();
  const result = { suite, files: files.length, passed: 0, failed: 0, skipped: 0, seconds: 0 };
  const shards = Math.ceil(files.length / FILES_PER_PROCESS);
  for (let shard = 0; shard < shards; shard += 1) {
    const part = files.filter((_, index) => index % shards === shard);
    add(result, part, await runJest(`${suite}-${shard}`, part));
  }
  result.seconds = (performance.now() - start) / 1000;
  return result;
}

async function runJest(name, files) {
  const out = join(root, '.onething', 'test-results');
  mkdirSync(out, { recursive: true });
  const outputFile = join(out, `${name}.json`);
  rmSync(outputFile, { force: true });
  const services = name.startsWith('unit')
    ? {}
    : {
        ONETHING_TEST_POSTGRES: backing.postgres.url,
        ONETHING_TEST_REDIS: backing.redis.url ?? '',
        ONETHING_TEST_KAFKA: backing.kafka.brokers ?? '',
      };
  const env = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1', ...services };
  for (const key of Object.keys(services)) if (env[key] === '') delete env[key];
  await run(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...[
        '--json',
        `--outputFile=${outputFile}`,
        `--maxWorkers=${Math.min(4, Math.max(2, availableParallelism() - 1))}`,
      ],
      ...request.jest,
      ...['--runTestsByPath', ...files],
    ],
    // With --json jest prints its report on stderr and the JSON on stdout.
    { out: 'ignore', env },
  );
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return null;
  }
}

/** A file that could not be loaded, or that jest passed over, is a failure and not a silence. */
function add(result, files, jest) {
  if (!jest) {
    console.error('jest has ended without a result');
    result.failed += files.length;
    return;
  }
  result.passed += jest.numPassedTests;
  result.skipped += jest.numPendingTests + jest.numTodoTests;
  const unseen = files.length - jest.testResults.length;
  if (unseen > 0) console.error(`${unseen} files were not run`);
  result.failed += jest.numFailedTests + jest.numRuntimeErrorTestSuites + unseen;
}

function report() {
  console.log('');
  for (const { suite, files, passed, failed, skipped, seconds } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} SKIPPED` : ''}`;
    console.log(`${suite.padEnd(6)} ${String(files).padStart(3)} files  ${counts}  ${seconds.toFixed(1)} s`);
    if (suite === 'unit' || !backing) continue;
    for (const [what, service] of [
      ['broker  ', backing.kafka],
      ['database', backing.postgres],
      ['queue   ', backing.redis],
    ]) {
      console.log(`         ${what}  ${service.source}: ${service.detail}`);
    }
  }
  const served = results.filter(({ suite }) => suite !== 'unit').reduce((sum, { files }) => sum + files, 0);
  if (backing && !backing.kafka.brokers) console.log(`NOT RUN ON KAFKA: ${served} suites`);
  if (backing && !backing.redis.url) console.log(`NOT RUN ON REDIS: ${served} suites`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
