/**
 * Waits until the probe returns something truthy, and returns that.
 * @param what says what was waited for, in the error of a wait that ended in vain
 */
export async function until<Result>(
  what: string | (() => string | Promise<string>),
  probe: () => Result | Promise<Result>,
  { timeoutMs = 20_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Result>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const result = await probe();
      if (result) return result as NonNullable<Result>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const description = typeof what === 'string' ? what : await what();
  throw new Error(`waited ${timeoutMs} ms in vain for: ${description}`, { cause: lastError });
}
