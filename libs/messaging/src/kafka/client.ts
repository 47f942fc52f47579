import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import { patchIdleTimer } from './idle-patch.js';

/** Settings that won on a real broker; see docs/adr/0003. */
export function createKafka(brokers: readonly string[], clientId: string): Kafka {
  patchIdleTimer();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 10_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => {
      const logger = new Logger('kafkajs');
      return (entry) => writeLog(logger, entry);
    },
  });
}

// kafkajs reports at ERROR what it will simply try again; only what our own code gives up on is an error to us.
function writeLog(logger: Logger, { namespace, log }: LogEntry): void {
  const detail = [log.error, log.groupId, log.topic].filter(Boolean).join(' ');
  logger.warn(`${namespace}: ${log.message}${detail ? ` (${detail})` : ''}`);
}
