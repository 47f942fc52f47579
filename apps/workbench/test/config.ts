import type { ProcessConfig } from '@app/platform';

/** How much the processes under test say; nothing, unless somebody looks for a fault. */
export function logLevel(): ProcessConfig['LOG_LEVEL'] {
  return (process.env['TEST_LOG_LEVEL'] as ProcessConfig['LOG_LEVEL'] | undefined) ?? 'fatal';
}

/** Runs with these variables in the environment, as a process that is started with them. */
export async function withEnvironment<Result>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    process.env = before;
  }
}
