import { types } from 'node:util';

/**
 * Errors of the infrastructure: the same work will go through later, so nothing is parked for them. Not among them: a
 * statement that was cancelled (57014), because work that is too slow for its time-out will be so again, and halving helps.
 */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '58']);
const TRANSIENT_CODES = new Set([
  '25P03', // idle_in_transaction_session_timeout: this process was frozen inside the transaction
  '55006', // object in use
  '55P03', // lock not available in time
  '57P01', // the server is shutting down, has crashed, is starting
  '57P02',
  '57P03',
  '57P05', // idle session timeout
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
]);

/** Whether trying again later can help, without anybody changing anything. */
export function isTransient(error: unknown): boolean {
  // Not by instanceof: errors of a socket are made in Node's own realm, which is another one than that of a test.
  if (!types.isNativeError(error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string') {
    if (TRANSIENT_CODES.has(code)) return true;
    return /^[0-9A-Z]{5}$/.test(code) && TRANSIENT_CLASSES.has(code.slice(0, 2));
  }
  // node-postgres reports a lost connection without a code.
  return /connection (terminated|ended|error)|client has encountered a connection error|timeout exceeded when trying to connect/i.test(
    error.message,
  );
}
