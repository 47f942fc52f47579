import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { serviceActor } from '@app/access';
import { defineEvent, type Envelope } from '@app/contracts';
import {
  messagingMigrations,
  MessagingRuntime,
  Outbox,
  type ConsumerDefinition,
  type EventLog,
  type Slice,
} from '@app/messaging';
import { Database, migrate, type Migration } from '@app/platform';
import { z } from 'zod';

/** An invented domain for the tests of delivery: a mill sends sacks, a bakery counts them. */
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
const bakeryMigrations: Migration[] = [
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
  await migrate({ service: 'mill', url, migrations: [...messagingMigrations, ...millMigrations] });
  await migrate({ service: 'bakery', url, migrations: [...messagingMigrations, ...bakeryMigrations] });
}

export interface Toys {
  readonly runtime: MessagingRuntime;
  readonly mill: Database;
  readonly bakery: Database;
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

/** A process with both services, reading by `log`. */
export async function startToys(url: string, log: EventLog, handle: Handle = countSacks): Promise<Toys> {
  const runtime = new MessagingRuntime(log);
  const open = async (service: string) => {
    const database = new Database({ service, url, poolSize: 4, logger: new Logger(service) });
    await database.open();
    return database;
  };
  const [mill, bakery] = await Promise.all([open('mill'), open('bakery')]);
  const outbox = new Outbox();
  runtime.register({ service: 'mill', database: mill, actor: MILL_ACTOR, outbox, publishes: ['mill.sack'] });
  runtime.register({
    service: 'bakery',
    database: bakery,
    actor: serviceActor('bakery'),
    outbox: new Outbox(),
    publishes: [],
  });
  const consumer: ConsumerDefinition = {
    name: 'bakery/count-on-sack-filled',
    service: 'bakery',
    events: [sackFilled, millStopped],
    stopFacts: [millStopped],
    run: handle as ConsumerDefinition['run'],
  };
  await runtime.start([consumer]);
  await log.ready();
  return {
    runtime,
    mill,
    bakery,
    outbox,
    fill: (personId, numbers, event = sackFilled) =>
      mill.transaction(MILL_ACTOR, async (tx) => {
        const sacks = numbers.map((number) => ({ sackId: randomUUID(), number }));
        await tx.query('insert into sacks (id, number) select * from unnest($1::uuid[], $2::int[])', [
          sacks.map((s) => s.sackId),
          numbers,
        ]);
        outbox.append(
          tx,
          sacks.map((s) => event.of({ personId, divisionCode: DIVISION, ...s })),
        );
        return sacks.map((s) => s.sackId);
      }),
    stop: async () => {
      await runtime.stop();
      await Promise.all([mill.close(), bakery.close()]);
    },
  };
}
