import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** Fields that must never reach a log, wherever they stand in an object. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'identityNumber',
  'cardNumber',
  'phone',
  'account',
  'address',
].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on stdout. Callers log ids and counts; the redaction is the second line of defence. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    base: { pid: process.pid },
  });
}

/** What programs read: a message with fields beside it. */
function isStructured(message: unknown): message is { readonly message: string } {
  return (
    typeof message === 'object' &&
    message !== null &&
    !(message instanceof Error) &&
    typeof (message as { message?: unknown }).message === 'string'
  );
}

/** Nest's logger interface over pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    if (isStructured(message)) {
      const { message: text, ...fields } = message;
      return this.logger.info({ context, ...fields }, text);
    }
    this.logger.info({ context }, String(message));
  }
  error(message: unknown, stackOrContext?: string, context?: string): void {
    const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
    this.logger.error(
      { context: context ?? stackOrContext, ...(context ? { stack: stackOrContext } : {}) },
      text,
    );
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}
