/** The parts of delivery that a test elsewhere drives by hand, step by step, instead of the running service. */
export { headersOf } from '../src/kafka/kafka-publisher.js';
export { Lease } from '../src/lease.js';
export { OutboxReader, type OutboxRow } from '../src/outbox/outbox-reader.js';
export { Relay } from '../src/outbox/relay.js';
