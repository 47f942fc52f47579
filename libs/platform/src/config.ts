import { z } from 'zod';

/** A boot error that names the variables that are wrong, never their values. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Parses the environment once through a zod schema.
 * @throws ConfigError with the names of the variables and what each must be.
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

const port = z.coerce.number().int().min(0).max(65535);

/** What every process of the house reads. A service adds its own variables beside it in its `config.ts`. */
export const processEnvironment = z.object({
  /** Port of the HTTP server on `HOST`; 0 lets the system choose. */
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Connections that one service may hold. */
  DATABASE_POOL: z.coerce.number().int().min(2).max(50).default(6),
  /** Absent: BullMQ runs on PostgreSQL. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  QUEUE_BACKEND: z.enum(['redis', 'postgres']).default('redis'),
  QUEUE_PREFIX: z.string().min(1).default('onething'),
  EVENT_LOG: z.enum(['kafka', 'postgres']).default('kafka'),
  /** `host:port`, comma separated; required when `EVENT_LOG` is `kafka`. */
  KAFKA_BROKERS: z.string().optional(),
  /** Put before every topic and group, so that installations and test runs can share a broker. */
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-z0-9.-]*$/)
    .default(''),
  /** Partitions of every topic. Decided once: it never changes after a topic has data (ADR 0003). */
  TOPIC_PARTITIONS: z.coerce.number().int().min(1).max(64).default(8),
  TOPIC_REPLICATION: z.coerce.number().int().min(1).max(5).default(1),
  /** Public keys (JWKS) that sign the tokens which carry the actor. */
  ACTOR_JWKS_FILE: z.string().min(1),
  /** Data keys of the encrypted columns and the key of the blind index. */
  DATA_KEYS_FILE: z.string().min(1),
  /** Days for which rejected rows of an imported file are kept, encrypted, for its error workbook. */
  BAD_ROWS_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export const processConfigSchema = processEnvironment
  .refine((env) => env.EVENT_LOG === 'postgres' || env.KAFKA_BROKERS, {
    path: ['KAFKA_BROKERS'],
    message: 'required when EVENT_LOG is kafka',
  })
  .refine((env) => env.QUEUE_BACKEND === 'postgres' || env.REDIS_URL, {
    path: ['REDIS_URL'],
    message: 'required when QUEUE_BACKEND is redis',
  });

export type ProcessConfig = z.infer<typeof processEnvironment>;

/** Reads this process' configuration from the environment. */
export function processConfig(): ProcessConfig {
  return parseEnvironment(processConfigSchema, process.env);
}

/** Where to migrate: all that a migration run needs to know. */
export function migrationConfig(): Pick<ProcessConfig, 'DATABASE_URL'> {
  return parseEnvironment(processEnvironment.pick({ DATABASE_URL: true }), process.env);
}

/** Injection token of the process' configuration. */
export const PROCESS_CONFIG = Symbol('PROCESS_CONFIG');
