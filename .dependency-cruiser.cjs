/** The boundaries of the house. test/boundaries/ plants an offence for each rule and sees it caught. */
const spec = '\\.(unit|int|e2e)\\.spec\\.ts$|/test/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Break a cycle with an event or a passed function.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'app-not-to-other-app',
      comment: 'Services speak over facts and HTTP. Only all-in-one composes them.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'all-in-one-only-composes',
      comment: 'all-in-one sees a service’s module and its migrations, nothing inside.',
      severity: 'error',
      from: { path: '^apps/all-in-one/' },
      to: { path: '^apps/(?!all-in-one/)', pathNot: '^apps/([^/]+)/src/(\\1\\.module|migrations)\\.ts$' },
    },
    {
      name: 'lib-not-to-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'lib-only-by-its-index',
      severity: 'error',
      from: { path: '^(apps|libs|bench|test)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: ['^libs/([^/]+)/src/index\\.ts$', '^$1/$2/'],
      },
    },
    {
      name: 'domain-is-pure',
      comment:
        'No Nest, no TypeORM, no clock, no I/O: contracts, kernel, and the pure parts of the catalogue and calendar.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/src/domain/', pathNot: spec },
      to: {
        pathNot: [
          '^$1/$2/src/domain/',
          '^libs/(contracts|kernel|catalogue|clocks|access)/',
          'node_modules/(uuid|zod)/',
          '^node:crypto$|^crypto$',
        ],
      },
    },
    {
      name: 'app-not-to-entrypoints',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/(app|adapters)/', pathNot: spec },
      to: { path: '^apps/$1/src/entrypoints/' },
    },
    {
      name: 'contracts-stand-alone',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: spec },
      to: { pathNot: ['^libs/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'kafka-only-in-messaging',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/(messaging|testing|backing)/', '^apps/cli/'] },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'queues-only-in-jobs',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        // The portal's server keeps copies of its sessions in Redis, and counts requests there.
        pathNot: ['^libs/(jobs|testing|backing)/', '^apps/cli/', '^apps/workbench/src/adapters/redis/', spec],
      },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'portal-sees-no-backend',
      severity: 'error',
      from: { path: '^apps/portal/' },
      to: { path: '^libs/', pathNot: '^libs/(api-client|catalogue)/' },
    },
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [spec, '^libs/testing/', '^apps/cli/'] },
      to: { path: ['^libs/testing/', '^test/', spec] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|apps/portal/dist|\\.onething|test/boundaries/planted)/' },
    // Type-only and path-alias imports would slip by without these two.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
