import { KafkaEventLog, type KafkaEventLogOptions, type ServiceConsumers } from '@app/messaging';
import { serviceName, STEPS } from '../w12/schema.js';
import { startServices } from '../w12/services.js';
import type { Arm, Servers } from './arm.js';

const STEP_SERVICES = Array.from({ length: STEPS }, (_, index) => serviceName(index + 1));

function options({ brokers, prefix }: Servers, oneGroup: string | null): KafkaEventLogOptions {
  return {
    brokers,
    topicPrefix: prefix,
    topics: { partitions: 8, replication: 1 },
    oneGroup,
    onStuck: (group) => {
      throw new Error(`${group} is stuck`);
    },
  };
}

export const oursAllInOne: Arm = {
  name: 'ours',
  title: 'ours, all-in-one',
  processes: 1,
  start: (servers, _index, onCompleted) =>
    startServices(
      servers.url,
      new KafkaEventLog(options(servers, 'all-in-one')),
      ['chain', ...STEP_SERVICES],
      onCompleted,
    ),
};

export const oursSeparate: Arm = {
  name: 'ours.separate',
  title: 'ours, seven processes',
  processes: 7,
  start: (servers, index, onCompleted) =>
    startServices(
      servers.url,
      new KafkaEventLog(options(servers, null)),
      index === 0 ? ['chain'] : STEP_SERVICES.slice((index - 1) * 2, index * 2),
      onCompleted,
    ),
};

/** Hands over every message in a transaction of its own: the price that slices save. */
class PerMessage extends KafkaEventLog {
  protected override createGroup(groupId: string, members: readonly ServiceConsumers[]) {
    return super.createGroup(groupId, members.map(oneByOne));
  }
}

function oneByOne(consumers: ServiceConsumers): ServiceConsumers {
  const handle: ServiceConsumers['handle'] = async (deliveries) => {
    for (const delivery of deliveries) await consumers.handle([delivery]);
  };
  return Object.assign(Object.create(consumers) as ServiceConsumers, { handle });
}

export const oursPerMessage: Arm = {
  name: 'ours.permsg',
  title: 'ours, a transaction per message',
  processes: 1,
  start: (servers, _index, onCompleted) =>
    startServices(
      servers.url,
      new PerMessage(options(servers, 'all-in-one')),
      ['chain', ...STEP_SERVICES],
      onCompleted,
    ),
};
