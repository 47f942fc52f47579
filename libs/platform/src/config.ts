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
  // Compose and Kubernetes hand on what is not set as an empty text.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** `name=url,name=url` as a record. */
const addresses = z.string().transform((text, context) => {
  const entries = text.split(',').map((entry) => entry.trim().split('='));
  const good = entries.every(
    ([name = '', url = '', ...more]) =>
      more.length === 0 &&
      /^[a-z][a-z-]*$/.test(name) &&
      /^https?:\/\/[^/?#@]+$/.test(url) &&
      URL.canParse(url),
  );
  if (!good) {
    context.addIssue({ code: 'custom', message: 'must be name=http://host:port, comma separated' });
    return z.NEVER;
  }
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
});

const port = z.coerce.number().int().min(0).max(65535);

/** What every process of the house reads. A service adds its own variables beside it in its `config.ts`. */
export const processEnvironment = z.object({
  /** Port of the HTTP server on `HOST`; 0 lets the system choose. */
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** Services log in as a role that owns nothing (`onething_service`); migrations as the owner. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Connections that one service may hold for users, and as many for its own work; the relay has two beside. */
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
  /** Public keys (JWKS) of the installation itself, with which operators' commands sign. */
  ACTOR_JWKS_FILE: z.string().min(1),
  /** Where the portal's server publishes the rotating keys that sign its users' tokens. */
  ACTOR_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Where each service listens, for the portal's gateway; services of the same process need none. */
  SERVICE_ADDRESSES: addresses.optional(),
  /** Data keys of the encrypted columns and the key of the blind index; read again when the file changes (docs/keys.md). */
  DATA_KEYS_FILE: z.string().min(1).optional(),
  /** The same as JSON, in the place of the file: where a platform hands secrets over as variables. */
  DATA_KEYS: z.string().min(1).optional(),
  /** Days for which rejected rows of an imported file are kept, encrypted, for its error workbook. */
  BAD_ROWS_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  /** Directory of the encrypted files (`libs/files`), on a disk that is backed up; or else `FILES_S3_BUCKET`. */
  FILES_DIR: z.string().min(1).optional(),
  /** Bucket of the encrypted files, in the place of `FILES_DIR`. */
  FILES_S3_BUCKET: z.string().min(3).max(63).optional(),
  /** Absent: Amazon's own. */
  FILES_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  FILES_S3_REGION: z.string().min(1).optional(),
  /** JSON with `accessKeyId` and `secretAccessKey`; absent: what the SDK finds by itself. */
  FILES_S3_CREDENTIALS_FILE: z.string().min(1).optional(),
  /** `clamd://host:3310`, `clamd:///path/to/clamd.ctl`, or `none`: files are then marked as not scanned. Needed by services with files. */
  FILES_SCANNER: z
    .string()
    .regex(/^(none|clamd:\/\/\S+)$/, 'must be none, clamd://host:port or clamd:///path')
    .optional(),
  /** Largest upload in MB; 20 if absent. */
  FILES_MAX_MB: z.coerce.number().int().min(1).max(100).optional(),
  /** Local parameter: how long which class of files is kept, as JSON (docs/retention.md); absent: nothing is ever deleted for its age. */
  RETENTION_FILE: z.string().min(1).optional(),
  /**
   * File outside of the database to which the heads of the audit logs are appended (docs/audit.md), so that what comes off their end
   * shows; absent: they stand in the log of the process alone.
   */
  AUDIT_ANCHOR_FILE: z.string().min(1).optional(),
  /** Seconds between two heartbeats of reminding, which go the way of every legal clock (ADR 0014); an hour if absent. */
  CLOCK_HEARTBEAT_SECONDS: z.coerce.number().min(0.5).max(86_400).optional(),
  /** The place's gateway for text messages and voice calls (docs/messages.md); absent: they wait, or become letters. */
  MESSAGES_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  MESSAGES_GATEWAY_KEY: z.string().min(1).optional(),
  /** Local parameter: after so many tries a message is printed as a letter; absent: it is tried on, for as long as it is of use. */
  MESSAGES_PAPER_AFTER_TRIES: z.coerce.number().int().min(1).max(1000).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export const processConfigSchema = processEnvironment
  .refine((env) => Boolean(env.DATA_KEYS_FILE) !== Boolean(env.DATA_KEYS), {
    path: ['DATA_KEYS_FILE'],
    message: 'give DATA_KEYS_FILE or DATA_KEYS, one of the two',
  })
  .refine((env) => env.EVENT_LOG === 'postgres' || env.KAFKA_BROKERS, {
    path: ['KAFKA_BROKERS'],
    message: 'required when EVENT_LOG is kafka',
  })
  .refine((env) => env.QUEUE_BACKEND === 'postgres' || env.REDIS_URL, {
    path: ['REDIS_URL'],
    message: 'required when QUEUE_BACKEND is redis',
  })
  .refine((env) => Boolean(env.MESSAGES_GATEWAY_URL) === Boolean(env.MESSAGES_GATEWAY_KEY), {
    path: ['MESSAGES_GATEWAY_KEY'],
    message: 'give MESSAGES_GATEWAY_URL and MESSAGES_GATEWAY_KEY together, or none',
  });

export type ProcessConfig = z.infer<typeof processEnvironment>;

/** Reads this process' configuration from the environment. */
export function processConfig(): ProcessConfig {
  return parseEnvironment(processConfigSchema, process.env);
}

/** All that a migration run needs to know. */
const migrationEnvironment = z.object({
  /** Address of the owner of the schemas. */
  DATABASE_URL: processEnvironment.shape.DATABASE_URL,
  /** Is set for the role under which services log in; absent: the server asks for none, or it has been set by hand. */
  SERVICE_DATABASE_PASSWORD: z.string().min(1).optional(),
  QUEUE_BACKEND: processEnvironment.shape.QUEUE_BACKEND,
});

export type MigrationConfig = z.infer<typeof migrationEnvironment>;

export function migrationConfig(): MigrationConfig {
  return parseEnvironment(migrationEnvironment, process.env);
}

/** All that a run over the encrypted columns needs to know: it works as the services do. */
const keysEnvironment = processEnvironment.pick({
  DATABASE_URL: true,
  DATA_KEYS_FILE: true,
  DATA_KEYS: true,
});

export type KeysConfig = z.infer<typeof keysEnvironment>;

export function keysConfig(): KeysConfig {
  return parseEnvironment(keysEnvironment, process.env);
}

/** Injection token of the process' configuration. */
export const PROCESS_CONFIG = Symbol('PROCESS_CONFIG');
