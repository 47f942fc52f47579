/** Delivery: a fact goes from the outbox of the transaction that decided it to the inbox of the one that reacts to it. */
export { messagingMigrations } from './outbox/messaging-migrations.js';
export { Outbox } from './outbox/outbox.js';
export { untilOutboxHasRoom } from './outbox/outbox-room.js';
export type { EventLog, Lag, LogMember, TopicLag } from './event-log.js';
export { KafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka-event-log.js';
export { ensureTopics, PartitionsDiffer } from './kafka/topics.js';
export { createKafka } from './kafka/client.js';
export { PostgresEventLog } from './postgres/postgres-event-log.js';
export type { ConsumerDefinition, Slice } from './consumers/consumer-definition.js';
export { Delivery } from './consumers/delivery.js';
export { aliasesOf, currentPerson, lockAliases } from './consumers/person-aliases.js';
export { ServiceConsumers } from './consumers/service-consumers.js';
export {
  ParkedMessages,
  ParkedMessageNotFound,
  type ParkedDetail,
  type ParkedMessage,
  type ReplayResult,
} from './consumers/parked-messages.js';
export type { ReplayEffect } from './consumers/replay-effect.js';
export { OwnReplay, ReplayNotFound, Replays, ReplayUnderWay, type Replay } from './consumers/replays.js';
export { OnEvents } from './nest/on-events.js';
export { EventStrategy } from './nest/event-strategy.js';
export { MessagingRuntime, type MessagingService, type ServiceStatus } from './nest/messaging-runtime.js';
export {
  moveRows,
  partRows,
  personConsumer,
  personFollower,
  PersonFollower,
  remember,
  type FollowedTable,
  type PersonMove,
  type PersonPart,
} from './nest/follow-persons.js';
