/** Suites are told apart by the cost in their suffix: `*.unit.spec.ts`, `*.int.spec.ts`, `*.e2e.spec.ts`. */
export default {
  testEnvironment: 'node',
  // A slow machine is no failure; how fast something is belongs to bench/.
  testTimeout: 30_000,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': '@swc/jest' },
};
