import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBacking } from '@app/backing';
import { Fuzzer, type FuzzReport } from './fuzzer.js';
import { HouseChild } from './house-child.js';

/**
 * `npm run fuzz -- [--requests N] [--seed S] [--minutes M] [--only n] [--concurrency C] [--json]`: sends requests over all endpoints to
 * the whole house on real PostgreSQL and Redis, and fails on an answer of 500 or more, a crash, a hang, an error that is no
 * problem document, or a canary in the log. A finding names the seed and the program (`--only`) that bring it about again.
 * Servers are its own, unless ONETHING_TEST_POSTGRES and ONETHING_TEST_REDIS name some.
 */
const { values: args } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    concurrency: { type: 'string', default: '24' },
    json: { type: 'boolean', default: false },
  },
});

const whole = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number`);
  return number;
};

const tell = (text: string) => void process.stderr.write(`${text}\n`);

async function main(): Promise<FuzzReport> {
  const directory = mkdtempSync(join(tmpdir(), 'onething-fuzz-'));
  const { ONETHING_TEST_POSTGRES: postgres, ONETHING_TEST_REDIS: redis } = process.env;
  const backing = await startBacking({
    dir: directory,
    fresh: true,
    only: ['postgres', 'redis'],
    addresses: { postgres, redis },
  });
  try {
    const house = await HouseChild.start({
      ONETHING_TEST_POSTGRES: backing.postgres.url,
      ...(backing.redis.url ? { ONETHING_TEST_REDIS: backing.redis.url } : {}),
    });
    try {
      return await Fuzzer.run(house, {
        seed: args.seed === undefined ? Math.floor(Date.now() / 1000) : whole('seed', args.seed),
        requests: whole('requests', args.requests),
        minutes: args.minutes === undefined ? null : Number(args.minutes),
        only: args.only === undefined ? null : whole('only', args.only),
        concurrency: whole('concurrency', args.concurrency),
        progress: tell,
      });
    } finally {
      await house.stop();
    }
  } finally {
    await backing.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const report = await main();
for (const finding of report.findings) {
  tell(`\n${finding.kind} × ${finding.times}: ${finding.what}\n  ${finding.repeat}`);
  if (finding.request) tell(`  ${JSON.stringify(finding.request)}`);
  for (const line of finding.log ?? []) tell(`  log: ${line}`);
}
const { findings, ...figures } = report;
if (args.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else process.stdout.write(`${JSON.stringify({ ...figures, findings: findings.length })}\n`);
process.exit(findings.length === 0 ? 0 : 1);
