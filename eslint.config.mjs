import tseslint from 'typescript-eslint';

/** What the house style asks and a machine can see. Formatting is prettier's, boundaries are dependency-cruiser's. */
export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.onething/**',
      'apps/portal/**',
      'libs/api-client/src/schema.ts',
      'test/boundaries/planted/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.name='forwardRef']",
          message: 'Break the cycle with an event or a passed function (house style P4).',
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Read the environment only in config.ts, once, through its zod schema.',
        },
      ],
    },
  },
  {
    files: [
      '**/config.ts',
      'libs/testing/**',
      'libs/backing/**',
      'apps/cli/**',
      'bench/**',
      'test/**',
      '**/*.spec.ts',
      'scripts/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
