/** `node scripts/portal.mjs build | check | api`: the portal's build, what a machine can say of it, and its types of the services. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePortalBuilt, ensurePortalInstalled, portal, portalProgram } from './lib/portal.mjs';
import { requireNode, root, run } from './lib/project.mjs';

const DOCUMENT = join(root, 'libs', 'api-client', 'openapi.json');
const SCHEMA = join(root, 'libs', 'api-client', 'src', 'schema.ts');

const node = (program, ...args) => run(process.execPath, [program, ...args]);

const generate = (into) =>
  node(
    portalProgram('openapi-typescript', 'bin', 'cli.js'),
    ...[DOCUMENT, '--output', into, '--alphabetize'],
  );

/** Asks the services themselves: their test starts them. */
async function renewDocument() {
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return run(
    process.execPath,
    [
      ...jest,
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--runInBand', 'test/portal-api/portal-api.int.spec.ts'],
    ],
    { env: { ...process.env, API_CLIENT_WRITE: '1' } },
  );
}

/** @returns whether the types are those of the document */
async function schemaIsFresh() {
  const fresh = join(portal, 'node_modules', '.schema.ts');
  try {
    if ((await generate(fresh)) !== 0) return false;
    if (readFileSync(fresh, 'utf8') === readFileSync(SCHEMA, 'utf8')) return true;
    console.error('libs/api-client/src/schema.ts is not what openapi.json says: npm run portal:api');
    return false;
  } finally {
    rmSync(fresh, { force: true });
  }
}

const commands = {
  build: async () => {
    await ensurePortalBuilt();
    return 0;
  },
  check: async () => {
    await ensurePortalInstalled();
    const typescript = portalProgram('typescript', 'bin', 'tsc');
    const codes = [
      (await schemaIsFresh()) ? 0 : 1,
      await node(typescript, '--noEmit', '-p', join(portal, 'tsconfig.json')),
      await node(
        portalProgram('eslint', 'bin', 'eslint.js'),
        ...['--config', join(portal, 'eslint.config.js'), portal],
      ),
    ];
    return codes.every((code) => code === 0) ? 0 : 1;
  },
  api: async () => {
    await ensurePortalInstalled();
    return (await renewDocument()) || (await generate(SCHEMA));
  },
};

requireNode();
const command = commands[process.argv[2] ?? ''];
if (!command) {
  console.error(`usage: node scripts/portal.mjs ${Object.keys(commands).join(' | ')}`);
  process.exit(2);
}
process.exit(await command());
