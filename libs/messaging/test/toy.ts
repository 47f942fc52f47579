import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { serviceActor } from '@app/access';
import { defineEvent, type Envelope, type EventDefinition } from '@app/contracts';
import {
  messagingMigrations,
  MessagingRuntime,
  Outbox,
  type ConsumerDefinition,
  type EventLog,
  type Slice,
} from '@app/messaging';
import { Database, migrate, type Migration, type Tx } from '@app/platform';
import { serviceLogin } from '@app/testing';
import { z } from 'zod';

/** An invented domain for the tests of delivery: a mill sends sacks; a bakery counts them, and so does an inn. */
const sack = z.object({ personId: z.uuid(), divisionCode: z.string(), sackId: z.uuid(), number: z.int() });

export const sackFilled = defineEvent({
  type: 'mill.sack.filled.v1',
  title: 'A sack was filled',
  data: sack,
});
export const millStopped = defineEvent({
  type: 'mill.sack.stopped.v1',
  title: 'The mill stopped',
  data: sack,
});

export const DIVISION = '338801000000';

const millMigrations: Migration[] = [
  {
    id: 209901010001,
    name: 'create-sacks',
    up: ({ appRole }) => `
      create table sacks (id uuid primary key, number int not null);
      grant select, insert on sacks to ${appRole};`,
    down: () => 'drop table sacks',
  },
];

// No natural key on purpose: only the inbox keeps a second delivery from counting twice.
const countingMigrations: Migration[] = [
  {
    id: 209901010001,
    name: 'create-counts',
    up: ({ appRole }) => `
      create table received (place bigint generated always as identity, person_id uuid not null, sack_id uuid not null, number int not null);
      grant select, insert on received to ${appRole};`,
    down: () => 'drop table received',
  },
];

export const MILL_ACTOR = serviceActor('mill');

export async function migrateToys(url: string): Promise<void> {
  const { servicePassword } = serviceLogin(url);
  await migrate({
    service: 'mill',
    url,
    servicePassword,
    migrations: [...messagingMigrations, ...millMigrations],
  });
  for (const service of ['bakery', 'inn']) {
    await migrate({
      service,
      url,
      servicePassword,
      migrations: [...messagingMigrations, ...countingMigrations],
    });
  }
}

export type ToyService = 'mill' | 'bakery' | 'inn';

export interface ToyOptions {
  readonly services?: readonly ToyService[];
  readonly handle?: Handle;
  /** What the consumers read besides. */
  readonly alsoReads?: readonly EventDefinition[];
  /** False: returns before the consumers have their share of the log, as a service process does. */
  readonly awaitReady?: boolean;
  /** The mill's. */
  readonly outbox?: (mill: Database) => Outbox;
}

export interface Toys {
  readonly runtime: MessagingRuntime;
  readonly log: EventLog;
  /** In a process without the mill: throws when used. */
  readonly mill: Database;
  readonly outbox: Outbox;
  fill(personId: string, numbers: readonly number[], event?: typeof sackFilled): Promise<string[]>;
  stop(): Promise<void>;
}

export type Handle = (events: readonly Envelope<z.infer<typeof sack>>[], slice: Slice) => Promise<void>;

/** Counts every sack it is given. */
export const countSacks: Handle = async (events, { tx }) => {
  await tx.query(
    `insert into received (person_id, sack_id, number)
     select * from unnest($1::uuid[], $2::uuid[], $3::int[])`,
    [
      events.map((event) => event.data.personId),
      events.map((event) => event.data.sackId),
      events.map((event) => event.data.number),
    ],
  );
};

/** A process with some of the services, reading by `log`. */
export async function startToys(url: string, log: EventLog, options: ToyOptions = {}): Promise<Toys> {
  const { services = ['mill', 'bakery'], handle = countSacks, alsoReads = [] } = options;
  const runtime = new MessagingRuntime(log);
  const databases = new Map<ToyService, Database>();
  for (const service of services) {
    const database = new Database({
      service,
      url: serviceLogin(url).url,
      poolSize: 4,
      logger: new Logger(service),
    });
    await database.open();
    databases.set(service, database);
  }
  const mill = databases.get('mill');
  const outbox = (mill && options.outbox?.(mill)) ?? new Outbox();
  for (const [service, database] of databases) {
    runtime.register({
      service,
      database,
      actor: serviceActor(service),
      outbox: service === 'mill' ? outbox : new Outbox(),
      publishes: service === 'mill' ? ['mill.sack'] : [],
    });
  }
  await runtime.start(
    services.filter((service) => service !== 'mill').map((service) => counts(service, handle, alsoReads)),
  );
  if (options.awaitReady ?? true) await log.ready();
  const theMill = () => {
    if (!mill) throw new Error('the mill does not run in this process');
    return mill;
  };
  return {
    runtime,
    log,
    outbox,
    get mill() {
      return theMill();
    },
    fill: (personId, numbers, event = sackFilled) =>
      theMill().transaction(MILL_ACTOR, async (tx) => {
        const sacks = await addSacks(tx, numbers);
        outbox.append(
          tx,
          sacks.map((s) => event.of({ personId, divisionCode: DIVISION, ...s })),
        );
        return sacks.map((s) => s.sackId);
      }),
    stop: async () => {
      await runtime.stop();
      await Promise.all([...databases.values()].map((database) => database.close()));
    },
  };
}

function counts(
  service: ToyService,
  handle: Handle,
  alsoReads: readonly EventDefinition[],
): ConsumerDefinition {
  return {
    name: `${service}/count-on-sack-filled`,
    service,
    events: [sackFilled, millStopped, ...alsoReads],
    stopFacts: [millStopped],
    run: handle as ConsumerDefinition['run'],
  };
}

export async function addSacks(
  tx: Tx,
  numbers: readonly number[],
): Promise<{ sackId: string; number: number }[]> {
  const sacks = numbers.map((number) => ({ sackId: randomUUID(), number }));
  await tx.query('insert into sacks (id, number) select * from unnest($1::uuid[], $2::int[])', [
    sacks.map((s) => s.sackId),
    numbers,
  ]);
  return sacks;
}
